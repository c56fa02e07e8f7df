import SpikeSignals

/// The header of AEDAT 4 (iniVation, "AEDAT 4.0", docs.inivation.com, file-formats/aedat-4.0):
///
/// ```
/// "#!AER-DAT4.0\r\n"  bytes(4)  FlatBuffer "IOHE": compression(0, enum), data table's place(1, i64), XML(2, text)
/// ```
/// Over a network, dv-processing and DV leave the first text out. The XML has a node for each stream under `outInfo`, with `typeIdentifier` and, under `info`, `sizeX` and `sizeY`.
struct AEDAT4Header {
    /// How packets are compressed.
    enum Compression: String {
        case none
        case lz4
        case zstd
    }

    /// One of the streams of the file.
    struct Stream: Equatable {
        /// What it carries: `EVTS`, `FRME`, `IMUS` or `TRIG`.
        var kind = ""
        /// The size of the sensor.
        var size: SensorSize?
        /// Which camera it is of.
        var source = ""
    }

    /// How packets are compressed.
    let compression: Compression
    /// Where the table of all packets begins, if there is one.
    let tablePlace: Int64?
    /// The streams by their number.
    let streams: [Int32: Stream]

    static let magic: StaticString = "#!AER-DAT4.0\r\n"
    private static let longest = 64 << 20

    /// The size of the sensor of the first stream of events.
    var size: SensorSize? { events.flatMap { $0.size } }
    /// The first stream of events.
    var events: Stream? { streams.sorted { $0.key < $1.key }.first { $0.value.kind == "EVTS" }?.value }

    /// Reads the header at the start of `input`.
    init(_ input: EventInput) throws(SpikelineError) {
        func cut() -> SpikelineError {
            SpikelineError("the file ends inside its header", at: input.name, hint: "Copy it again")
        }
        guard try input.fill(18) else { throw cut() }
        let start = input.window.holds(AEDAT4Header.magic) ? AEDAT4Header.magic.utf8CodeUnitCount : 0
        let length = Int(input.window.number(start, as: UInt32.self))
        guard length >= 16, length <= AEDAT4Header.longest else {
            throw SpikelineError(
                "expected a header of at most 64 MiB, found one of \(length.grouped) bytes", at: input.name)
        }
        guard try input.fill(start + 4 + length) else { throw cut() }
        let body = unsafe EventBytes(
            base: input.window.base + start + 4, count: length, offset: Int64(start + 4), isLast: true)
        guard body.holds("IOHE", at: 4), let table = FlatTable(body) else {
            throw SpikelineError(
                "the header at byte \(start + 4) is damaged", at: input.name, hint: "Copy the file again")
        }
        let code: Int32 = table.number(0) ?? 0
        let known: [Int32: Compression] = [0: .none, 1: .lz4, 2: .lz4, 3: .zstd, 4: .zstd]
        guard let compression = known[code] else {
            throw SpikelineError("expected compression 0 to 4 (none, LZ4, ZSTD), found \(code)", at: input.name)
        }
        self.compression = compression
        let place: Int64 = table.number(1) ?? -1
        tablePlace = place > 0 ? place : nil
        streams = AEDAT4Streams.parse(table.text(2) ?? "")
        input.consume(start + 4 + length)
    }
}

/// Finds the streams in the XML of an ``AEDAT4Header``.
enum AEDAT4Streams {
    /// The streams by their number. Text that is no XML gives none; the packets tell their kinds too.
    static func parse(_ xml: String) -> [Int32: AEDAT4Header.Stream] {
        var streams: [Int32: AEDAT4Header.Stream] = [:]
        var names: [String] = []
        for part in xml.utf8.split(separator: 0x3C).prefix(100_000).lazy.map({ Substring($0) }) {
            if part.hasPrefix("/node") {
                _ = names.popLast()
            } else if part.hasPrefix("node") {
                if !part.contains("/>") { names.append(attribute("name", in: part) ?? "") }
            } else if part.hasPrefix("attr"), let key = attribute("key", in: part) {
                let value = String(part.split(separator: ">", maxSplits: 1).dropFirst().first ?? "").trimmed
                set(key, value, under: names, in: &streams)
            }
        }
        return streams
    }

    private static func set(
        _ key: String, _ value: String, under names: [String], in streams: inout [Int32: AEDAT4Header.Stream]
    ) {
        guard let place = names.firstIndex(of: "outInfo"), place + 1 < names.count, let id = Int32(names[place + 1]),
            streams.count < 1_000 || streams[id] != nil
        else { return }
        var stream = streams[id] ?? AEDAT4Header.Stream()
        switch key {
        case "typeIdentifier": stream.kind = value
        case "source": stream.source = value
        case "sizeX":
            stream.size = Int(value).flatMap { SensorSize(width: $0, height: stream.size?.height ?? 1) } ?? stream.size
        case "sizeY":
            stream.size = Int(value).flatMap { SensorSize(width: stream.size?.width ?? 1, height: $0) } ?? stream.size
        default: return
        }
        streams[id] = stream
    }

    private static func attribute(_ name: String, in tag: Substring) -> String? {
        guard let start = tag.firstRange(of: " \(name)=\"") else { return nil }
        return String(tag[start.upperBound...].prefix { $0 != "\"" })
    }
}
