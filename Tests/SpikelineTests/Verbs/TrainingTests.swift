import Foundation
import SpikeInterchange
import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

/// From folders of sound to a model that runs, as its user would go about it.
@Suite("Train, evaluate, calibrate")
struct TrainingTests {
    /// Two "words" of two tones each, another sound, and noise, as WAV files in the layout of Speech Commands.
    static func writeMaterial(in folder: borrowing TemporaryFolder) throws {
        let tones = ["up": (300.0, 1_500.0), "down": (1_500.0, 300.0), "other": (700.0, 700.0)]
        for split in ["train", "dev"] {
            for (word, pair) in tones {
                try FileManager.default.createDirectory(
                    atPath: "\(folder.path)/\(split)/\(word)", withIntermediateDirectories: true)
                for take in 0..<4 {
                    let shift = (take * 37 + (split == "dev" ? 17 : 0)) % 64 * 30
                    try folder.write("\(split)/\(word)/\(take).wav", tonePair(pair, shift: shift))
                }
            }
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/noise", withIntermediateDirectories: true)
        var state: UInt32 = 9
        let noise = (0..<32_000).map { _ -> Double in
            state = state &* 1_664_525 &+ 1_013_904_223
            return (Double(state >> 16) / 32_768 - 1) * 0.1
        }
        try folder.write("noise/hiss.wav", pcm(noise))
    }

    static func tonePair(_ tones: (Double, Double), shift: Int) -> [UInt8] {
        pcm(
            (0..<16_000).map { index in
                let position = index - 3_000 - shift
                guard position >= 0, position < 8_000 else { return 0 }
                return 0.3 * sin(2 * .pi * (position < 4_000 ? tones.0 : tones.1) * Double(position) / 16_000)
            })
    }

    static func pcm(_ samples: [Double]) -> [UInt8] {
        Samples.wav(
            format: 1,
            data: samples.flatMap { sample in
                let value = Int16(sample * 32_767)
                return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
            })
    }

    static let training = [
        "train", "keyword", "--data", "train", "--dev", "dev", "--noise", "noise", "--words", "up,down", "--out",
        "tones.nir", "--checkpoint", "run.ckpt", "--widths", "16,16", "--examples", "64", "--epochs", "2",
        "--teacher-epochs", "1",
    ]

    @Test("a model is trained, can be run, evaluated and calibrated; the same command gives the same bytes")
    func wholeWay() throws {
        let folder = try TemporaryFolder()
        try Self.writeMaterial(in: folder)
        let first = try Program.run(Self.training, in: folder)
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.errors.contains("epoch 2/2"))
        #expect(first.errors.contains("trainer and engine agree in all"))
        let model = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/tones.nir"))
        #expect(try ModelFile(contentsOf: folder.path + "/tones.nir").network.inputs == 80)

        let again = try Program.run(
            Self.training.map { ["tones.nir": "again.nir", "run.ckpt": "again.ckpt"][$0] ?? $0 }, in: folder)
        #expect(again.code == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/again.nir")) == model)

        let clips = try Program.run(
            ["evaluate", "tones.nir", "--data", "dev", "--gain-db", "-20", "--json"], in: folder)
        #expect(clips.code == 0 && clips.output.contains("\"clips\": 12"), "\(clips.errors)")

        try folder.write("truth.csv", Array("start,end,word\n0,1,up\n".utf8))
        let calibrated = try Program.run(
            [
                "calibrate", "tones.nir", "--stream", "dev/up/0.wav", "--truth", "truth.csv", "--per-hour", "100000",
                "--set", "window_ms=600", "--out", "calibrated.nir",
            ], in: folder)
        #expect(calibrated.code == 0, "\(calibrated.errors)")
        let head = try ModelFile(contentsOf: folder.path + "/calibrated.nir").head
        #expect(head.options["window_ms"] == .integer(600))
        guard case .map(let thresholds)? = head.options["thresholds"] else {
            Issue.record("no thresholds in \(head.options)")
            return
        }
        #expect(Set(thresholds.keys) == ["up", "down"])
    }

