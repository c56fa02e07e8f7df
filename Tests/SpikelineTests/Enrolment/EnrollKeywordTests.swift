import Foundation
import SpikeEncoders
import SpikeInterchange
import SpikeNetwork
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

/// A word of one's own, as its user would go about it: with the shipped model, and a "word" that is computed.
@Suite("spikeline enroll keyword")
struct EnrollKeywordTests {
    static let model = SharedData.packageRoot + "/Pipelines/Models/keywords.nir"
    static let sample = SharedData.packageRoot + "/SampleData/keywords.flac"
    static let machine = SharedData.packageRoot + "/SampleData/machine.flac"

    /// Take `number` of the word: three vowels of two formants each over a voice that falls, with faint noise.
    static func word(_ number: Int) -> [Double] {
        var state = UInt32(number) &* 2_654_435_761 &+ 12_345
        func draw() -> Double {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Double(state >> 8) / 16_777_216
        }
        let (pitch, speed, size) = (110 + 20 * draw(), 0.9 + 0.2 * draw(), 0.97 + 0.06 * draw())
        let vowels = [(700.0, 1_200.0), (300.0, 2_300.0), (450.0, 800.0)]
        return (0..<24_000).map { index in
            let time = (Double(index) / 16_000 - 0.4) * speed
            var value = (draw() - 0.5) * 0.002
            guard (0..<0.66).contains(time) else { return value }
            let (first, second) = vowels[Int(time / 0.22)]
            let voice = pitch * (1 - 0.2 * time)
            for harmonic in 1...25 {
                let frequency = voice * Double(harmonic)
                let near = [first, second].map { exp(-pow((frequency / size - $0) / 120, 2)) }.reduce(0, +)
                value += 0.12 * near * sin(2 * .pi * frequency * time)
            }
            return value * min(1, 20 * time.truncatingRemainder(dividingBy: 0.22) + 0.1)
        }
    }

    static func write(_ numbers: Range<Int>, to folder: borrowing TemporaryFolder) throws -> [String] {
        for number in numbers { try folder.write("w\(number).wav", TrainingTests.pcm(word(number))) }
        return numbers.map { "w\($0).wav" }
    }

    /// All potentials of a model in the sample recording.
    static func potentials(_ path: String) throws -> [[Int32]] {
        let file = try ModelFile(contentsOf: path)
        let ear = try Cochlea(Cochlea.Parameters(options: file.encoder.options, place: path))
        let network = try SpikingNetwork(file.network)
        var counts: [UInt8] = []
        ear.appendCounts(of: try AudioClip(path: sample).samples, to: &counts)
        return try stride(from: 0, to: counts.count, by: ear.channels).map { start in
            try network.step(
                (0..<ear.channels).filter { counts[start + $0] > 0 }.map {
                    ChannelSpikes(channel: UInt16($0), count: UInt16(counts[start + $0]))
                })
            return (0..<network.outputs).map { network.potential(ofOutput: $0) }
        }
    }

    @Test("from recordings to a model that reports the word and says all else as before; a second word can follow")
    func wholeWay() throws {
        let folder = try TemporaryFolder()
        let files = try Self.write(0..<6, to: folder)
        let common = ["--model", Self.model]
        let outcome = try Program.run(
            ["enroll", "keyword", "wawiwo"] + files + common + ["--out", "mine.nir"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains(" % of 12 copies in quiet and "), "\(outcome.output)")
        #expect(outcome.output.contains("false alarms: 0 in 12.0 minutes of background"), "\(outcome.output)")

        let (before, after) = (try Self.potentials(Self.model), try Self.potentials(folder.path + "/mine.nir"))
        #expect(before.count > 2_900 && after.map { Array($0[..<12]) } == before)

        // The program hears new takes in a pipeline, once each, and nothing in the sample but what it heard before.
        let stream = (20..<24).flatMap { Self.word($0) + [Double](repeating: 0, count: 16_000) }
        try folder.write("stream.wav", TrainingTests.pcm(stream))
        let pipeline = Samples.pipeline.replacing("sound.wav", with: "stream.wav").replacing(
            "model.nir", with: "mine.nir")
        try folder.write("own.yaml", Array(pipeline.utf8))
        let heard = try Program.run(["run", "own.yaml"], in: folder)
        #expect(heard.code == 0, "\(heard.errors)")
        #expect(
            heard.output.split(separator: "\n").count { $0.contains("\"word\": \"wawiwo\"") } == 4, "\(heard.output)")
        let old = try Program.run(["run", "own.yaml", "--input", Self.sample], in: folder)
        #expect(!old.output.contains("wawiwo") && old.output.contains("\"word\": \"stop\""))

        // The name is taken now.
        let taken = try Program.run(
            ["enroll", "keyword", "Wawiwo"] + files + ["--model", "mine.nir", "--out", "x.nir"], in: folder)
        #expect(taken.code == 2 && taken.errors.contains("mine.nir: the model knows \"Wawiwo\" already"))

        // Backwards it is another word.
        for number in 0..<6 {
            try folder.write("b\(number).wav", TrainingTests.pcm(Self.word(number + 40).reversed()))
        }
        let second = try Program.run(
            ["enroll", "keyword", "owiwaw"] + (0..<6).map { "b\($0).wav" }
                + [
                    "--model", "mine.nir", "--own-background-only", "--background", Self.sample, Self.machine, "--out",
                    "two.nir",
                ],
            in: folder)
        #expect(second.code == 0, "\(second.errors)")
        let two = try ModelFile(contentsOf: folder.path + "/two.nir")
        #expect(two.network.populations.last?.size == 14)
        #expect(two.information["enrolled"] == .list([.string("wawiwo"), .string("owiwaw")]))
        let three = try Self.potentials(folder.path + "/two.nir")
        #expect(three.map { Array($0[..<13]) } == after)
    }

