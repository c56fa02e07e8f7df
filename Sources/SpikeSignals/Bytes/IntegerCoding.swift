/// Appends integers to a block of bytes, little-endian.
package struct IntegerWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends the bytes of `value`.
    package mutating func append(_ value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: type(of: value).bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Appends how many there are, and each.
    package mutating func append(_ values: [some FixedWidthInteger]) {
        append(Int64(values.count))
        for value in values { append(value) }
    }
}

/// Reads what ``IntegerWriter`` wrote; nil where the bytes end too early.
package struct IntegerReader {
    private let bytes: [UInt8]
    private var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether nothing is left.
    package var isAtEnd: Bool { offset == bytes.count }

    /// The next integer.
    package mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value? {
        let size = Value.bitWidth / 8
        guard offset + size <= bytes.count else { return nil }
        defer { offset += size }
        var value: Value = 0
        for index in 0..<size { value |= Value(truncatingIfNeeded: bytes[offset + index]) << (8 * index) }
        return value
    }

    /// The next list, which has at most `limit` elements.
    package mutating func list<Value: FixedWidthInteger>(limit: Int, of: Value.Type = Value.self) -> [Value]? {
        guard let count = integer(Int64.self), (0...Int64(limit)).contains(count),
            Int(count) * (Value.bitWidth / 8) <= bytes.count - offset
        else { return nil }
        var values: [Value] = []
        values.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let value = integer(Value.self) else { return nil }
            values.append(value)
        }
        return values
    }
}

/// FNV-1a, 64 bits: tells damaged bytes from whole ones; no protection against people who mean harm.
package enum Checksum {
    /// The checksum of these bytes.
    package static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
