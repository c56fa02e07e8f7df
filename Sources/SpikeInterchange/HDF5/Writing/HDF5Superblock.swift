/// The first 48 bytes of an HDF5 file of format 1.10 (HDF5 File Format Specification 3.0, section II.A, version 3).
///
/// ```
/// 0 signature (8) | 8 version | 9 offset size | 10 length size | 11 flags | 12 base, extension, end, root (4 x 8)
/// 44 checksum: lookup3 of bytes 0 to 43
/// ```
/// `H5Fget_file_image` clears the flags of the copy that it hands out and leaves the checksum of the uncleared ones
/// (seen in 1.10.8), so that nothing can open the copy.
enum HDF5Superblock {
    private static let checkedBytes = 44

    /// Makes the checksum of `image` fit its first 44 bytes; leaves other versions of the superblock alone.
    static func repairChecksum(of image: inout [UInt8]) {
        guard image.count >= checkedBytes + 4, image[8] == 3, image[9] == 8 else { return }
        let sum = lookup3(Array(image.prefix(checkedBytes)))
        for index in 0..<4 { image[checkedBytes + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
    }

    /// Bob Jenkins' `hashlittle` (lookup3.c, 2006, public domain) with initial value 0.
    static func lookup3(_ bytes: [UInt8]) -> UInt32 {
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
            var words: [UInt32] = [0, 0, 0]
            for (index, byte) in block.enumerated() { words[index / 4] |= UInt32(byte) << (8 * UInt32(index % 4)) }
            a &+= words[0]
            b &+= words[1]
            c &+= words[2]
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
