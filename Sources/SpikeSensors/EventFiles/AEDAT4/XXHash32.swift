/// The 32-bit hash that LZ4 frames carry of their content (Collet, "xxHash fast digest algorithm", XXH32 with seed 0).
///
/// Four sums take a word of four bytes each in turn, so that the multiplications of one need not wait for the others.
enum XXHash32 {
    private static let prime1: UInt32 = 0x9E37_79B1
    private static let prime2: UInt32 = 0x85EB_CA77
    private static let prime3: UInt32 = 0xC2B2_AE3D
    private static let prime4: UInt32 = 0x27D4_EB2F
    private static let prime5: UInt32 = 0x1656_67B1

    /// The hash of `count` bytes; about half a nanosecond for four.
    static func hash(_ bytes: UnsafeRawPointer, count: Int) -> UInt32 {
        func word(_ place: Int) -> UInt32 {
            UInt32(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        }
        var place = 0
        var hash = prime5
        if count >= 16 {
            var (a, b, c, d) = (prime1 &+ prime2, prime2, UInt32(0), 0 &- prime1)
            repeat {
                a = rotated(a &+ word(place) &* prime2, 13) &* prime1
                b = rotated(b &+ word(place &+ 4) &* prime2, 13) &* prime1
                c = rotated(c &+ word(place &+ 8) &* prime2, 13) &* prime1
                d = rotated(d &+ word(place &+ 12) &* prime2, 13) &* prime1
                place &+= 16
            } while place <= count &- 16
            hash = rotated(a, 1) &+ rotated(b, 7) &+ rotated(c, 12) &+ rotated(d, 18)
        }
        hash &+= UInt32(truncatingIfNeeded: count)
        while place <= count &- 4 {
            hash = rotated(hash &+ word(place) &* prime3, 17) &* prime4
            place &+= 4
        }
        while place < count {
            let byte = unsafe bytes.load(fromByteOffset: place, as: UInt8.self)
            hash = rotated(hash &+ UInt32(byte) &* prime5, 11) &* prime1
            place &+= 1
        }
        hash = (hash ^ hash &>> 15) &* prime2
        hash = (hash ^ hash &>> 13) &* prime3
        return hash ^ hash &>> 16
    }

    @inline(__always) private static func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 {
        value &<< bits | value &>> (32 &- bits)
    }
}
