import SpikeSensors
import SpikeSignals
import Testing

/// The stage as pipelines make it.
struct AudioFileDescriptorTests {
    let folder = TemporaryFolder()

    @Test("The stage is made with its options, and relative paths start in the pipeline's folder")
    func make() throws {
        let samples = noise16(1_000)
        folder.write(WAVBytes.pcm16(samples.flatMap { [0, $0] }, channels: 2), to: "a.wav")
        let context = StageContext(pipeline: "test", stage: "sound", folder: folder.path)
        let options = Options(["path": .string("a.wav"), "channel": .integer(1), "block_ms": .integer(1_000)])
        guard case .source(let source) = try AudioFileSource.descriptor.make(options, context) else {
            Issue.record("not a source")
            return
        }
        #expect(source.output == .audio)
        #expect(!source.isLive)
        let block = AudioBatch()
        #expect(try source.read(block))
        #expect(block.samples == samples.map { Int32($0) << 8 })
        #expect(try source.read(AudioBatch()) == false)
    }

    @Test("Each option refuses what it does not understand")
    func options() {
        let specs = Dictionary(uniqueKeysWithValues: AudioFileSource.descriptor.options.map { ($0.name, $0) })
        #expect(
            specs["channel"]?.complaint(about: .string("left"))
                == "\"channel\" expects a whole number from 0 to 1023, or one of mix, all, found \"left\"")
        #expect(
            specs["pace"]?.complaint(about: .string("fast"))
                == "\"pace\" expects one of as_fast_as_possible, realtime, found \"fast\"")
        #expect(
            specs["when_damaged"]?.complaint(about: .bool(true))
                == "\"when_damaged\" expects one of error, keep, found true")
        #expect(specs["path"]?.isRequired == true)
    }
}
