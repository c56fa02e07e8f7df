/// Puts data back in order that was sorted by the places of bytes or bits in its elements, so that it packs better.
///
/// ```
/// byte shuffle    first bytes of all elements, then all second bytes, ...
/// bit shuffle     bit 0 of the first bytes of all elements, 8 to a byte, then all bits 1, ... bits 7 of the last bytes
/// ```
enum Shuffle {
    /// Undoes the byte shuffle; bytes behind the last whole element are copied. `range` is as long as `source`.
    static func undoBytes(
        _ source: Span<UInt8>, elementBytes: Int, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) {
        unsafe source.withUnsafeBytes { input in
            unsafe target.withUnsafeMutableBytes { output in
                let output = unsafe UnsafeMutableRawBufferPointer(rebasing: output[range])
                precondition(input.count == output.count)
                let elements = input.count / max(elementBytes, 1)
                switch elementBytes {
                case 2: unsafe interleave(input, output, elements, UInt16.self)
                case 4: unsafe interleave(input, output, elements, UInt32.self)
                case 8: unsafe interleave(input, output, elements, UInt64.self)
                default:
                    for byte in 0..<max(elementBytes, 1) {
                        for element in 0..<elements {
                            unsafe output[element * max(elementBytes, 1) + byte] = input[byte * elements + element]
                        }
                    }
                }
                for index in (elements * max(elementBytes, 1))..<input.count {
                    unsafe output[index] = input[index]
                }
            }
        }
    }

    /// Collects each element from its bytes, which are `elements` apart.
    private static func interleave<Word: FixedWidthInteger>(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, _ elements: Int, _: Word.Type
    ) {
        for element in 0..<elements {
            var word: Word = 0
            for byte in 0..<MemoryLayout<Word>.size {
                let part = unsafe Word(truncatingIfNeeded: input[byte &* elements &+ element])
                word |= part &<< Word(truncatingIfNeeded: 8 &* byte)
            }
            unsafe output.storeBytes(
                of: word.littleEndian, toByteOffset: element &* MemoryLayout<Word>.size, as: Word.self)
        }
    }

    /// Undoes the bit shuffle of whole groups of 8 elements; what is left over is copied. `range` is as long as `source`.
    static func undoBits(
        _ source: Span<UInt8>, elementBytes: Int, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) {
        unsafe source.withUnsafeBytes { input in
            unsafe target.withUnsafeMutableBytes { output in
                let output = unsafe UnsafeMutableRawBufferPointer(rebasing: output[range])
                precondition(input.count == output.count && elementBytes > 0)
                let groups = input.count / elementBytes / 8
                for byte in 0..<elementBytes {
                    for group in 0..<groups {
                        var rows: UInt64 = 0
                        for bit in 0..<8 {
                            let row = (byte &* 8 &+ bit) &* groups &+ group
                            rows |= unsafe UInt64(input[row]) &<< UInt64(8 &* bit)
                        }
                        let bytes = transposed(rows)
                        for place in 0..<8 {
                            let element = (group &* 8 &+ place) &* elementBytes &+ byte
                            unsafe output[element] = UInt8(truncatingIfNeeded: bytes &>> UInt64(8 &* place))
                        }
                    }
                }
                for index in (groups * 8 * elementBytes)..<input.count { unsafe output[index] = input[index] }
            }
        }
    }

    /// Undoes the bit shuffle of a block of Blosc 1, which leaves blocks alone whose elements do not make whole groups.
    static func undoBloscBits(
        _ source: Span<UInt8>, elementBytes: Int, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) {
        let isWhole = source.count / elementBytes % 8 == 0
        undoBits(source, elementBytes: isWhole ? elementBytes : source.count + 1, into: &target, range)
    }

    /// The 8 x 8 bits of `rows` with rows and columns exchanged: blocks of 1, 2 and 4 bits change places across the
    /// diagonal (H. S. Warren, Hacker's Delight, section 7-3).
    private static func transposed(_ rows: UInt64) -> UInt64 {
        var value = rows
        for (distance, mask) in [(7, 0x00AA_00AA_00AA_00AA), (14, 0x0000_CCCC_0000_CCCC), (28, 0x0000_0000_F0F0_F0F0)]
            as [(UInt64, UInt64)]
        {
            let moved = (value ^ (value >> distance)) & mask
            value ^= moved ^ (moved << distance)
        }
        return value
    }
}
