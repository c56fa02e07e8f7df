import Foundation
import SpikeTestSupport
import Testing

@Suite("inspect") struct InspectTests {
    @Test("The object for programs keeps its names and values")
    func json() throws {
        let folder = try Recordings.folder("aedat4_cut_lz4.aedat4")
        let outcome = try Program.run(["inspect", "aedat4_cut_lz4.aedat4", "--json"], in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        #expect(
            outcome.output == """
                {"v": 1, "file": "aedat4_cut_lz4.aedat4", "format": "aedat4", "format_title": "AEDAT 4.0", \
                "width": 346, "height": 260, "events": 50, "on": 30, \
                "first": {"t_us": 1700000000123456, "x": 80, "y": 131, "on": false}, \
                "last": {"t_us": 1700000000125565, "x": 84, "y": 48, "on": true}, \
                "sum_t_us": 85000000006234765, "sum_x": 4361, "sum_y": 4236, "duration_us": 2109, \
                "rate_per_s": {"mean": 23707.9, "peak": 5000.0}, "largest_x": 263, "largest_y": 213, \
                "hot_pixels": [], "hot_pixel_count": 0, \
                "gaps": {"count": 0, "longest_us": 0, "longest_at_us": 0}, \
                "steps_back": {"count": 0, "largest_us": 0}, \
                "counts": {"damaged_places": 1, "damaged_bytes": 129, "events_before_time_base": 0, "time_wraps": 0, \
                "time_steps_back": 0, "outside_sensor": 0, "invalid_events": 0, "triggers": 0, "frames": 0, \
                "frame_samples": 0, "imu_samples": 0, "unknown_items": 0}, \
                "damage": [{"offset": 1265, "what": "the file ends inside a packet: 129 bytes left over"}], \
                "header": [["compression", "lz4"], ["stream 0", "EVTS Spikeline"]]}

                """)
    }

    @Test("What is not known is null")
    func unknown() throws {
        let folder = try TemporaryFolder()
        try folder.write("none.csv", Array("t,x,y,p\n".utf8))
        let object = try Recordings.inspect(["none.csv"], in: folder)
        for name in ["width", "height", "first", "last"] { #expect(object[name] is NSNull, "\(name)") }
        #expect(object["events"] as? Int == 0 && object["duration_us"] as? Int == 0)
        #expect((object["damage"] as? [Any])?.isEmpty == true)
    }

    @Test(
        "Text for people",
        arguments: [
            (
                "dv_streams_lz4.aedat4",
                """
                format       AEDAT 4.0
                sensor       24 x 18
                events       124, 51 on and 73 off
                from         1,700,000,000,000,100 µs
                to           1,700,000,000,005,308 µs, 0.005 s later
                rate         23,810 events/s on average, 12,400 events/s in the busiest 10 ms
                triggers     3
                frames       3
                imu samples  12

                """
            ),
            (
                "aedat4_cut_lz4.aedat4",
                """
                format         AEDAT 4.0
                sensor         346 x 260
                events         50, 30 on and 20 off
                from           1,700,000,000,123,456 µs
                to             1,700,000,000,125,565 µs, 0.002 s later
                rate           23,708 events/s on average, 5,000 events/s in the busiest 10 ms
                damaged bytes  129
                damage         byte 1,265: the file ends inside a packet: 129 bytes left over

                """
            ),
            (
                "dat_header_only.dat",
                """
                format  Prophesee DAT
                sensor  128 x 128
                events  0, 0 on and 0 off

                """
            ),
        ])
    func text(name: String, text: String) throws {
        let folder = try Recordings.folder(name)
        let outcome = try Program.run(["inspect", name], in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        #expect(outcome.output == text)
    }

    @Test("Gaps, steps back, hot pixels and damage are told")
    func oddities() throws {
        let folder = try TemporaryFolder()
        var lines = (0..<400).map { "\($0 * 10),\($0 < 300 ? 7 : $0 % 50),3,1" }
        lines += ["2000000,1,1,0", "1990000,1,1,0", "what is 1", "5000000,1,1,0"]
        try folder.write("odd.csv", Array(("t,x,y,p\n" + lines.joined(separator: "\n") + "\n").utf8))
        let outcome = try Program.run(["inspect", "odd.csv"], in: folder)
        let size = "t,x,y,p\n".utf8.count + lines.prefix(402).reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(
            outcome.output == """
                format         text, a line for each event
                sensor         size not told; events up to column 49 and row 3
                events         403, 400 on and 3 off
                from           0 µs
                to             5,000,000 µs, 5.000 s later
                rate           81 events/s on average, 40,000 events/s in the busiest 10 ms
                hot pixels     1: (7, 3) 302
                gaps           2 of more than 100 ms, the longest 3.010 s at 1,990,000 µs
                time jumps     1 steps back, the largest 10,000 µs
                damaged bytes  10
                damage         byte \(size / 1_000),\(size % 1_000): expected an event, found "what is 1"

                """)
    }

    @Test("Standard input, and a pipe that is given a name")
    func standardInput() throws {
        let folder = try Recordings.folder("own_evt3.raw")
        let outcome = try Program.run(["inspect", "-"], in: folder, input: folder.path + "/own_evt3.raw")
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("format  Prophesee RAW, EVT 3.0\nsensor  1280 x 720\nevents  304, "))
    }

    @Test("A file that does not grow any more")
    func following() throws {
        let folder = try Recordings.folder("own_evt2.raw")
        let object = try Recordings.inspect(["own_evt2.raw", "--follow", "--idle-ms", "100"], in: folder)
        #expect(object["events"] as? Int == 204)
    }

    @Test("Options are taken")
    func options() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.txt", Array("1 0 5 6\n".utf8))
        let object = try Recordings.inspect(["a.txt", "--columns", "p,t,y,x", "--size", "30x20"], in: folder)
        #expect(object["width"] as? Int == 30 && object["height"] as? Int == 20)
        #expect(object["sum_x"] as? Int == 6 && object["sum_y"] as? Int == 5)
        try folder.write("b.raw", Array("% evt 2.0\n% t0 1000\n% end\n".utf8) + [1, 0, 0, 0x80, 0, 0, 0, 0])
        #expect(try Recordings.inspect(["b.raw"], in: folder)["sum_t_us"] as? Int == 64)
        #expect(try Recordings.inspect(["b.raw", "--add-time-offset"], in: folder)["sum_t_us"] as? Int == 1_064)
    }

