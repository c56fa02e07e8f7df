/// Bits in the order of RFC 1951: from the lowest bit of each byte on.
struct BitWriter {
    private var bytes: [UInt8] = []
    private var hold: UInt64 = 0
    private var held = 0

    /// Appends the lowest `count` bits of `value`, at most 32.
    mutating func append(_ value: Int, _ count: Int) {
        hold |= UInt64(value) << UInt64(held)
        held += count
        while held >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: hold))
            hold >>= 8
            held -= 8
        }
    }

    /// All bytes, the last one filled up with zeros.
    func finished() -> [UInt8] { held > 0 ? bytes + [UInt8(truncatingIfNeeded: hold)] : bytes }
}
