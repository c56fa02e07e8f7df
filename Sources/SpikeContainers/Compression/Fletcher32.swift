/// The checksum of HDF5 filter 3 (Fletcher, IEEE Transactions on Communications 30, 1982) over 16-bit words, high byte
/// first, with sums modulo 65,535.
enum Fletcher32 {
    /// So many words fit in before the sums have to be folded (Nakassis, 1988).
    private static let stretch = 360

    /// The checksum of `bytes`.
    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var (first, second): (UInt32, UInt32) = (0, 0)
        var start = 0
        while start < bytes.count {
            let end = min(start + 2 * stretch, bytes.count)
            while start < end {
                let low = start + 1 < bytes.count ? UInt32(bytes[start + 1]) : 0
                first += UInt32(bytes[start]) << 8 | low
                second += first
                start += 2
            }
            (first, second) = (folded(first), folded(second))
        }
        return folded(second) << 16 | folded(first)
    }

    private static func folded(_ sum: UInt32) -> UInt32 { sum & 0xFFFF + sum >> 16 }
}