    @Test(
        "Wrong arguments",
        arguments: [
            (["inspect"], "Error: Missing expected argument '<file>'"),
            (["inspect", "a", "--size", "3"], "Error: The value '3' is invalid for '--size <size>'"),
            (["inspect", "a", "--size", "0x3"], "Error: The value '0x3' is invalid for '--size <size>'"),
            (["inspect", "a", "--format", "avi"], "Error: The value 'avi' is invalid for '--format <format>'"),
            (["inspect", "a", "--idle-ms", "3"], "Error: --idle-ms needs --follow."),
            (["inspect", "a", "--follow", "--idle-ms=-3"], "Error: --idle-ms expects 0 or more, found -3."),
            (["inspect", "a", "--threads", "0"], "Error: --threads expects 1 to 64, found 0."),
            (["convert", "a"], "Error: Missing expected argument '<out>'"),
            (["convert", "a", "b.raw", "--to", "nmnist"], "Error: The value 'nmnist' is invalid for '--to <to>'"),
            (
                ["convert", "a", "b.aedat4", "--compression", "gzip"],
                "Error: The value 'gzip' is invalid for '--compression <compression>'"
            ),
        ])
    func usage(arguments: [String], message: String) throws {
        let outcome = try Program.run(arguments, in: TemporaryFolder())
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(
            outcome.errors.split(separator: "\n").first.map(String.init)?.hasPrefix(message) == true,
            "\(outcome.errors)")
    }

    static let cut =
        "the file ends inside a packet: 129 bytes left over. Without --strict, or with when_damaged: keep, the rest is read"

    @Test(
        "Files without events end with 2 and say what they are",
        arguments: [
            ("nosuch.raw", "there is no such file. Check the path"),
            ("empty.raw", "expected an event file, found nothing (0 bytes). Copy or record it again"),
            (".", "expected an event file, found a folder. Name one of the files in it"),
            ("sound.wav", "expected an event file, found a RIFF file (sound or video)"),
            (
                "letter.txt",
                "expected lines of four numbers or a header that names t, x, y and p, found \"Dear reader, 1\". "
                    + "Say which column is which, as in --columns t,x,y,p"
            ),
            (
                "triggers.dat",
                "expected pixel events (kind 0 or 12, 8 bytes each), found kind 14 of 16 bytes. "
                    + "Trigger and other DAT files hold no pixel events"
            ),
            ("header.aedat4", "the file ends inside its header. Copy it again"),
        ])
    func badInput(name: String, message: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("empty.raw", [])
        try folder.write("sound.wav", Samples.silence(seconds: 1))
        try folder.write("letter.txt", Array("Dear reader, 1\nBye, 2\n".utf8))
        try folder.write(
            "triggers.dat", Array("% Version 2\n% end\n".utf8) + [14, 16] + [UInt8](repeating: 0, count: 16))
        try folder.write("header.aedat4", Recordings.bytes("own_lz4.aedat4").prefix(100))
        for arguments in [["inspect", name], ["inspect", "--json", name], ["convert", name, "out.raw"]] {
            let outcome = try Program.run(arguments, in: folder)
            #expect(outcome.code == 2 && outcome.output.isEmpty)
            #expect(outcome.errors == "error: \(name): \(message)\n")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out.raw"))
    }

    @Test("Strict reading ends with 2 at damage")
    func strict() throws {
        let folder = try Recordings.folder("aedat4_cut_lz4.aedat4", "evt3_outside.raw")
        var outcome = try Program.run(["inspect", "--strict", "aedat4_cut_lz4.aedat4"], in: folder)
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.errors == "error: aedat4_cut_lz4.aedat4: byte 1,265: \(InspectTests.cut)\n")
        outcome = try Program.run(["inspect", "--strict", "evt3_outside.raw"], in: folder)
        #expect(outcome.code == 2)
        #expect(
            outcome.errors == "error: evt3_outside.raw: expected no outside sensor, found 6 up to byte 164. "
                + "Without --strict, or with when_damaged: keep, they are counted\n")
    }
}
