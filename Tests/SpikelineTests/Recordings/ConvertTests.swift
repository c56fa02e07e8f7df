import Foundation
import SpikeTestSupport
import Testing

@Suite("convert") struct ConvertTests {
    /// The part of what `inspect` says that does not depend on the format.
    private func content(_ name: String, in folder: borrowing TemporaryFolder) throws -> [String] {
        let object = try Recordings.inspect([name], in: folder)
        return try ["events", "on", "first", "last", "sum_t_us", "sum_x", "sum_y", "duration_us"].map { name in
            let value = try #require(object[name])
            let text = try JSONSerialization.data(
                withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
            return "\(name): " + String(decoding: text, as: UTF8.self)
        }
    }

    @Test(
        "Each format, and from there to the next",
        arguments: [
            ("a.aedat4", []), ("b.raw", []), ("c.evt2", []), ("d.dat", []), ("e.es", []), ("f.csv", []),
            ("g.aedat4", ["--compression", "zstd"]), ("h.aedat4", ["--compression", "none"]),
            ("i.bin", ["--to", "evt3"]), ("j.evt3", []), ("k.txt", []), ("l.anything", ["--to", "dat"]),
        ])
    func formats(name: String, options: [String]) throws {
        let folder = try Recordings.folder("own_evt3.raw")
        let wanted = try content("own_evt3.raw", in: folder)
        var outcome = try Program.run(["convert", "own_evt3.raw", name] + options, in: folder)
        #expect(outcome.code == 0 && outcome.output.isEmpty)
        let losesSize = name.hasSuffix("csv") || name.hasSuffix("txt")
        #expect(
            outcome.errors == (losesSize ? "\(name): the format has no place for the size of the sensor\n" : ""))
        #expect(try content(name, in: folder) == wanted)
        outcome = try Program.run(["convert", name, "back.raw", "--size", "1280x720"], in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        // The same events in the same format are the same bytes, whichever way they came.
        let direct = try Program.run(["convert", "own_evt3.raw", "direct.raw"], in: folder)
        #expect(direct.code == 0)
        let files = FileManager.default
        #expect(files.contentsEqual(atPath: folder.path + "/back.raw", andPath: folder.path + "/direct.raw"))
    }

    @Test("Standard input to standard output")
    func pipes() throws {
        let folder = try Recordings.folder("own_evt2.raw")
        let outcome = try Program.run(
            ["convert", "-", "-", "--to", "csv"], in: folder, input: folder.path + "/own_evt2.raw")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "standard output: the format has no place for the size of the sensor\n")
        #expect(outcome.output.hasPrefix("t,x,y,p\n100000,1203,523,1\n"))
        #expect(outcome.output.split(separator: "\n").count == 205)
    }

    @Test("A recording is not written over itself, and keeps its content")
    func ontoItself() throws {
        let folder = try Recordings.folder("own_evt2.raw")
        let files = FileManager.default
        try files.linkItem(atPath: folder.path + "/own_evt2.raw", toPath: folder.path + "/other.raw")
        for out in ["own_evt2.raw", "other.raw", "./own_evt2.raw"] {
            let outcome = try Program.run(["convert", "own_evt2.raw", out], in: folder)
            #expect(outcome.code == 2)
            #expect(
                outcome.errors
                    == "error: \(out): the recording would be written over itself. Choose another name\n")
        }
        #expect(files.contentsEqual(atPath: folder.path + "/own_evt2.raw", andPath: Recordings.path("own_evt2.raw")))
    }

    @Test(
        "Outputs that cannot be",
        arguments: [
            (
                ["out.mp4"],
                "out.mp4: the name does not tell a format that can be written. "
                    + "Give one, as in --to evt3; known are aedat4, evt2, evt3, dat, es, csv"
            ),
            (
                ["-"],
                "-: the name does not tell a format that can be written. "
                    + "Give one, as in --to evt3; known are aedat4, evt2, evt3, dat, es, csv"
            ),
            (["no/out.raw"], "no/out.raw: the folder does not exist. Make it first (mkdir -p)"),
            (
                ["out.es"],
                "out.es: Event Stream needs the size of the sensor, and the recording does not say it. "
                    + "Give it, as in --size 640x480"
            ),
        ])
    func outputs(arguments: [String], message: String) throws {
        let folder = try Recordings.folder("own_txyp.csv")
        let outcome = try Program.run(["convert", "own_txyp.csv"] + arguments, in: folder)
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.errors == "error: \(message)\n")
    }

    @Test("What a format cannot keep is told")
    func losses() throws {
        let folder = try TemporaryFolder()
        let lines = ["9000000000000,1,1,1", "9000000000001,3000,1,1", "9000000000002,1,40,0", "8000000000000,2,2,1"]
        try folder.write("far.csv", Array(("t,x,y,p\n" + lines.joined(separator: "\n") + "\n").utf8))
        let outcome = try Program.run(["convert", "far.csv", "far.raw"], in: folder)
        #expect(outcome.code == 0)
        #expect(
            outcome.errors == """
                far.csv: time steps back: 1
                far.raw: 1 events lie outside what the format can address and are left out
                far.raw: 1 events step back or on in time further than the format can tell and are left out
                far.raw: all times are 8,999,986,528,256 µs less, since the format's counter does not reach further

                """)
        let object = try Recordings.inspect(["far.raw", "--add-time-offset"], in: folder)
        #expect(object["events"] as? Int == 2 && object["sum_t_us"] as? Int == 18_000_000_000_002)
    }

    @Test("Damage is told and the rest is written; strict, it is an error and what came before is written")
    func damage() throws {
        let folder = try Recordings.folder("dat_cut.dat", "aedat4_inverted_lz4.aedat4")
        var outcome = try Program.run(["convert", "dat_cut.dat", "a.aedat4"], in: folder)
        #expect(outcome.code == 0)
        #expect(outcome.errors == "dat_cut.dat: byte 924: the file ends inside an event: 5 bytes left over\n")
        #expect(try Recordings.inspect(["a.aedat4"], in: folder)["events"] as? Int == 103)
        outcome = try Program.run(["convert", "aedat4_inverted_lz4.aedat4", "b.aedat4", "--strict"], in: folder)
        #expect(outcome.code == 2)
        #expect(
            outcome.errors == "error: aedat4_inverted_lz4.aedat4: byte 1,265: a packet cannot be read, "
                + "LZ4 says ERROR_decompressionFailed. Without --strict, or with when_damaged: keep, the rest is read\n"
        )
        let object = try Recordings.inspect(["b.aedat4"], in: folder)
        #expect(object["events"] as? Int ?? 0 >= 50 && (object["damage"] as? [Any])?.isEmpty == true)
    }
}
