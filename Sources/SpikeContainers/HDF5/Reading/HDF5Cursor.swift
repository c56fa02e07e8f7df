import SpikeSignals

/// Reads little-endian numbers from a part of an untrusted file; running past the end is an error, never a trap.
struct HDF5Cursor {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    /// A cursor at the start of `bytes`.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// How many bytes are left.
    var left: Int { bytes.endIndex - index }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        guard count >= 0, count <= left else { throw ContainerDamage("a structure is cut off") }
        defer { index += count }
        return bytes[index..<(index + count)]
    }

    /// Passes over `count` bytes.
    mutating func skip(_ count: Int) throws(ContainerDamage) { _ = try take(count) }

    /// The next number of `width` bytes, 1 to 8.
    mutating func number(_ width: Int) throws(ContainerDamage) -> UInt64 {
        try take(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The next number of `width` bytes as a count or size; larger than 2^48 is damage.
    mutating func count(_ width: Int) throws(ContainerDamage) -> Int {
        let value = try number(width)
        guard value < 1 << 48 else { throw ContainerDamage("a size of \(value) is impossible") }
        return Int(value)
    }

    /// The next byte.
    mutating func byte() throws(ContainerDamage) -> UInt8 { UInt8(truncatingIfNeeded: try number(1)) }

    /// The next address, or nil for the undefined one.
    mutating func address() throws(ContainerDamage) -> Int? {
        let value = try number(8)
        return value == .max ? nil : Int(exactly: value)
    }

    /// Checks a signature of four letters.
    mutating func expect(_ signature: StaticString) throws(ContainerDamage) {
        guard try take(4).elementsEqual("\(signature)".utf8) else {
            throw ContainerDamage("\"\(signature)\" is not where it should be")
        }
    }
}
