/// Numbers that depend on an input alone, so that a finding can be repeated.
struct Dice {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Dice that begin with a hash of `bytes`: FNV-1a, eight bytes at a time, since libFuzzer watches each step.
    init(_ bytes: [UInt8]) {
        var hash = state
        unsafe bytes.withUnsafeBytes { raw in
            var place = 0
            while place &+ 8 <= raw.count {
                hash = (hash ^ (unsafe raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))) &* 0x100_0000_01B3
                hash ^= hash >> 29
                place &+= 8
            }
            while place < raw.count {
                hash = (hash ^ UInt64(unsafe raw[place])) &* 0x100_0000_01B3
                place &+= 1
            }
        }
        state = hash | 1
    }

    /// A number from 0 to `sides` - 1 (xorshift64*).
    mutating func roll(_ sides: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 33) % sides
    }
}
