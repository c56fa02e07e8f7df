import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// What a file is, by its content alone; and what is said of files that hold no events.
struct DetectionTests {
    private func detect(_ bytes: [UInt8]) throws(SpikelineError) -> EventFileFormat {
        try EventFileFormat.detect(EventInput(bytes: bytes, name: "thing"))
    }

    @Test(arguments: EventFixtures.manifest) func everyFixture(fixture: EventFixture) throws {
        #expect(try detect(EventFixtures.bytes(fixture.file)) == fixture.kind)
    }

    /// All but one of EVT 2.1 with one event in each word: half of its words are masks of one bit, which are words of
    /// EVT 2.0 as well, so that nothing tells them apart.
    static let raw = EventFixtures.manifest.filter {
        [.evt2, .evt21, .evt3].contains($0.kind) && $0.file != "evutils_evt21.raw"
    }

    @Test("RAW files whose header is lost", arguments: raw)
    func withoutHeader(fixture: EventFixture) throws {
        let bytes = EventFixtures.bytes(fixture.file)
        let kind = try #require(fixture.kind)
        let payload = Array(bytes[try EventSamples.headerBytes(of: bytes, kind)...])
        #expect(try detect(payload) == kind)
        #expect(try EventReading(payload).digest == fixture.digest)
        // A header that does not say the version.
        let unsaid = Array("% date 2024-01-01 12:00:00\n".utf8) + payload
        #expect(try detect(unsaid) == kind)
        #expect(try EventReading(unsaid).digest == fixture.digest)
    }

    static let others: [(what: String, bytes: [UInt8], message: String)] = [
        ("nothing", [], "thing: expected an event file, found nothing (0 bytes). Copy or record it again"),
        ("WAV", WAVBytes.pcm16([1, 2, 3]), "thing: expected an event file, found a RIFF file (sound or video)"),
        (
            "PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0],
            "thing: expected an event file, found a PNG picture"
        ),
        ("NPZ", [0x50, 0x4B, 3, 4, 0x14, 0], "thing: expected an event file, found a ZIP archive (or NPZ)"),
        ("NPY", [0x93] + Array("NUMPY".utf8) + [1, 0], "thing: expected an event file, found a NumPy array"),
        ("ROS bag", Array("#ROSBAG V2.0\n".utf8), "thing: expected an event file, found a ROS bag"),
        ("gzip", [0x1F, 0x8B, 8, 0], "thing: expected an event file, found a gzip archive"),
        ("FLAC", Array("fLaC".utf8) + [0, 0], "thing: expected an event file, found a FLAC sound file"),
        ("Ogg", Array("OggS".utf8) + [0, 0], "thing: expected an event file, found an Ogg file"),
        ("GIF", Array("GIF89a".utf8), "thing: expected an event file, found a GIF picture"),
        ("PDF", Array("%PDF-1.7".utf8), "thing: expected an event file, found a PDF"),
        ("AEDAT 1", Array("#!AER-DAT1.0\r\n".utf8), "thing: expected AEDAT 2.0, 3.1 or 4.0, found AEDAT 1.0"),
        ("AEDAT 3.0", Array("#!AER-DAT3.0\r\n".utf8), "thing: expected AEDAT 2.0, 3.1 or 4.0, found AEDAT 3.0"),
        ("EVT 4", Array("% evt 4.0\n% end\n".utf8), "thing: expected EVT 2.0, 2.1 or 3.0, found EVT 4.0"),
        ("EVT 9", Array("% evt 9\n% end\n".utf8), "thing: expected EVT 2.0, 2.1 or 3.0, found \"9\""),
        (
            "a letter", Array("Dear reader,\nthis is no event.\n".utf8),
            "thing: expected lines of four numbers or a header that names t, x, y and p, found \"Dear reader,\". "
                + "Say which column is which, as in --columns t,x,y,p"
        ),
        (
            "three columns", Array("1,2,3\n4,5,6\n".utf8),
            "thing: expected lines of four numbers or a header that names t, x, y and p, found \"1,2,3\". "
                + "Say which column is which, as in --columns t,x,y,p"
        ),
        (
            "noise", SplitMix64Bytes.bytes(4_096),
            "thing: the content is of no format that is known. Known are "
                + "evt2, evt21, evt3, dat, aedat2, aedat3, aedat4, es, nmnist, csv, hdf5; --format names one"
        ),
        (
            "a word", Array("hello\n".utf8),
            "thing: the content is of no format that is known. Known are "
                + "evt2, evt21, evt3, dat, aedat2, aedat3, aedat4, es, nmnist, csv, hdf5; --format names one"
        ),
    ]

