/// Reads chunks and undoes their filters, in two buffers that are used again and again.
final class HDF5Unpacker {
    /// The data of the last chunk; the first ``count`` bytes count.
    private(set) var data: [UInt8] = []
    /// How many bytes the last chunk has.
    private(set) var count = 0

    private let filters: HDF5Filters
    private let elementBytes: Int
    private let chunkBytes: Int
    private var spare: [UInt8] = []
    private var inflate = Inflate()
    private var blosc = Blosc()
    private lazy var zstandard = Zstandard()

    /// Unpacks chunks of `chunkBytes` bytes of data.
    init(filters: HDF5Filters, elementBytes: Int, chunkBytes: Int) {
        self.filters = filters
        self.elementBytes = elementBytes
        self.chunkBytes = chunkBytes
    }

    /// The most bytes that a chunk has between two filters, or in the file: what compressors add to data that does not
    /// become shorter is far less.
    private var limit: Int { chunkBytes + chunkBytes / 8 + 1_024 }

    /// Loads the chunk, which must have all its bytes, or with Prophesee's filter, whose last chunk is short, the first
    /// `needed`.
    ///
    /// - Parameter isFiltered: whether it went through the filters at all.
    func load(
        _ chunk: HDF5Chunk, from file: HDF5File, needed: Int, isFiltered: Bool = true
    ) throws(ContainerDamage) {
        count = 0
        guard chunk.bytes <= limit else {
            throw ContainerDamage("a chunk has \(chunk.bytes) bytes in the file, expected at most \(limit)")
        }
        try file.source.read(at: file.place(of: chunk.address), count: chunk.bytes, into: &data)
        var held = chunk.bytes
        if isFiltered {
            var (front, back): ([UInt8], [UInt8]) = ([], [])
            swap(&front, &data)
            swap(&back, &spare)
            defer {
                swap(&front, &data)
                swap(&back, &spare)
            }
            for (place, filter) in filters.all.enumerated().reversed() where chunk.mask >> UInt64(place) & 1 == 0 {
                held = try undo(filter, held, of: &front, &back)
            }
        }
        let isShort = filters.all.contains(.eventCompression) && held < chunkBytes && held >= needed
        guard held == chunkBytes || isShort else {
            throw ContainerDamage("a chunk has \(held) bytes, expected \(chunkBytes)")
        }
        count = held
    }

    /// Loads bytes that were never in a chunk.
    func load(_ bytes: ArraySlice<UInt8>) {
        data = Array(bytes)
        count = bytes.count
    }

    /// Loads the `count` bytes at `place` of `source`, which were never in a chunk.
    func load(at place: Int, count: Int, from source: ByteSource) throws(ContainerDamage) {
        self.count = 0
        try source.read(at: place, count: count, into: &data)
        self.count = count
    }

    /// Undoes one filter on the first `held` bytes of `front`, where the result is then, too; returns how many bytes it has.
    private func undo(
        _ filter: HDF5Filter, _ held: Int, of front: inout [UInt8], _ back: inout [UInt8]
    ) throws(ContainerDamage) -> Int {
        if filter == .fletcher32 { return try verified(front.span.extracting(first: held)) }
        if back.count < limit { back = [UInt8](repeating: 0, count: limit) }
        let made: Int
        do {
            var target = back.mutableSpan
            made = try undo(filter, front.span.extracting(first: held), into: &target)
        }
        swap(&front, &back)
        return made
    }

    private func undo(
        _ filter: HDF5Filter, _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>
    ) throws(ContainerDamage) -> Int {
        let all = 0..<target.count
        switch filter {
        case .gzip: return try inflate.zlib(source, into: &target, all)
        case .lzf: return try LZF.decode(source, into: &target, all)
        case .blosc: return try blosc.decode(source, into: &target, all)
        case .lz4: return try LZ4Block.decodeFrame(source, into: &target, all)
        case .zstandard: return try zstandard.decode(source, into: &target, all)
        case .eventCompression: return try EventCompression.decode(source, into: &target, all)
        case .fletcher32: return source.count
        case .shuffle:
            Shuffle.undoBytes(source, elementBytes: elementBytes, into: &target, 0..<source.count)
            return source.count
        }
    }

    /// How many bytes there are before the checksum that they end with, lowest byte first.
    private func verified(_ source: Span<UInt8>) throws(ContainerDamage) -> Int {
        let count = source.count - 4
        guard count >= 0 else { throw ContainerDamage("a chunk's data is cut off") }
        var sum: UInt32 = 0
        for place in (count..<source.count).reversed() { sum = sum << 8 | UInt32(source[place]) }
        guard Fletcher32.checksum(source.extracting(first: count)) == sum else {
            throw ContainerDamage("the checksum of a chunk does not fit its data")
        }
        return count
    }
}
