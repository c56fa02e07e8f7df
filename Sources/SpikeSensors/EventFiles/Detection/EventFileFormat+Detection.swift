import SpikeSignals

extension EventFileFormat {
    /// How many bytes at the start of an input tell its format.
    static let detectionBytes = 1 << 16

    /// The format of `input`, by its content.
    ///
    /// Signatures decide where a format has one. RAW files say their version in the header, or do not; then, and for
    /// files without any header, the version whose words make most sense is taken (``WordSense``).
    static func detect(_ input: EventInput) throws(SpikelineError) -> EventFileFormat {
        try input.fill(detectionBytes, mayWait: false)
        guard try input.fill(1) else {
            throw SpikelineError(
                "expected an event file, found nothing (0 bytes)", at: input.name, hint: "Copy or record it again")
        }
        let window = input.window
        if window.holds("#!AER-DAT") { return try aedat(window, input.name) }
        if window.holds("\u{89}HDF")
            || window.bytes(0..<min(8, window.count)) == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        {
            return .hdf5
        }
        if window.holds("Event Stream") { return .es }
        if window.holds("IOHE", at: 8) { return .aedat4 }
        if window.holds("% ") { return try prophesee(input) }
        if let format = foreign(window) {
            throw SpikelineError("expected an event file, found \(format)", at: input.name)
        }
        if isText(window) {
            if holdsNumbers(window) { return .csv }
        } else if let format = WordSense.format(of: window) {
            return format
        } else if NMNISTSense.fits(window, fileSize: input.fileSize) {
            return .nmnist
        }
        throw SpikelineError(
            "the content is of no format that is known", at: input.name,
            hint: "Known are \(allCases.map(\.rawValue).joined(separator: ", ")); --format names one")
    }

    private static func aedat(_ window: EventBytes, _ name: String) throws(SpikelineError) -> EventFileFormat {
        if window.holds("#!AER-DAT2.") { return .aedat2 }
        if window.holds("#!AER-DAT3.1") { return .aedat3 }
        if window.holds("#!AER-DAT4.") { return .aedat4 }
        let version = String(decoding: window.bytes(9..<min(12, window.count)), as: UTF8.self)
        throw SpikelineError("expected AEDAT 2.0, 3.1 or 4.0, found AEDAT \(version)", at: name)
    }

    /// RAW or DAT: both have the same kind of header.
    private static func prophesee(_ input: EventInput) throws(SpikelineError) -> EventFileFormat {
        let copy = EventInput(bytes: input.window.bytes(0..<input.count), name: input.name)
        let header = try PercentHeader(copy)
        let words = [header.value("evt") ?? "", header.format[""] ?? ""].map { $0.uppercased().trimmed }
        for word in words {
            switch word {
            case "2.0", "EVT2": return .evt2
            case "2.1", "EVT21", "EVT2.1": return .evt21
            case "3.0", "EVT3": return .evt3
            case "4.0", "EVT4":
                throw SpikelineError("expected EVT 2.0, 2.1 or 3.0, found EVT 4.0", at: input.name)
            case "": continue
            default:
                throw SpikelineError("expected EVT 2.0, 2.1 or 3.0, found \"\(word)\"", at: input.name)
            }
        }
        try copy.fill(2)
        let window = copy.window
        if window.count >= 2, [0, 12, 14].contains(window.byte(0)), [8, 16].contains(window.byte(1)),
            header.value("version") != nil || header.lines.contains(where: { $0.key == "Data" })
        {
            return .dat
        }
        if let format = WordSense.format(of: window) { return format }
        // A header and nothing else, or too little to judge: what most cameras send.
        if window.count >= 2, window.byte(1) == 8, [0, 12].contains(window.byte(0)) { return .dat }
        return .evt3
    }

    /// What a file is that people take for one of events, or nil.
    private static func foreign(_ window: EventBytes) -> String? {
        let signatures: [(StaticString, String)] = [
            ("RIFF", "a RIFF file (sound or video)"), ("fLaC", "a FLAC sound file"), ("OggS", "an Ogg file"),
            ("#ROSBAG", "a ROS bag"), ("PK\u{3}\u{4}", "a ZIP archive (or NPZ)"), ("%PDF", "a PDF"),
            ("GIF8", "a GIF picture"),
        ]
        if let found = signatures.first(where: { window.holds($0.0) }) { return found.1 }
        let head = window.bytes(0..<min(6, window.count))
        if head.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) { return "a NumPy array" }
        if head.starts(with: [0x1F, 0x8B]) { return "a gzip archive" }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "a PNG picture" }
        return nil
    }

    private static func isText(_ window: EventBytes) -> Bool {
        window.bytes(0..<min(window.count, 4_096))
            .allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private static func holdsNumbers(_ window: EventBytes) -> Bool {
        window.bytes(0..<min(window.count, 4_096)).contains { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2C }
    }
}
