/// Unpacks containers of Blosc 1, HDF5 filter 32001, whose data is cut into blocks that were shuffled and packed.
///
/// All numbers are little endian.
/// ```
/// version(1) codec's version(1) flags(1) element bytes(1) bytes(4) block bytes(4) packed bytes(4)
///   flags: 0 bytes are shuffled, 1 not packed at all, 2 bits are shuffled, 4 blocks are not split, 5-7 codec
/// not packed: bytes
/// else        place of each block(4 each), blocks
/// block       for each stream: packed bytes(4) data; a stream that is as long as its contents is stored as it is
/// ```
/// A block is one stream, or one for each byte of its elements if those are at most 16 bytes long, there are at least 128
/// of them and it is not the short one at the end.
struct Blosc {
    private enum Codec: UInt8 {
        case blosclz, lz4, snappy, zlib, zstandard
    }

    private struct Header {
        let flags: UInt8
        let elementBytes: Int
        let bytes: Int
        let blockBytes: Int

        var isPacked: Bool { flags & 2 == 0 }
        var isByteShuffled: Bool { flags & 1 != 0 && elementBytes > 1 }
        var isBitShuffled: Bool { flags & 4 != 0 }
        var isSplit: Bool { flags & 16 == 0 && elementBytes <= 16 && blockBytes / elementBytes >= 128 }
    }

    private static let headBytes = 16
    private var inflate = Inflate()
    private lazy var zstandard = Zstandard()
    private var scratch: [UInt8] = []

    /// Unpacks `source` into `range` of `target` and returns how many bytes it holds.
    mutating func decode(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        let header = try Blosc.header(source, room: range.count)
        guard header.isPacked else {
            guard source.count - Blosc.headBytes >= header.bytes else { throw Blosc.cutOff }
            for place in 0..<header.bytes { target[range.lowerBound + place] = source[Blosc.headBytes + place] }
            return header.bytes
        }
        guard let codec = Codec(rawValue: header.flags >> 5) else {
            throw ContainerDamage("a chunk is of no known codec")
        }
        var (start, table) = (0, Blosc.headBytes)
        while start < header.bytes {
            let count = min(header.blockBytes, header.bytes - start)
            let place = try Blosc.number(source, table)
            guard place <= source.count else { throw Blosc.cutOff }
            let first = range.lowerBound + start
            try block(source.extracting(place..<source.count), codec, header, into: &target, first..<(first + count))
            start += count
            table += 4
        }
        return header.bytes
    }

    private static func header(_ source: Span<UInt8>, room: Int) throws(ContainerDamage) -> Header {
        guard source.count >= headBytes else { throw cutOff }
        guard source[0] == 1 || source[0] == 2 else {
            throw ContainerDamage("a chunk has version \(source[0]) of Blosc, expected 1 or 2")
        }
        let header = Header(
            flags: source[2], elementBytes: Int(source[3]), bytes: try number(source, 4),
            blockBytes: try number(source, 8))
        guard header.bytes <= room else { throw ContainerDamage("a chunk holds more than its shape") }
        guard header.elementBytes > 0, header.blockBytes > 0 || header.bytes == 0 else { throw damaged }
        return header
    }

    private mutating func block(
        _ source: Span<UInt8>, _ codec: Codec, _ header: Header, into target: inout MutableSpan<UInt8>,
        _ range: Range<Int>
    ) throws(ContainerDamage) {
        guard header.isByteShuffled || header.isBitShuffled else {
            return try streams(source, codec, header, into: &target, range)
        }
        var packed: [UInt8] = []
        swap(&packed, &scratch)
        if packed.count < range.count { packed = [UInt8](repeating: 0, count: range.count) }
        defer { swap(&packed, &scratch) }
        do {
            var room = packed.mutableSpan
            try streams(source, codec, header, into: &room, 0..<range.count)
        }
        let shuffled = packed.span.extracting(first: range.count)
        if header.isByteShuffled {
            Shuffle.undoBytes(shuffled, elementBytes: header.elementBytes, into: &target, range)
        } else {
            Shuffle.undoBloscBits(shuffled, elementBytes: header.elementBytes, into: &target, range)
        }
    }

    private mutating func streams(
        _ source: Span<UInt8>, _ codec: Codec, _ header: Header, into target: inout MutableSpan<UInt8>,
        _ range: Range<Int>
    ) throws(ContainerDamage) {
        let isSplit = header.isSplit && range.count == header.blockBytes
        let count = isSplit ? header.elementBytes : 1
        let length = range.count / count
        var (place, made) = (0, range.lowerBound)
        for _ in 0..<count {
            let packed = try Blosc.number(source, place)
            guard packed <= source.count - place - 4 else { throw Blosc.cutOff }
            let stream = source.extracting((place + 4)..<(place + 4 + packed))
            if packed == length {
                for index in 0..<length { target[made + index] = stream[index] }
            } else if try unpack(stream, codec, into: &target, made..<(made + length)) != length {
                throw Blosc.damaged
            }
            place += 4 + packed
            made += length
        }
        guard made == range.upperBound else { throw Blosc.damaged }
    }

    private mutating func unpack(
        _ stream: Span<UInt8>, _ codec: Codec, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        switch codec {
        case .blosclz: return try BloscLZ.decode(stream, into: &target, range)
        case .lz4: return try LZ4Block.decode(stream, into: &target, range)
        case .snappy: throw ContainerDamage("its data went through Blosc with snappy, which is not supported")
        case .zlib: return try inflate.zlib(stream, into: &target, range)
        case .zstandard: return try zstandard.decode(stream, into: &target, range)
        }
    }

    private static func number(_ bytes: Span<UInt8>, _ place: Int) throws(ContainerDamage) -> Int {
        guard bytes.count - place >= 4 else { throw cutOff }
        var value = 0
        for index in (place..<(place + 4)).reversed() { value = value << 8 | Int(bytes[index]) }
        return value
    }

    private static let cutOff = ContainerDamage("a chunk's data is cut off")
    private static let damaged = ContainerDamage("a chunk's data is damaged")
}
