import CLZ4

/// Unpacks LZ4 blocks with liblz4, and the frame that HDF5 filter 32004 puts around them.
enum LZ4Block {
    /// Unpacks the block `source` into `range` of `target` and returns how many bytes it holds.
    static func decode(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        guard let length = Int32(exactly: source.count), let room = Int32(exactly: range.count) else {
            throw ContainerDamage("a chunk is too long for LZ4")
        }
        let count = unsafe source.withUnsafeBytes { input in
            unsafe target.withUnsafeMutableBytes { output in
                let output = unsafe UnsafeMutableRawBufferPointer(rebasing: output[range])
                return unsafe LZ4_decompress_safe(
                    input.baseAddress?.assumingMemoryBound(to: CChar.self),
                    output.baseAddress?.assumingMemoryBound(to: CChar.self), length, room)
            }
        }
        guard count >= 0 else { throw ContainerDamage("a chunk's LZ4 data is damaged") }
        return Int(count)
    }

    /// Unpacks what HDF5 filter 32004 makes, all numbers big endian: `size(8) block size(4)`, then for each block
    /// `length(4) data`, where a block that is as long as its contents is stored as it is.
    static func decodeFrame(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        guard source.count >= 12 else { throw ContainerDamage("a chunk's LZ4 data is cut off") }
        let (size, block) = (bigEndian(source, 0, 8), bigEndian(source, 8, 4))
        guard size >= 0, size <= range.count else { throw ContainerDamage("a chunk holds more than its shape") }
        guard block > 0 || size == 0 else { throw ContainerDamage("a chunk's LZ4 data is damaged") }
        var (index, made) = (12, 0)
        while made < size {
            guard source.count - index >= 4 else { throw ContainerDamage("a chunk's LZ4 data is cut off") }
            let length = bigEndian(source, index, 4)
            index += 4
            guard length <= source.count - index else { throw ContainerDamage("a chunk's LZ4 data is cut off") }
            let part = source.extracting(index..<(index + length))
            let expected = min(block, size - made)
            let start = range.lowerBound + made
            if length == expected {
                for place in 0..<length { target[start + place] = part[place] }
            } else if try decode(part, into: &target, start..<(start + expected)) != expected {
                throw ContainerDamage("a chunk's LZ4 data is damaged")
            }
            index += length
            made += expected
        }
        return made
    }

    private static func bigEndian(_ bytes: Span<UInt8>, _ start: Int, _ width: Int) -> Int {
        var value: UInt64 = 0
        for place in start..<(start + width) { value = value << 8 | UInt64(bytes[place]) }
        return Int(truncatingIfNeeded: value)
    }
}
