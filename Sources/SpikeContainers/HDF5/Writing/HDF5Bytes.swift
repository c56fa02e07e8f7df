/// Appends little-endian numbers to bytes.
struct HDF5Bytes {
    /// The bytes so far.
    private(set) var all: [UInt8] = []

    /// No bytes, or those of a signature.
    init(_ signature: StaticString = "") { all = Array("\(signature)".utf8) }

    /// Appends `value` in `width` bytes, lowest first.
    mutating func append(_ value: some FixedWidthInteger, _ width: Int) {
        let bits = UInt64(truncatingIfNeeded: value)
        for index in 0..<width { all.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index))) }
    }

    /// Appends each of `values` in one byte.
    mutating func append(bytes values: UInt8...) { all += values }

    /// Appends `values`.
    mutating func append(contentsOf values: some Sequence<UInt8>) { all += values }

    /// Appends the address that stands for none.
    mutating func appendUndefinedAddress() { append(UInt64.max, 8) }

    /// Appends the lookup3 checksum of all bytes so far.
    mutating func appendChecksum() { append(Lookup3.checksum(all), 4) }
}
