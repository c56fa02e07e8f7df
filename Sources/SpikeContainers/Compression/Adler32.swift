/// The checksum of zlib data (RFC 1950, section 8.2): `a` is one plus the sum of the bytes, `b` the sum of all `a`.
enum Adler32 {
    private static let modulus: UInt32 = 65_521
    /// So many bytes fit in between two reductions: 255 n (n + 1) / 2 + (n + 1) 65,520 < 2^32 up to n = 5,552.
    private static let stretch = 5_536
    private static let lanes = 16

    /// The checksum of `bytes`.
    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        var start = 0
        while start < bytes.count {
            let end = min(start + stretch, bytes.count)
            let blocks = (end - start) / lanes
            if blocks > 0 {
                let sums = sums(bytes.extracting(start..<(start + blocks * lanes)))
                b += a * UInt32(blocks * lanes) + sums.weighted
                a += sums.plain
                start += blocks * lanes
            }
            while start < end {
                a += UInt32(bytes[start])
                b += a
                start += 1
            }
            a %= modulus
            b %= modulus
        }
        return b << 16 | a
    }

    /// The sum of whole blocks of bytes, and the sum in which the last byte counts once, the one before twice ...
    ///
    /// `sum[i]` gathers lane i, and `before` the sums as they stood before each block: a block that is followed by k others
    /// stands k times in it, and counts 16 k and its place in the block more.
    private static func sums(_ bytes: Span<UInt8>) -> (plain: UInt32, weighted: UInt32) {
        var (sum, before) = (SIMD16<UInt32>(), SIMD16<UInt32>())
        let raw = unsafe bytes.bytes
        for start in stride(from: 0, to: bytes.count, by: lanes) {
            before &+= sum
            let block = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start, as: SIMD16<UInt8>.self)
            sum &+= SIMD16<UInt32>(truncatingIfNeeded: block)
        }
        let places = SIMD16<UInt32>(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
        return (sum.wrappedSum(), (before &* 16 &+ sum &* places).wrappedSum())
    }
}
