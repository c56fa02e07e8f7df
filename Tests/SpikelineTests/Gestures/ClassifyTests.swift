import Foundation
import SpikeTestSupport
import Testing

@Suite("spikeline classify") struct ClassifyTests {
    private let both =
        GestureSamples.events(0, from: 0, to: 1.5) + GestureSamples.events(1, from: 1.5, to: 3.2)

    @Test(
        "names each gesture of a recording, with its extent, in any format", arguments: ["a.aedat4", "a.raw", "a.dat"])
    func gestures(name: String) throws {
        let folder = try GestureSamples.folder([(name, both)])
        let outcome = try Program.run(["classify", name, "--model", "toy.nir", "--json"], in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let records = try GestureSamples.objects(outcome.output)
        #expect(records.map { $0["gesture"] as? String } == ["left", "right"])
        #expect(records.allSatisfy { $0["file"] as? String == name && $0["kind"] as? String == "gesture" })
        #expect(records.allSatisfy { $0["v"] as? Int == 1 && $0["score"] as? Double ?? 0 > 0.6 })
        let (from, to) = (records[1]["from_s"] as? Double ?? 0, records[0]["to_s"] as? Double ?? 0)
        #expect(abs(from - 1.5) < 0.3 && abs(to - 1.5) < 0.3)
        #expect(abs((records[0]["events"] as? Int ?? 0) - 15_000) < 3_000)
    }

    @Test("prints them for people, and draws them")
    func text() throws {
        let folder = try GestureSamples.folder([
            ("a.aedat4", both), ("right.aedat4", GestureSamples.events(1, from: 0, to: 1.5)),
        ])
        let one = try Program.run(["classify", "right.aedat4", "--model", "toy.nir"], in: folder)
        #expect(one.code == 0 && one.output.hasPrefix("right.aedat4  right "), "\(one.output)")
        for plot in ["plot.svg", "plot.png"] {
            let outcome = try Program.run(["classify", "a.aedat4", "--model", "toy.nir", "--plot", plot], in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            // No one gesture is in both halves, which is what "other" stands for.
            #expect(outcome.output.hasPrefix("a.aedat4  other "))
            #expect(outcome.output.contains(" s  left  score 0.") || outcome.output.contains(" s  left  score 1."))
            #expect(FileManager.default.contents(atPath: folder.path + "/" + plot)?.count ?? 0 > 5_000)
        }
        let svg = try String(contentsOfFile: folder.path + "/plot.svg", encoding: .utf8)
        for text in ["relay: spikes per second", "grid: spikes per second", "score", ">left<"] {
            #expect(svg.contains(text), "\(text)")
        }
    }

    @Test("tells the damage of a recording that is cut off before its first events")
    func damage() throws {
        let folder = try GestureSamples.folder([("a.aedat4", both)])
        let whole = try #require(FileManager.default.contents(atPath: folder.path + "/a.aedat4"))
        try folder.write("cut.aedat4", Array(whole.prefix(3_000)))
        let outcome = try Program.run(["classify", "cut.aedat4", "--model", "toy.nir"], in: folder)
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("the file ends inside a packet"), "\(outcome.errors)")
        #expect(outcome.errors.contains("the recording has no events"), "\(outcome.errors)")
    }

    @Test("a bad recording does not stop the others")
    func several() throws {
        let folder = try GestureSamples.folder([("a.aedat4", both)])
        try folder.write("bad.bin", Array("no recording".utf8))
        let outcome = try Program.run(
            ["classify", "none.raw", "a.aedat4", "bad.bin", "a.aedat4", "--model", "toy.nir", "--json"], in: folder)
        #expect(outcome.code == 2)
        #expect(try GestureSamples.objects(outcome.output).count == 4)
        #expect(outcome.errors.contains("none.raw") && outcome.errors.contains("bad.bin"))
        #expect(outcome.errors.split(separator: "\n").count == 2, "\(outcome.errors)")
    }

    @Test("recordings that are hard to judge give a sensible result and a remark")
    func oddities() throws {
        let gap = GestureSamples.events(0, from: 0, to: 1) + GestureSamples.events(1, from: 600, to: 601)
        let folder = try GestureSamples.folder([
            ("short.aedat4", GestureSamples.events(0, from: 0, to: 0.01)), ("gap.raw", gap),
            ("on.raw", GestureSamples.events(1, from: 0, to: 2, isOn: true)),
            ("few.raw", "0,1,1,1\n1000000,2,2,0\n"),
        ])
        func classify(_ name: String) throws -> (records: [[String: Any]], errors: String) {
            let outcome = try Program.run(["classify", name, "--model", "toy.nir", "--json"], in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            return (try GestureSamples.objects(outcome.output), outcome.errors)
        }
        let short = try classify("short.aedat4")
        #expect(short.records.map { $0["gesture"] as? String } == ["unknown"])
        #expect(short.errors.contains("less than the window of 200 ms"))
        let long = try classify("gap.raw")
        #expect(long.records.map { $0["gesture"] as? String } == ["left", "right"] && long.errors.isEmpty)
        #expect(abs((long.records[1]["from_s"] as? Double ?? 0) - 600) < 0.1)
        #expect((long.records[0]["to_s"] as? Double ?? 9) < 1.1)
        let on = try classify("on.raw")
        #expect(on.records.map { $0["gesture"] as? String } == ["right"])
        #expect(on.errors.contains("on.raw: all events are on; models expect both polarities"))
        let few = try classify("few.raw")
        #expect(few.records.map { $0["recording"] as? String } == ["unknown"])
        #expect(few.errors.contains("never 1000 events per second"))
    }

    @Test("finds the part of a large sensor in which something happens")
    func part() throws {
        let corner = (x: 300, y: 200)
        let both =
            GestureSamples.events(0, from: 0, to: 1.5, corner: corner)
            + GestureSamples.events(1, from: 1.5, to: 3.2, corner: corner)
        let folder = try GestureSamples.folder([("a.raw", both)], size: "640x480")
        func gestures(_ options: String...) throws -> (names: [String?], errors: String) {
            let outcome = try Program.run(["classify", "a.raw", "--model", "toy.nir", "--json"] + options, in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            return (try GestureSamples.objects(outcome.output).map { $0["gesture"] as? String }, outcome.errors)
        }
        let found = try gestures()
        #expect(found.names == ["left", "right"])
        #expect(
            found.errors
                == "a.raw: looked at 64 x 64 pixels from column 300 and row 200 on; --crop whole looks where the model "
                + "says\n")
        #expect(try gestures("--crop", "action").names == found.names)
        #expect(try gestures("--crop", "300,200,64,64").names == found.names)
        // All of it lies in one half of the middle.
        let whole = try gestures("--crop", "whole")
        #expect(whole.names != found.names && whole.errors.isEmpty)
        let piped = try Program.run(
            ["classify", "-", "--model", "toy.nir", "--json"], in: folder, input: folder.path + "/a.raw")
        #expect(piped.code == 0 && piped.errors.isEmpty)
        #expect(try GestureSamples.objects(piped.output).map { $0["gesture"] as? String } == whole.names)
    }

    @Test("what is wrong is said")
    func faults() throws {
        let folder = try GestureSamples.folder([("a.aedat4", both)])
        func errors(_ arguments: String...) throws -> String {
            let outcome = try Program.run(["classify"] + arguments, in: folder)
            #expect(outcome.code == 2)
            return outcome.errors
        }
        // A pipe cannot be read twice to find out.
        let piped = try Program.run(
            ["classify", "-", "--model", "toy.nir"], in: folder, input: folder.path + "/text.csv")
        #expect(piped.code == 2 && piped.errors.contains("--size 128x128"), "\(piped.errors)")
        let guessed = try Program.run(["classify", "text.csv", "--model", "toy.nir"], in: folder)
        #expect(guessed.code == 0 && guessed.errors.contains("taken for 128 x 128"), "\(guessed.errors)")
        let size = try Program.run(["classify", "text.csv", "--model", "toy.nir", "--size", "64x64"], in: folder)
        #expect(size.code == 0 && size.output.contains("left") && size.errors.isEmpty)
        #expect(try errors("a.aedat4", "--model", "toy.nir", "--threshold", "2").contains("--threshold expects"))
        #expect(try errors("a.aedat4", "a.aedat4", "--model", "toy.nir", "--plot", "a.svg").contains("one recording"))
        #expect(try errors("a.aedat4", "--model", "none.nir").contains("none.nir"))
        for crop in ["1,2,3", "1,2,0,3", "0,0,64,x", "1,,2,3,4", "-1,0,8,8", "left"] {
            #expect(try errors("a.aedat4", "--model", "toy.nir", "--crop=" + crop).contains("'\(crop)' is invalid"))
        }
        #expect(
            try errors("a.aedat4", "--model", "toy.nir", "--crop", "1,0,64,64").contains("\"crop\" inside the sensor"))
        let keywords = SharedData.packageRoot + "/Pipelines/Models/keywords.nir"
        #expect(try errors("a.aedat4", "--model", keywords).contains("expected a gesture model with an event_grid"))
    }
}