    @Test(arguments: others.indices) func otherContent(index: Int) {
        let (what, bytes, text) = DetectionTests.others[index]
        #expect(message { _ = try EventFileReader(bytes: bytes, name: "thing") } == text, "\(what)")
    }

    @Test func foldersAndMissingFiles() {
        let folder = TemporaryFolder()
        let path = folder.path
        #expect(
            message { _ = try EventFileReader(path: path) }
                == "\(path): expected an event file, found a folder. Name one of the files in it")
        #expect(
            message { _ = try EventFileReader(path: path + "/x") } == "\(path)/x: there is no such file. Check the path"
        )
    }

    static let headers: [(what: String, bytes: [UInt8], message: String)] = [
        (
            "DAT of triggers", Array("% Version 2\n% end\n".utf8) + [14, 16],
            "thing: expected pixel events (kind 0 or 12, 8 bytes each), found kind 14 of 16 bytes. "
                + "Trigger and other DAT files hold no pixel events"
        ),
        (
            "DAT of version 3", Array("% Version 3\n% end\n".utf8) + [12, 8],
            "thing: expected version 1 or 2 of DAT, found 3"
        ),
        (
            "ES of colours", Array("Event Stream".utf8) + [2, 0, 0, 4, 1, 0, 1, 0],
            "thing: expected an Event Stream of kind dvs, found color. Only dvs streams hold events of the kind read here"
        ),
        (
            "ES of version 1", Array("Event Stream".utf8) + [1, 0, 0, 1, 1, 0, 1, 0],
            "thing: expected version 2 of Event Stream, found 1"
        ),
        (
            "ES, cut", Array("Event Stream".utf8) + [2, 0, 0, 1, 1],
            "thing: the file ends inside its header, at byte 17"
        ),
        (
            "AEDAT 2 of another chip",
            Array("#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1c\r\n".utf8),
            "thing: the addresses of the chip \"ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1c\" are not understood. "
                + "Known are DVS128 and DAVIS 208, 240, 346 and 640"
        ),
        (
            "AEDAT 2, cut", Array("#!AER-DAT2.0\r\n# AEChip: DVS".utf8),
            "thing: the file ends inside its header, at byte 27. Copy it again"
        ),
        (
            "AEDAT 3.1, cut", Array("#!AER-DAT3.1\r\n".utf8),
            "thing: expected the line #!END-HEADER before byte 14, found none. The file is cut or is no AEDAT 3.1"
        ),
        (
            "AEDAT 3.1, packed", Array("#!AER-DAT3.1\r\n#Format: SerializedTS,PNGFrames\r\n#!END-HEADER\r\n".utf8),
            "thing: expected the format RAW, found \"SerializedTS,PNGFrames\""
        ),
        (
            "AEDAT 4, cut", Array("#!AER-DAT4.0\r\n".utf8) + [60, 0, 0, 0, 1],
            "thing: the file ends inside its header. Copy it again"
        ),
        (
            "AEDAT 4, damaged", Array("#!AER-DAT4.0\r\n".utf8) + [16, 0, 0, 0] + [UInt8](repeating: 7, count: 16),
            "thing: the header at byte 18 is damaged. Copy the file again"
        ),
    ]

    @Test(arguments: headers.indices) func headersThatCannotBeRead(index: Int) {
        let (what, bytes, text) = DetectionTests.headers[index]
        #expect(message { _ = try EventFileReader(bytes: bytes, name: "thing") } == text, "\(what)")
    }

    @Test func aNamedFormatIsTakenAtItsWord() throws {
        var options = EventFileReader.Options()
        options.format = .nmnist
        let reader = try EventFileReader(bytes: [1, 2, 0x80, 0, 9], name: "thing", options: options)
        #expect(try EventReading(reader).events == [PlainEvent(9, 1, 2, true)])
    }

    @Test func textsThatAreLongInFrontOfTheEvents() throws {
        // Longer than what detection looks at.
        let line = "% comment " + String(repeating: "x", count: 5_000) + "\n"
        let header = String(repeating: line, count: 20) + "% evt 3.0\n% end\n"
        let words: [UInt8] = [1, 0x80, 2, 0x60, 3, 0, 4, 0x28]
        let reading = try EventReading(Array(header.utf8) + words)
        #expect(reading.events == [PlainEvent(4_098, 4, 3, true)] && reading.damage.isEmpty)
    }
}

/// Noise of no format.
enum SplitMix64Bytes {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SplitMix64(state: 4)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
