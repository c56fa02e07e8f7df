import Foundation
import SpikeTestSupport
import Testing

@Suite("Bad input ends with a clear message and exit code 2")
struct BadInputTests {
    /// A folder with a pipeline, its model and a second of silence.
    private func folder(model: [UInt8]? = nil) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("model.nir", model ?? Samples.model())
        try folder.write("sound.wav", Samples.silence(seconds: 1))
        try folder.write("listen.yaml", Array(Samples.pipeline.utf8))
        return folder
    }

    /// Runs the pipeline over `sound` and gives the last line of what it says, without the folder's name.
    private func complaint(about sound: String, in folder: borrowing TemporaryFolder) throws -> String {
        let outcome = try Program.run(["run", "listen.yaml", "--input", sound], in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.output.isEmpty)
        #expect(!outcome.errors.contains("Fatal") && !outcome.errors.contains("crash"))
        let name = folder.path + "/"
        return outcome.errors.split(separator: "\n").joined(separator: "\n").replacingOccurrences(of: name, with: "")
    }

    @Test("missing file")
    func missing() throws {
        let folder = try folder()
        let complaint = try complaint(about: "nosuch.wav", in: folder)
        #expect(complaint == "--input nosuch.wav: error: nosuch.wav: there is no such file. Check the path")
    }

    @Test("empty file")
    func empty() throws {
        let folder = try folder()
        try folder.write("empty.wav", [])
        let complaint = try complaint(about: "empty.wav", in: folder)
        #expect(
            complaint
                == "--input empty.wav: error: empty.wav: expected a sound file, found nothing (0 bytes). Copy or record it again"
        )
    }

    @Test("directory")
    func directory() throws {
        let folder = try folder()
        let complaint = try complaint(about: ".", in: folder)
        #expect(complaint == "--input .: error: .: expected a sound file, found a folder. Name one of the files in it")
    }

    @Test("text file named .wav")
    func text() throws {
        let folder = try folder()
        try folder.write("text.wav", Array("This is no sound.\n".utf8))
        let complaint = try complaint(about: "text.wav", in: folder)
        #expect(
            complaint.hasPrefix(
                "--input text.wav: error: text.wav: expected a sound file (WAV, FLAC, Ogg, AIFF, ...), found something else"
            ))
    }

    static let flac = SharedData.packageRoot + "/SampleData/keywords.flac"

    @Test("truncated FLAC", .enabled(if: FileManager.default.fileExists(atPath: flac)))
    func truncated() throws {
        let folder = try folder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: Self.flac))
        try folder.write("cut.flac", whole.prefix(whole.count / 2))
        let complaint = try complaint(about: "cut.flac", in: folder)
        #expect(complaint.hasPrefix("error: cut.flac: expected "))
        #expect(complaint.contains(" s); the rest is cut off or damaged"))
    }

    @Test("not a number in a float WAV")
    func notANumber() throws {
        let folder = try folder()
        try folder.write("nan.wav", Samples.floats(with: .nan))
        let complaint = try complaint(about: "nan.wav", in: folder)
        #expect(
            complaint == "error: nan.wav: expected a finite sample, found one that is not a number (NaN): "
                + "sample 8,000 (0.500 s) of channel 0. Write the file again as 16- or 24-bit PCM")
    }

    @Test("model file cut in half")
    func halfModel() throws {
        let model = try Samples.model()
        let folder = try folder(model: Array(model.prefix(model.count / 2)))
        let complaint = try complaint(about: "sound.wav", in: folder)
        #expect(
            complaint.hasPrefix(
                """
                listen.yaml:5:48: error: model.nir: the file is cut off: it has \(model.count / 2) of \(model.count) bytes. Copy it again
                  brain: {type: network, inputs: [ear], model: model.nir}
                                                               ^
                """))
    }

    @Test("model with a wrong shape")
    func wrongShape() throws {
        let folder = try folder(model: Samples.model(inputs: 64))
        let complaint = try complaint(about: "sound.wav", in: folder)
        #expect(
            complaint.hasPrefix(
                """
                listen.yaml:5:48: error: model.nir: the network has 64 inputs, expected 80, the channels of its cochlea
                  brain: {type: network, inputs: [ear], model: model.nir}
                                                               ^
                """))
    }

    @Test("model with too few labels")
    func labels() throws {
        let folder = try folder(model: Samples.model(labels: ["yes"]))
        let complaint = try complaint(about: "sound.wav", in: folder)
        #expect(
            complaint.hasPrefix(
                """
                listen.yaml:5:48: error: model.nir: the network has 2 outputs, expected 1, the number of its labels
                  brain: {type: network, inputs: [ear], model: model.nir}
                                                               ^
                """))
    }

    @Test("five errors in one pipeline are told in one go")
    func fiveErrors() throws {
        let folder = try folder()
        let yaml = Samples.pipeline.replacingOccurrences(of: "type: cochlea", with: "type: cochlear")
            .replacingOccurrences(of: "inputs: [brain]}", with: "inputs: [brian], threshold: 7}")
            .replacingOccurrences(of: "model: model.nir", with: "modle: model.nir")
            .replacingOccurrences(of: "path: sound.wav", with: "path: [sound.wav]")
        try folder.write("listen.yaml", Array(yaml.utf8))
        for verb in ["run", "validate"] {
            let outcome = try Program.run([verb, "listen.yaml"], in: folder)
            #expect(outcome.code == 2)
            for line in [
                "listen.yaml:2:39: error: \"path\" expects a text, found [\"sound.wav\"]",
                "listen.yaml:4:17: error: \"cochlear\" is no type of transform. Did you mean \"cochlea\"?",
                "listen.yaml:5:41: error: \"brain\" (network) has no option \"modle\". Did you mean \"model\"?",
                "listen.yaml:6:35: error: stage \"words\" reads \"brian\", which is not defined. Did you mean \"brain\"?",
                "listen.yaml:6:54: error: \"threshold\" expects a number from 0.01 to 1.0, found 7",
            ] {
                #expect(outcome.errors.split(separator: "\n").contains { $0 == line }, "\(line)\n\(outcome.errors)")
            }
        }
    }
}
