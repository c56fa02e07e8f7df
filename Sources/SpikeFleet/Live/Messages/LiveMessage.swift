import SpikeSignals

/// A piece of a sensor's live stream as it travels.
///
/// ```
/// offset  0     4         5      6       7            15                  ...     -4
///        ┌─────┬─────────┬──────┬───────┬────────────┬───────────────────┬───────┬──────────┐
///        │SPKL │ version │ kind │ flags │ run, 64 bit│ number, LEB128    │ body  │ checksum │   little-endian
///        └─────┴─────────┴──────┴───────┴────────────┴───────────────────┴───────┴──────────┘
/// version 1    kind 1 audio, 2 events, 3 spikes, 4 records    flags 1: the last of its run, 2: something before was lost
/// checksum     FNV-1a of all bytes before it, folded to 32 bits: for damage, not against people who mean harm
/// ```
/// A run is what a board sends between its start and its end; its messages are numbered from 1 without a gap, so that what
/// comes twice, late or never is recognised whatever the server remembers.
struct LiveMessage: Hashable {
    /// The version of the format.
    static let version: UInt8 = 1
    /// The largest message that is taken, in bytes; servers take a megabyte by default.
    static let largest = 1 << 20
    private static let magic = Array("SPKL".utf8)
    /// Head and checksum with a number of one byte.
    private static let smallest = 20

    /// What the body holds.
    var kind: PortKind
    /// The run, drawn at random.
    var run: UInt64
    /// The number in the run, from 1.
    var number: UInt64
    /// Whether the run ends with it.
    var isLast = false
    /// Whether the sender had to leave something out before it.
    var hasLost = false
    /// What it carries, coded by its kind; may be empty.
    var body: [UInt8] = []

    /// The message as bytes.
    var bytes: [UInt8] {
        var bytes = LiveMessage.magic
        bytes.reserveCapacity(body.count + 32)
        bytes.append(LiveMessage.version)
        bytes.append(LiveMessage.code(of: kind))
        bytes.append((isLast ? 1 : 0) | (hasLost ? 2 : 0))
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: run >> UInt64(shift))) }
        bytes.appendVariable(number)
        bytes += body
        let sum = LiveMessage.checksum(bytes[...])
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(shift))) }
        return bytes
    }

    /// A message of these parts.
    init(
        _ kind: PortKind, run: UInt64, number: UInt64, isLast: Bool = false, hasLost: Bool = false, body: [UInt8] = []
    ) {
        (self.kind, self.run, self.number, self.body) = (kind, run, number, body)
        (self.isLast, self.hasLost) = (isLast, hasLost)
    }

    /// Reads a message from bytes that may be anything; the body is looked at by its coding.
    ///
    /// - Throws: what is wrong with it.
    init(_ bytes: [UInt8]) throws(SpikelineError) {
        guard bytes.count <= LiveMessage.largest else {
            throw SpikelineError("expected a message of at most \(LiveMessage.largest) bytes, found \(bytes.count)")
        }
        guard bytes.count >= LiveMessage.smallest, bytes.starts(with: LiveMessage.magic) else {
            throw SpikelineError("expected a message of a live stream, found something else")
        }
        guard bytes[4] == LiveMessage.version else {
            throw SpikelineError(
                "expected version \(LiveMessage.version) of live messages, found \(bytes[4])",
                hint: "Use the same version of Spikeline on both sides")
        }
        let end = bytes.count - 4
        var stored: UInt32 = 0
        for index in 0..<4 { stored |= UInt32(bytes[end + index]) << UInt32(8 * index) }
        guard stored == LiveMessage.checksum(bytes[..<end]) else {
            throw SpikelineError("the message is damaged: its checksum is another")
        }
        guard let kind = LiveMessage.kind(of: bytes[5]), bytes[6] <= 3 else {
            throw SpikelineError("the message has kind \(bytes[5]) and flags \(bytes[6]), which are not known")
        }
        var run: UInt64 = 0
        for index in 0..<8 { run |= UInt64(bytes[7 + index]) << UInt64(8 * index) }
        var reader = VariableReader(bytes, from: 15, to: end)
        let number = try reader.number()
        // Nobody sends a million messages a second for a hundred thousand years; sums with it cannot overflow.
        guard (1...1 << 62).contains(number) else { throw SpikelineError("the message has the number \(number)") }
        self.init(
            kind, run: run, number: number, isLast: bytes[6] & 1 != 0, hasLost: bytes[6] & 2 != 0,
            body: Array(bytes[reader.offset..<end]))
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let sum = Checksum.of(bytes)
        return UInt32(truncatingIfNeeded: sum ^ sum >> 32)
    }

    private static let codes: [(kind: PortKind, code: UInt8)] = [
        (.audio, 1), (.events, 2), (.spikes, 3), (.records, 4),
    ]
    /// The kinds that travel, by name.
    static let kinds = codes.map(\.kind.rawValue)

    private static func code(of kind: PortKind) -> UInt8 { codes.first { $0.kind == kind }?.code ?? 0 }
    private static func kind(of code: UInt8) -> PortKind? { codes.first { $0.code == code }?.kind }
}