    @Test(
        "a name that is no name, or is taken, is refused before anything is read",
        arguments: [
            "", " ", "a/b", "a+b", "#", "tab\there", "quote\"d", "-x", "ends ", String(repeating: "a", count: 65),
            "yes",
            "Unknown", "new\nline", "\u{202E}x",
        ])
    func names(name: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            ["enroll", "keyword", "--model", Self.model, "--out", "x.nir", "--", name, "nowhere.wav"], in: folder)
        #expect(outcome.code == 2)
        #expect(
            outcome.errors.contains("expected a name of 1 to 64") || outcome.errors.contains("already"),
            "\(outcome.errors)")
        #expect(!outcome.errors.contains("nowhere.wav"))
    }

    @Test(
        "names in other scripts, with spaces and marks are fine",
        arguments: ["Grüß Gott", "コンピュータ", "it's me 2", "a.b-c_d"])
    func goodNames(name: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            ["enroll", "keyword", "--model", Self.model, "--out", "x.nir", "--", name, "nowhere.wav"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("nowhere.wav: there is no such file"), "\(outcome.errors)")
    }

    @Test("what is wrong with recordings, models and places is named, and no model is written")
    func faults() throws {
        let folder = try TemporaryFolder()
        let files = try Self.write(0..<5, to: folder)
        try folder.write("silence.wav", Samples.silence(seconds: 1))
        try folder.write("clipped.wav", TrainingTests.pcm(Self.word(9).map { max(min($0 * 40, 1), -1) }))
        try folder.write("torn.flac", Array("fLaC and no more".utf8))
        try folder.write("gesture.nir", Array("no model".utf8))
        func complaint(_ arguments: [String], name: String = "wawiwo") throws -> String {
            let outcome = try Program.run(
                ["enroll", "keyword", name] + arguments + (arguments.contains("--out") ? [] : ["--out", "x.nir"]),
                in: folder)
            #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome.output) \(outcome.errors)")
            #expect(folder.bytes("x.nir") == nil)
            return outcome.errors
        }
        let own = ["--model", Self.model, "--own-background-only", "--background", Self.sample, Self.machine]
        #expect(try complaint(Array(files[..<4]) + own).contains("expected 5 to 100 recordings of the word, found 4"))
        #expect(
            try complaint(files + ["silence.wav"] + own).contains("silence.wav: expected a spoken word, found silence"))
        #expect(try complaint(files + ["clipped.wav"] + own).contains("clipped.wav: the word is clipped"))
        #expect(try complaint(files + ["torn.flac"] + own).contains("torn.flac"))
        #expect(try complaint(files + [Self.sample] + own).contains("expected at most 20 s of sound"))
        #expect(try complaint(files + ["w0.wav"] + own).contains("found the same sound as in w0.wav"))
        #expect(try complaint(files + ["--model", "gesture.nir"]).contains("gesture.nir"))
        #expect(
            try complaint(files + ["--model", SharedData.packageRoot + "/Pipelines/Models/gestures.nir"]).contains(
                "expected a keyword model"))
        #expect(
            try complaint(files + own + ["--out", "no/such/x.nir"]).contains(
                "no/such/x.nir: the file cannot be written"))
        #expect(try complaint(files + own + ["--per-hour", "nan"]).contains("--per-hour: expected 0.001 to 10,000"))
        #expect(
            try complaint(files + ["--model", Self.model, "--own-background-only"]).contains(
                "expected 1 to 60 minutes of background, found 0 s"))
        #expect(try complaint(files + own + ["nowhere.wav"]).contains("nowhere.wav"))
    }

    @Test("without options the shipped model and background are found beside the program")
    func shipped() throws {
        let background = SharedData.packageRoot + "/Pipelines/Models/background.ogg"
        let seconds = Double(try AudioClip(path: background, maximumSeconds: 1_000).samples.count) / 16_000
        #expect((600...900).contains(seconds))
        let model = try ModelFile(contentsOf: Self.model)
        #expect(model.information["enrolled"] == nil)
    }
}

extension TemporaryFolder {
    /// The bytes of a file in the folder, or nil.
    func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: path + "/" + name) }
}
