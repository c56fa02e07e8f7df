/// Decompresses zlib data (RFC 1950 around RFC 1951) into a buffer that the caller owns and uses again.
///
/// Codes are looked up eleven bits at a time (see ``PrefixDecoder``). As long as 16 bytes of input and the longest
/// repetition of output are left, bits are loaded eight bytes at once and nothing is checked on the way; the ends of both
/// go through the checked path, which also finds data that is cut off or holds more than its buffer.
package struct Inflate {
    /// How many bits of a code for literals and lengths are looked up at once.
    static let literalBits = 11
    /// How many bits of a code for distances are looked up at once.
    static let distanceBits = 9

    private var literals = PrefixDecoder(rootBits: Inflate.literalBits)
    private var distances = PrefixDecoder(rootBits: Inflate.distanceBits)
    private var lengths = PrefixDecoder(rootBits: 7)

    /// A decompressor; its tables are used again for every stream.
    package init() {}

    /// Unpacks the zlib stream `source` into `range` of `target`, verifies its checksum and returns how many bytes it
    /// holds.
    package mutating func zlib(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        guard source.count >= 6, source[0] & 0x0F == 8, source[1] & 0x20 == 0,
            (Int(source[0]) << 8 + Int(source[1])) % 31 == 0
        else { throw ContainerDamage("a chunk is not zlib data") }
        let (count, sum) = try unsafe source.withUnsafeBytes { (input) throws(ContainerDamage) -> (Int, UInt32) in
            try unsafe target.withUnsafeMutableBytes { (output) throws(ContainerDamage) -> (Int, UInt32) in
                let room = unsafe UnsafeMutableRawBufferPointer(rebasing: output[range])
                var stream = unsafe InflateStream(input: input, output: room, index: 2)
                try blocks(of: &stream)
                return try (stream.made, stream.trailer())
            }
        }
        guard sum == Adler32.checksum(target.span.extracting(range.lowerBound..<(range.lowerBound + count))) else {
            throw ContainerDamage("the checksum of a chunk does not fit its data")
        }
        return count
    }

    private mutating func blocks(of stream: inout InflateStream) throws(ContainerDamage) {
        var isLast = false
        while !isLast {
            isLast = try stream.bits(1) == 1
            switch try stream.bits(2) {
            case 0: try stream.stored()
            case 1:
                try literals.build(DeflateCode.fixedLiterals[...], DeflateCode.literalMeanings)
                try distances.build(DeflateCode.fixedDistances[...], DeflateCode.distanceMeanings)
                try stream.block(literals, distances)
            case 2:
                try buildCodes(from: &stream)
                try stream.block(literals, distances)
            default: throw ContainerDamage("a chunk's data is of no known kind")
            }
        }
    }

    /// Reads the two codes of a block, run-length coded and themselves coded (RFC 1951, section 3.2.7).
    private mutating func buildCodes(from stream: inout InflateStream) throws(ContainerDamage) {
        let literalCount = try stream.bits(5) + 257
        let total = try literalCount + stream.bits(5) + 1
        let count = try stream.bits(4) + 4
        var all = [UInt8](repeating: 0, count: DeflateCode.order.count)
        for place in DeflateCode.order.prefix(count) { all[place] = try UInt8(stream.bits(3)) }
        try lengths.build(all[...], DeflateCode.lengthMeanings)
        all.removeAll(keepingCapacity: true)
        while all.count < total {
            let value = try stream.symbol(lengths)
            switch value {
            case 16:
                guard let last = all.last else { throw ContainerDamage("a chunk's data is damaged") }
                all.append(contentsOf: repeatElement(last, count: try stream.bits(2) + 3))
            case 17: all.append(contentsOf: repeatElement(0, count: try stream.bits(3) + 3))
            case 18: all.append(contentsOf: repeatElement(0, count: try stream.bits(7) + 11))
            default: all.append(UInt8(value))
            }
        }
        guard all.count == total else { throw ContainerDamage("a chunk's data is damaged") }
        try literals.build(all[..<literalCount], DeflateCode.literalMeanings)
        try distances.build(all[literalCount...], DeflateCode.distanceMeanings)
    }
}
