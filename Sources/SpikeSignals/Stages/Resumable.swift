/// A transform whose state can leave as bytes and come back, also on another machine, so that it goes on as if it had
/// never stopped.
///
/// ```swift
/// let kept = head.snapshot()
/// try other.restore(kept)             // same model, same options: from here on the same output, bit for bit
/// ```
/// What is kept is between two batches; nothing is held back elsewhere. The bytes may come over a network: a restored
/// state is within the bounds that the stage was proved for, or it is refused.
public protocol Resumable: AnyObject {
    /// What the state belongs to, model and options, as a number that is the same on every machine.
    var fingerprint: UInt64 { get }
    /// The length of the ticks that the state counts in, in nanoseconds; nil before the stage knows it. Stages in a row
    /// agree, so a state in which they do not is refused when it is restored.
    var tickLength: Int64? { get }
    /// Everything that the stage knows. Cost: some 10 ns a byte; allocates.
    func snapshot() -> [UInt8]
    /// Goes on from a state that was kept.
    ///
    /// - Throws: if the bytes are no snapshot, are damaged, or belong to another model or other options; the stage is then
    ///   as it was.
    func restore(_ bytes: [UInt8]) throws(SpikelineError)
}

extension Resumable {
    /// Ticks are nothing to this stage.
    public var tickLength: Int64? { nil }
}

/// What snapshots of all stages have in common: magic with the version of the format, fingerprint, the state, and a
/// checksum of all bytes before it; little-endian.
package enum Snapshot {
    /// Magic, fingerprint and checksum.
    private static let frame = 24

    /// The bytes of a state.
    package static func seal(
        _ magic: UInt64, _ fingerprint: UInt64, _ write: (inout IntegerWriter) -> Void
    ) -> [UInt8] {
        var writer = IntegerWriter()
        writer.append(magic)
        writer.append(fingerprint)
        write(&writer)
        writer.append(Checksum.of(writer.bytes))
        return writer.bytes
    }

    /// A reader of the state in `bytes`, which belong to `magic` and `fingerprint`.
    package static func open(
        _ bytes: [UInt8], magic: UInt64, fingerprint: UInt64, at place: String
    ) throws(SpikelineError) -> IntegerReader {
        var reader = IntegerReader(Array(bytes.dropLast(8)))
        guard bytes.count >= frame, reader.integer(UInt64.self) == magic else {
            throw SpikelineError("expected a kept state of this version, found something else", at: place)
        }
        var end = IntegerReader(Array(bytes.suffix(8)))
        guard end.integer(UInt64.self) == Checksum.of(bytes.dropLast(8)) else { throw damaged(at: place) }
        guard reader.integer(UInt64.self) == fingerprint else {
            throw SpikelineError(
                "the kept state belongs to another model or other options than these", at: place,
                hint: "Use the same as then, or begin with a fresh state")
        }
        return reader
    }

    /// The complaint about a state that counts in ticks of another length than the stages around it.
    package static func otherTicks(_ found: Int64, expected: Int64, at place: String) -> SpikelineError {
        SpikelineError(
            "expected a kept state in ticks of \(expected) ns, found one in ticks of \(found) ns", at: place,
            hint: "Begin with a fresh state")
    }

    /// The complaint about a state that is cut off, changed, or out of bounds.
    package static func damaged(at place: String) -> SpikelineError {
        SpikelineError("expected a kept state, found a damaged one", at: place, hint: "Begin with a fresh state")
    }
}

/// Adds up what a state belongs to (FNV-1a, 64 bits); the same on every machine, unlike `Hasher`.
package struct Fingerprint {
    /// The sum so far.
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    /// Adds a byte.
    private mutating func add(byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Adds a number, all its bytes.
    package mutating func add(_ number: some FixedWidthInteger) {
        for shift in stride(from: 0, to: type(of: number).bitWidth, by: 8) {
            add(byte: UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Adds numbers and how many there are.
    package mutating func add(_ numbers: [some FixedWidthInteger]) {
        add(numbers.count)
        for number in numbers { add(number) }
    }

    /// Adds a text and its length.
    package mutating func add(_ text: String) {
        add(text.utf8.count)
        for byte in text.utf8 { add(byte: byte) }
    }
}