    @Test("a run with other options does not go on from the checkpoint")
    func foreignCheckpoint() throws {
        let folder = try TemporaryFolder()
        try Self.writeMaterial(in: folder)
        try folder.write("run.ckpt.teacher", Array("not a checkpoint".utf8))
        let outcome = try Program.run(Self.training, in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("run.ckpt.teacher: expected a checkpoint of a teacher"))
    }

    @Test(
        "what is missing is named",
        arguments: [
            ("--data", "nowhere", "nowhere: expected a folder: No such file or directory"),
            ("--words", "up,sideways", "train: expected clips of \"sideways\", found none"),
            ("--noise", "nowhere", "nowhere: expected a folder"),
            ("--widths", "16,many", "--widths: expected one to twelve whole numbers from 1 to 1,024"),
            ("--widths", "0", "--widths: expected one to twelve whole numbers from 1 to 1,024"),
        ])
    func badInput(option: String, value: String, message: String) throws {
        let folder = try TemporaryFolder()
        try Self.writeMaterial(in: folder)
        var arguments = Self.training
        let index = try #require(arguments.firstIndex(of: option))
        arguments[index + 1] = value
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("the surrogate is chosen by name and width, which the model keeps; others are refused")
    func surrogates() throws {
        let folder = try TemporaryFolder()
        try Self.writeMaterial(in: folder)
        let outcome = try Program.run(
            Self.training + ["--surrogate", "arctangent", "--surrogate-width", "0.4"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let model = try ModelFile(contentsOf: folder.path + "/tones.nir")
        #expect(model.information["surrogate"] == .string("arctangent"))
        let other = try Program.run(Self.training, in: folder)
        #expect(other.code == 2 && other.errors.contains("found one with arctangent, 0.4 wide"), "\(other.errors)")
        for (options, message) in [
            (
                ["--surrogate", "arctan"],
                "--surrogate: expected one of straight-line, fast-sigmoid, exponential, arctangent"
            ),
            (["--surrogate-width", "1"], "--surrogate-width: the straight line has no width"),
            (
                ["--surrogate", "triangular", "--surrogate-width", "9"],
                "--surrogate-width: expected 0.05 to 4, found 9"
            ),
            (["--surrogate", "triangular", "--surrogate-width", "nan"], "--surrogate-width: expected 0.05 to 4"),
        ] {
            for verb in [Self.training, ["train", "gesture", "--out", "g.nir"]] {
                let refused = try Program.run(verb + options, in: folder)
                #expect(refused.code == 2 && refused.errors.contains(message), "\(refused.errors)")
            }
        }
    }

    @Test("an option of the head that does not exist is refused")
    func badSetting() throws {
        let folder = try TemporaryFolder()
        try folder.write("model.nir", try Samples.model())
        try folder.write("sound.wav", Samples.silence(seconds: 1))
        try folder.write("truth.csv", Array("start,end,word\n0,1,yes\n".utf8))
        let outcome = try Program.run(
            ["evaluate", "model.nir", "--stream", "sound.wav", "--truth", "truth.csv", "--set", "windw_ms=3"],
            in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("--set: expected KEY=VALUE with an option of the keyword head"))
    }

    @Test(
        "a word that is 30 dB quieter is recognised as well",
        .enabled(if: SharedData.has("speech/dev"), "the speech data is not there"))
    func quietSpeech() throws {
        let dev = try #require(SharedData.path("speech/dev"))
        let model = SharedData.packageRoot + "/Pipelines/Models/keywords.nir"
        func accuracy(_ gain: String) throws -> Double {
            let outcome = try Program.run(
                ["evaluate", model, "--data", dev, "--gain-db", gain, "--json"], in: TemporaryFolder())
            let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            return try #require(json?["accuracy"] as? Double)
        }
        let loud = try accuracy("0")
        let quiet = try accuracy("-30")
        #expect(loud >= 0.88)
        #expect(quiet >= loud - 0.02, "\(loud) falls to \(quiet)")
    }
}
