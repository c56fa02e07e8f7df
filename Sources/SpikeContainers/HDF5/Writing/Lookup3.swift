/// The checksum of HDF5's structures: Bob Jenkins' `hashlittle` (lookup3.c, 2006, public domain) with initial value 0.
enum Lookup3 {
    /// The checksum of `bytes`.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        guard !bytes.isEmpty else { return 0xDEAD_BEEF }
        var state = State(0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count))
        var start = 0
        while bytes.count - start > 12 {
            state.add(bytes[start..<(start + 12)])
            state.mix()
            start += 12
        }
        state.add(bytes[start...])
        return state.finish()
    }

    private struct State {
        var a: UInt32
        var b: UInt32
        var c: UInt32

        init(_ value: UInt32) { (a, b, c) = (value, value, value) }

        mutating func add(_ block: ArraySlice<UInt8>) {
            var words: (UInt32, UInt32, UInt32) = (0, 0, 0)
            for (index, byte) in block.enumerated() {
                let value = UInt32(byte) << (8 * UInt32(index % 4))
                switch index / 4 {
                case 0: words.0 |= value
                case 1: words.1 |= value
                default: words.2 |= value
                }
            }
            a &+= words.0
            b &+= words.1
            c &+= words.2
        }

        mutating func mix() {
            State.step(&a, &c, 4, adding: b)
            State.step(&b, &a, 6, adding: c)
            State.step(&c, &b, 8, adding: a)
            State.step(&a, &c, 16, adding: b)
            State.step(&b, &a, 19, adding: c)
            State.step(&c, &b, 4, adding: a)
        }

        /// `x -= y; x ^= rot(y, n); y += z`
        private static func step(_ x: inout UInt32, _ y: inout UInt32, _ n: UInt32, adding z: UInt32) {
            x = (x &- y) ^ State.rotated(y, n)
            y &+= z
        }

        mutating func finish() -> UInt32 {
            c = (c ^ b) &- State.rotated(b, 14)
            a = (a ^ c) &- State.rotated(c, 11)
            b = (b ^ a) &- State.rotated(a, 25)
            c = (c ^ b) &- State.rotated(b, 16)
            a = (a ^ c) &- State.rotated(c, 4)
            b = (b ^ a) &- State.rotated(a, 14)
            c = (c ^ b) &- State.rotated(b, 24)
            return c
        }

        private static func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { (x << n) | (x >> (32 - n)) }
    }
}
