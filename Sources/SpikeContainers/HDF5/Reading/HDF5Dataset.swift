/// An array in an ``HDF5File``: what it holds, in which shape, and where.
package struct HDF5Dataset {
    /// The type of the elements.
    package let type: HDF5Type
    /// The shape; empty for a single value.
    package let dimensions: [Int]

    /// The file.
    let file: HDF5File
    /// Where the data is.
    let layout: HDF5Layout
    /// What chunks went through.
    let filters: HDF5Filters

    /// Datasets that are read at once and have more bytes are refused.
    static let maximumBytes = 1 << 30
    /// Chunks of more bytes are refused.
    static let maximumChunkBytes = 1 << 25

    /// Reads the header at `address`, no data.
    init(at address: Int, in file: HDF5File) throws(ContainerDamage) {
        let header = try HDF5Header(at: address, in: file)
        guard let type = header.body(.datatype), let space = header.body(.dataspace), let layout = header.body(.layout)
        else { throw ContainerDamage("it is not a dataset") }
        guard header.body(.externalFiles) == nil else { throw ContainerDamage("its data is in other files") }
        self.type = try HDF5Type(type)
        self.layout = try HDF5Layout(layout)
        dimensions = try HDF5Space(space).dimensions
        filters =
            try header.body(.filters).map { (body) throws(ContainerDamage) in try HDF5Filters(body) } ?? HDF5Filters()
        self.file = file
    }

    /// The length of an element in the file.
    func elementBytes() throws(ContainerDamage) -> Int {
        if case .other(let what) = type { throw ContainerDamage("it holds \(what), which are not supported") }
        guard let size = type.bytes, size > 0 else { throw ContainerDamage("its elements have no bytes") }
        return size
    }

    /// All data in row-major order; for what is not large.
    func bytes() throws(ContainerDamage) -> ArraySlice<UInt8> {
        let total = try HDF5Dataset.product(dimensions, try elementBytes())
        switch layout {
        case .compact(let data): return try HDF5Dataset.exactly(data, total)
        case .contiguous(let address?, let count):
            guard count == total else { throw ContainerDamage("it has \(count) bytes, expected \(total)") }
            return try file.source.bytes(at: file.place(of: address), count: count)
        case .contiguous(nil, _): throw ContainerDamage("it has no data")
        case .chunked(let chunking): return try chunkedBytes(chunking, total: total)[...]
        }
    }

    private static func product(_ sizes: some Sequence<Int>, _ element: Int) throws(ContainerDamage) -> Int {
        var total = element
        for size in sizes {
            let (product, overflow) = total.multipliedReportingOverflow(by: size)
            guard !overflow, product <= maximumBytes else {
                throw ContainerDamage("it has more than \(maximumBytes) bytes")
            }
            total = product
        }
        return total
    }

    private static func exactly(_ data: ArraySlice<UInt8>, _ count: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        guard data.count == count else { throw ContainerDamage("it has \(data.count) bytes, expected \(count)") }
        return data
    }

    /// Checks that chunks have the rank and the elements of the dataset; returns how many bytes of data they have.
    func checkedChunkBytes(_ chunking: HDF5Chunking) throws(ContainerDamage) -> Int {
        guard chunking.sizes.count == dimensions.count + 1, chunking.sizes.last == (try elementBytes()) else {
            throw ContainerDamage("its chunks do not fit its shape")
        }
        return try chunking.chunkBytes()
    }

    private func chunkedBytes(_ chunking: HDF5Chunking, total: Int) throws(ContainerDamage) -> [UInt8] {
        let size = try elementBytes()
        let chunkBytes = try checkedChunkBytes(chunking)
        guard chunkBytes <= 2 * total + (1 << 16) else { throw ContainerDamage("its chunks are larger than its shape") }
        var result = [UInt8](repeating: 0, count: total)
        var index = try chunking.makeIndex(in: file, dimensions: dimensions, isFiltered: !filters.all.isEmpty)
        let grid = HDF5ChunkGrid(dimensions, chunking.sizes)
        let unpacker = HDF5Unpacker(filters: filters, elementBytes: size, chunkBytes: chunkBytes)
        let count = grid.counts.reduce(1, *)
        guard count <= (8 * total + (1 << 20)) / chunkBytes else {
            throw ContainerDamage("its chunks are too small for its shape")
        }
        for number in 0..<count {
            // What was never written is zero.
            guard let chunk = try index.chunk(number) else { continue }
            let origin = grid.origin(of: number)
            let isEdge = zip(zip(origin, grid.chunk), dimensions).contains { $0.0 + $0.1 > $1 }
            try unpacker.load(
                chunk, from: file, needed: chunkBytes, isFiltered: !(isEdge && chunking.leavesEdgesUnfiltered))
            place(unpacker.data, at: origin, chunk: grid.chunk, element: size, into: &result)
        }
        return result
    }

    /// Copies the part of a chunk that lies inside the array, row by row.
    private func place(_ data: [UInt8], at origin: [Int], chunk: [Int], element: Int, into result: inout [UInt8]) {
        guard let width = dimensions.last, let chunkWidth = chunk.last, let left = origin.last else { return }
        let columns = min(chunkWidth, width - left)
        guard columns > 0 else { return }
        for row in 0..<(chunk.reduce(1, *) / chunkWidth) {
            var (rest, line, stride, isInside) = (row, 0, 1, true)
            for axis in dimensions.indices.dropLast().reversed() {
                let position = origin[axis] + rest % chunk[axis]
                isInside = isInside && position < dimensions[axis]
                line += min(position, dimensions[axis]) * stride
                stride *= dimensions[axis]
                rest /= chunk[axis]
            }
            guard isInside else { continue }
            let source = row * chunkWidth * element
            let target = (line * width + left) * element
            result.replaceSubrange(
                target..<(target + columns * element), with: data[source..<(source + columns * element)])
        }
    }
}
