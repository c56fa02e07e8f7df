import SpikeSignals

/// The header of AEDAT 2.0 (iniVation, "AEDAT 2.0", docs.inivation.com, file-formats/aedat-2.0): lines that begin with
/// `#` and end with CR LF, the first of them `#!AER-DAT2.0`.
///
/// Nothing marks the end of the header, and the first byte of the data may be a `#` too. So a line counts only if it
/// holds no control characters; the zeros in the first address end the search. Which chip it was, and so what an
/// address means, stands in `# AEChip: eu.seebetter.ini.chips.davis.Davis346`.
struct AEDAT2Header {
    /// The chips whose addresses are understood.
    enum Chip {
        /// A DVS128 and its like.
        case dvs128
        /// A DAVIS, which also takes frames and has a motion sensor.
        case davis(SensorSize)
    }

    /// The chip; DVS128 if the header names none.
    let chip: Chip
    /// The lines.
    let lines: [(key: String, value: String)]

    /// The size of the sensor.
    var size: SensorSize? {
        switch chip {
        case .dvs128: SensorSize(width: 128, height: 128)
        case .davis(let size): size
        }
    }

    /// Reads the header at the start of `input`.
    init(_ input: EventInput) throws(SpikelineError) {
        let header = try HashHeader(input)
        lines = header.lines
        let name = header.value("AEChip") ?? header.value("HardwareInterface") ?? ""
        chip = try AEDAT2Header.chip(called: name, in: input.name)
    }

    private static func chip(called name: String, in file: String) throws(SpikelineError) -> Chip {
        let kind = (name.split(separator: ".").last.map(String.init) ?? name).lowercased()
        let sizes = [("208", 208, 192), ("240", 240, 180), ("346", 346, 260), ("640", 640, 480)]
        if kind.contains("davis") || kind.contains("sbret"), let size = sizes.first(where: { kind.contains($0.0) }),
            let size = SensorSize(width: size.1, height: size.2)
        {
            return .davis(size)
        }
        if kind.contains("sbret"), let size = SensorSize(width: 240, height: 180) { return .davis(size) }
        guard kind.isEmpty || kind.contains("dvs128") || kind.contains("tmpdiff128") else {
            throw SpikelineError(
                "the addresses of the chip \"\(name)\" are not understood", at: file,
                hint: "Known are DVS128 and DAVIS 208, 240, 346 and 640")
        }
        return .dvs128
    }

    /// A decoder of what follows.
    func makeDecoder() -> any EventDecoder {
        switch chip {
        case .dvs128: DVS128Decoder()
        case .davis(let size): DAVISDecoder(size)
        }
    }
}

/// The lines of text in front of AEDAT 2.0 and 3.1 files.
struct HashHeader {
    /// What stands before and after the first colon of each line, without the sign.
    private(set) var lines: [(key: String, value: String)] = []
    /// Whether a line said that the header ends.
    private(set) var hasEnd = false

    /// The longest line, and the longest header: jAER writes all its settings into it.
    static let longestLine = 1 << 16
    static let longestHeader = 64 << 20

    /// Reads the header at the start of `input` and passes over it.
    init(_ input: EventInput) throws(SpikelineError) {
        let start = input.offset
        while input.offset - start < HashHeader.longestHeader, let line = try HashHeader.line(input) {
            let text = line.dropFirst().filter { $0 != "\r" && $0 != "\r\n" }
            input.consume(line.utf8.count + 1)
            if text.hasPrefix("!END-HEADER") || text.trimmed == "End Of ASCII Header" {
                hasEnd = true
                break
            }
            guard lines.count < 10_000 else { continue }
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).trimmed
            }
            lines.append((parts.first ?? "", parts.count > 1 ? parts[1] : ""))
        }
    }

    private static func line(_ input: EventInput) throws(SpikelineError) -> String? {
        guard try input.fill(1), input.window.byte(0) == 0x23 else { return nil }
        var length = 1
        while length < longestLine, try input.fill(length + 1) {
            let byte = input.window.byte(length)
            if byte == 0x0A {
                // A text of other bytes than UTF-8 would not have its length any more.
                let bytes = input.window.bytes(0..<length)
                return String(decoding: bytes.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
            }
            guard byte >= 0x20 || byte == 0x09 || byte == 0x0D, byte != 0x7F else { return nil }
            length += 1
        }
        guard length == longestLine else {
            throw SpikelineError(
                "the file ends inside its header, at byte \((input.offset + Int64(length)).grouped)", at: input.name,
                hint: "Copy it again")
        }
        return nil
    }

    /// The value of the first line with this key.
    func value(_ key: String) -> String? { lines.first { $0.key == key }?.value }
}
