import SpikeSignals

/// The header of a DAT file (Prophesee, "DAT File Format", docs.prophesee.ai, data/file_formats/dat): lines as in
/// ``PercentHeader``, then a byte for the kind of event and one for its length.
///
/// Kinds: 0 "2d" (as in N-CARS) and 12 "CD" are pixel events of 8 bytes; 14 are edges on trigger inputs.
struct DATHeader {
    /// The size of the sensor, if it is given.
    let size: SensorSize?
    /// Version 1 has 9 bits for the column and 8 for the row, version 2 has 14 each.
    let version: Int
    /// The lines.
    let lines: [(key: String, value: String)]

    /// Reads the header at the start of `input`.
    init(_ input: EventInput) throws(SpikelineError) {
        let header = try PercentHeader(input)
        guard try input.fill(2) else {
            throw SpikelineError("the file ends inside its header, at byte \(input.offset.grouped)", at: input.name)
        }
        let kind = input.window.byte(0)
        let length = input.window.byte(1)
        guard kind == 0 || kind == 12, length == 8 else {
            throw SpikelineError(
                "expected pixel events (kind 0 or 12, 8 bytes each), found kind \(kind) of \(length) bytes",
                at: input.name,
                hint: "Trigger and other DAT files hold no pixel events")
        }
        input.consume(2)
        size = header.size
        lines = header.lines
        version = header.value("version").flatMap { Int($0.trimmed) } ?? 2
        guard version == 1 || version == 2 else {
            throw SpikelineError("expected version 1 or 2 of DAT, found \(version)", at: input.name)
        }
    }

    /// A decoder of what follows.
    func makeDecoder(isWide: Bool) -> any EventDecoder {
        version == 1 ? DAT1Decoder() : DAT2Decoder(isWide: isWide)
    }
}
