/// Where a compressor of the Lempel-Ziv family unpacks to: bytes are appended, or repeated from further back.
@safe struct LZOutput {
    private let bytes: UnsafeMutableRawBufferPointer
    /// How many bytes are there.
    private(set) var count = 0

    /// An empty output that has room for `bytes`, which must outlive it.
    @unsafe init(_ bytes: UnsafeMutableRawBufferPointer) { unsafe self.bytes = bytes }

    /// Appends the next `count` bytes of `input`.
    mutating func append(_ count: Int, from input: inout RawReader) throws(ContainerDamage) {
        guard unsafe count <= bytes.count - self.count else { throw LZOutput.tooLong }
        // Most runs are short: as long as both sides have room, a fixed length is copied.
        if unsafe count <= LZOutput.step && input.left >= LZOutput.step && bytes.count - self.count >= LZOutput.step {
            let word = unsafe input.bytes.loadUnaligned(fromByteOffset: input.index, as: SIMD32<UInt8>.self)
            unsafe bytes.storeBytes(of: word, toByteOffset: self.count, as: SIMD32<UInt8>.self)
            _ = try unsafe input.take(count)
        } else {
            let source = try unsafe input.take(count)
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[self.count..<(self.count + count)])
            unsafe target.copyMemory(from: source)
        }
        self.count += count
    }

    /// Appends `length` bytes as they stand `distance` back; the two may overlap.
    mutating func appendAgain(_ length: Int, distance: Int) throws(ContainerDamage) {
        guard distance > 0, distance <= count else { throw ContainerDamage("a chunk's data is damaged") }
        guard unsafe length <= bytes.count - count else { throw LZOutput.tooLong }
        let end = count + length
        if distance == 1 {
            let again = unsafe bytes[count - 1]
            _ = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count..<end])
                .initializeMemory(as: UInt8.self, repeating: again)
            count = end
        } else if unsafe distance >= 8 && end + 8 <= bytes.count {
            while count < end {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: count &- distance, as: UInt64.self)
                unsafe bytes.storeBytes(of: word, toByteOffset: count, as: UInt64.self)
                count &+= 8
            }
            count = end
        } else {
            while count < end {
                unsafe bytes[count] = bytes[count &- distance]
                count &+= 1
            }
        }
    }

    private static let step = 32
    private static let tooLong = ContainerDamage("a chunk holds more than its shape")
}
