import Foundation
import SpikeInterchange
import SpikeNetwork
import SpikeTestSupport
import Testing

@Suite("spikeline synthesize, train gesture and enroll gesture") struct SynthesizeTests {
    @Test("writes a folder for each gesture and a table, twice the same")
    func gestures() throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "--recordings", "2", "--seconds", "0.4", "--seed", "3", "--gestures", "arm_roll,other", "--format", "evt3",
        ]
        for out in ["one", "two/deep"] {
            let outcome = try Program.run(["synthesize", "gesture", out] + arguments, in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        for name in ["arm_roll/0000.raw", "other/0001.raw"] {
            let one = FileManager.default.contents(atPath: folder.path + "/one/" + name)
            #expect(one?.count ?? 0 > 500)
            #expect(one == FileManager.default.contents(atPath: folder.path + "/two/deep/" + name))
        }
        let table = try String(contentsOfFile: folder.path + "/one/labels.csv", encoding: .utf8)
        #expect(table.split(separator: "\n").count == 5)
        #expect(table.contains("arm_roll/0000.raw,arm_roll,"))
        let shares = table.split(separator: "\n").map { $0.split(separator: ",").last.map(String.init) ?? "" }
        #expect(shares[0] == "visible_share")
        #expect(shares.dropFirst().allSatisfy { Double($0) ?? 0 >= 0.4 }, "\(shares)")
    }

    @Test("draws scenes anew that cannot be seen, unless it is told to take all")
    func leastVisible() throws {
        let folder = try TemporaryFolder()
        func shares(_ out: String, _ options: [String]) throws -> [Double] {
            let outcome = try Program.run(
                ["synthesize", "gesture", out, "--recordings", "12", "--seconds", "0.1", "--gestures", "air_drums"]
                    + options, in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            let table = try String(contentsOfFile: folder.path + "/" + out + "/labels.csv", encoding: .utf8)
            return table.split(separator: "\n").dropFirst().compactMap { Double($0.split(separator: ",").last ?? "") }
        }
        let asTheyCome = try shares("all", ["--least-visible", "0"])
        let usual = try shares("usual", [])
        let better = try shares("better", ["--least-visible", "0.7"])
        #expect(asTheyCome.count == 12 && usual.count == 12 && better.count == 12)
        #expect(asTheyCome.contains { $0 < 0.4 })
        #expect(zip(asTheyCome, usual).allSatisfy { $0 >= 0.4 ? $1 == $0 : $1 >= 0.4 })
        #expect(zip(usual, better).allSatisfy { $0 >= 0.7 ? $1 == $0 : $1 > $0 })
    }

    @Test(
        "refuses what cannot be made",
        arguments: [
            ["gesture", "out", "--gestures", "juggling"], ["gesture", "out", "--seconds", "0"],
            ["gesture", "out", "--recordings", "0"],
            ["gesture", "out", "--least-visible", "1.1"], ["gesture", "out", "--least-visible", "nan"],
            ["events", "out.raw", "--video", "none", "--frames-per-second", "9"],
            ["events", "out.raw", "--video", ".", "--frames-per-second", "0"],
        ])
    func refusals(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(["synthesize"] + arguments, in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
    }

    @Test(
        "refuses numbers that no run can have, before anything is drawn",
        arguments: [
            ("--recordings", "-1"), ("--recordings", "0"), ("--dev-recordings", "-1"), ("--epochs", "0"),
            ("--threads", "0"), ("--batch", "0"), ("--learning-rate", "nan"), ("--synthesized-share", "2"),
            ("--refresh", "0"), ("--augmentation", "2.5"), ("--augmentation", "nan"),
            ("--least-visible", "-0.1"), ("--least-visible", "nan"),
            ("--out", "none/m.nir"), ("--checkpoint", "none/c"), ("--data", "none"),
        ])
    func trainRefusals(option: String, value: String) throws {
        let folder = try TemporaryFolder()
        let out = option == "--out" ? [] : ["--out", "m.nir"]
        let outcome = try Program.run(["train", "gesture", "\(option)=\(value)"] + out, in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }

    @Test("mixes recordings with synthesised people, and wants all gestures without them")
    func mixed() throws {
        let folder = try TemporaryFolder()
        var outcome = try Program.run(
            ["synthesize", "gesture", "own", "--recordings", "2", "--gestures", "arm_roll", "--seconds", "1"],
            in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let arguments = [
            "train", "gesture", "--data", "own", "--out", "m.nir", "--recordings", "2", "--epochs", "1",
            "--dev-recordings", "1", "--widths", "4,4,4,8", "--batch", "4",
        ]
        outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 0 && outcome.errors.contains("2 recordings of --data"), "\(outcome.errors)")
        let wider = ["--start-from", "m.nir", "--widths", "4,8,4,12,6"]
        outcome = try Program.run(arguments.filter { $0 != "4,4,4,8" && $0 != "--widths" } + wider, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        // It is wider and deeper now than what is asked for, and as it is where nothing is.
        outcome = try Program.run(arguments + ["--start-from", "m.nir"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("m.nir: the network to start from has another shape"))
        #expect(outcome.errors.contains("at least as wide") && !outcome.errors.hasSuffix("\n\n"), "\(outcome.errors)")
        outcome = try Program.run(
            arguments.filter { $0 != "4,4,4,8" && $0 != "--widths" } + ["--start-from", "m.nir"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        outcome = try Program.run(arguments + ["--synthesized-share", "0"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("\"hand_clapping\""), "\(outcome.errors)")
    }

    @Test("makes events of images, and says which image is wrong")
    func video() throws {
        let folder = try TemporaryFolder()
        for index in 0..<4 {
            var pixels = [UInt8](repeating: 40, count: 64)
            for row in 0..<8 { pixels[row * 8 + 2 * index] = 220 }
            try folder.write("\(index).pgm", Array("P5 8 8 255\n".utf8) + pixels)
        }
        let arguments = ["synthesize", "events", "--video", ".", "out.raw", "--frames-per-second", "100"]
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let seen = try Recordings.inspect(["out.raw"], in: folder)
        #expect(seen["width"] as? Int == 8 && seen["height"] as? Int == 8)
        // Three times eight pixels grow brighter, and eight that grow darker, by several thresholds each.
        #expect(seen["events"] as? Int ?? 0 > 200)
        try folder.write("9.pgm", Array("P5 4 4 255\n".utf8) + [UInt8](repeating: 0, count: 16))
        let other = try Program.run(arguments, in: folder)
        #expect(other.code == 2 && other.errors.contains("9.pgm"), "\(other.errors)")
    }

    @Test("trains a model that classify takes, and adds a gesture to it")
    func trainAndEnroll() throws {
        let folder = try TemporaryFolder()
        let trained = try Program.run(
            [
                "train", "gesture", "--out", "m.nir", "--recordings", "2", "--epochs", "1", "--dev-recordings", "1",
                "--widths", "4,4,4,8", "--batch", "4",
            ], in: folder)
        #expect(trained.code == 0, "\(trained.errors)")
        var outcome = try Program.run(
            ["synthesize", "gesture", "own", "--recordings", "4", "--gestures", "arm_roll", "--seconds", "1"],
            in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let files = (0..<4).map { "own/arm_roll/000\($0).aedat4" }
        outcome = try Program.run(
            ["enroll", "gesture", "mine"] + files + ["--model", "m.nir", "--out", "n.nir", "--others", "2"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("old classes: ") && outcome.output.contains("mine: "))
        let model = try ModelFile(contentsOf: folder.path + "/n.nir")
        #expect(model.network.populations.last?.size == 12)
        outcome = try Program.run(["classify", files[0], "--model", "n.nir", "--json"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        outcome = try Program.run(
            ["enroll", "gesture", "mine"] + files + ["--model", "n.nir", "--out", "o.nir"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("knows \"mine\" already"))
    }
}
