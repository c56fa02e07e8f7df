import SpikeEncoders
import SpikeInterchange
import SpikePipeline
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

extension BenchCase {
    /// A whole pipeline from a sound file to records.
    static let pipeline = BenchCase(
        name: "pipeline", summary: "real-time factor of a keyword pipeline from sound file to records, one thread"
    ) { () throws(SpikelineError) in
        let folder = try BenchFolder()
        let seconds = 60
        try folder.write("sound.wav", BenchSound.wav(seconds: seconds))
        let labels = (1...12).map { OptionValue.string("word\($0)") }
        let model = ModelFile(
            network: BenchNetwork.description(inputs: Cochlea.Parameters().channels),
            encoder: ModelFile.Stage(type: "cochlea"),
            head: ModelFile.Stage(type: "keyword", options: ["labels": .list(labels)]))
        try folder.write("model.nir", model.bytes())
        var least = Double.infinity
        for _ in 0..<3 { least = min(least, try run(in: folder)) }
        return BenchResult(value: least / Double(seconds), unit: "CPU s per s of sound")
    }

    /// Runs the pipeline once; CPU seconds of the process.
    private static func run(in folder: borrowing BenchFolder) throws(SpikelineError) -> Double {
        let text = """
            sources:
              recording: {type: audio_file, path: sound.wav}
            transforms:
              ear:   {type: cochlea, inputs: [recording]}
              brain: {type: network, inputs: [ear], model: model.nir}
              words: {type: keyword, inputs: [brain]}
            sinks:
              records: {type: jsonl, inputs: [words], path: records.jsonl}
            """
        let graph: PipelineGraph
        do {
            graph = try Pipeline.parse(text, path: folder.path + "/bench.yaml", catalogue: .standard).makeGraph()
        } catch {
            throw SpikelineError("\(error)", at: "bench pipeline", cause: .defect)
        }
        return try graph.run().processorSeconds
    }
}

/// A temporary folder that goes away with the value.
struct BenchFolder: ~Copyable {
    let path: String

    init() throws(SpikelineError) {
        guard let path = CCompiler.makeTemporaryFolder() else {
            throw SpikelineError("no temporary folder can be made", at: "bench", hint: "Set TMPDIR", cause: .lost)
        }
        self.path = path
    }

    deinit {
        for name in ["sound.wav", "model.nir", "records.jsonl"] { _ = unsafe unlink(path + "/" + name) }
        _ = unsafe rmdir(path)
    }

    /// Writes a file.
    func write(_ name: String, _ bytes: [UInt8]) throws(SpikelineError) {
        guard let file = unsafe fopen(path + "/" + name, "wb") else {
            throw SpikelineError("the file cannot be written", at: path + "/" + name, cause: .lost)
        }
        let written = unsafe fwrite(bytes, 1, bytes.count, file)
        let isClosed = unsafe fclose(file) == 0
        guard isClosed, written == bytes.count else {
            throw SpikelineError("the file cannot be written", at: path + "/" + name, cause: .lost)
        }
    }
}
