/// Where a chunk is in the file, and how it is stored.
struct HDF5Chunk: Equatable {
    /// The address of its first byte.
    var address: Int
    /// How many bytes it has in the file.
    var bytes: Int
    /// The filters that it did not go through: bit 0 for the first.
    var mask: UInt64 = 0
}

/// Finds the chunks of a dataset, which are numbered row by row.
///
/// An index keeps the structure in which it found the last chunk, so that going from chunk to chunk reads each structure
/// once, and memory holds one of them.
protocol HDF5ChunkIndex {
    /// The chunk `number`, or nil if it was never written.
    mutating func chunk(_ number: Int) throws(ContainerDamage) -> HDF5Chunk?
}

extension HDF5Chunking {
    /// How many bytes of data a chunk has.
    ///
    /// - Throws: if that is more than ``HDF5Dataset/maximumChunkBytes``.
    func chunkBytes() throws(ContainerDamage) -> Int {
        var total = 1
        for size in sizes {
            let (product, overflow) = total.multipliedReportingOverflow(by: size)
            guard !overflow, product <= HDF5Dataset.maximumChunkBytes else {
                throw ContainerDamage("its chunks have more than \(HDF5Dataset.maximumChunkBytes) bytes")
            }
            total = product
        }
        return total
    }

    /// Makes the index of a dataset of that shape whose chunks went through filters, or did not.
    func makeIndex(
        in file: HDF5File, dimensions: [Int], isFiltered: Bool
    ) throws(ContainerDamage) -> any HDF5ChunkIndex {
        guard let address else { throw ContainerDamage("it has no data") }
        let bytes = try chunkBytes()
        switch index {
        case .tree: return HDF5ChunkTree(file: file, root: address, grid: HDF5ChunkGrid(dimensions, sizes))
        case .one(let stored, let mask):
            return HDF5LoneChunk(chunk: HDF5Chunk(address: address, bytes: stored ?? bytes, mask: mask))
        case .implicit: return HDF5ImplicitIndex(address: address, chunkBytes: bytes)
        case .fixedArray:
            return try HDF5FixedArray(file: file, address: address, chunkBytes: bytes, isFiltered: isFiltered)
        case .extensibleArray:
            guard dimensions.count == 1 else {
                throw ContainerDamage("it may grow and has \(dimensions.count) dimensions, which is not supported")
            }
            return try HDF5ExtensibleArray(file: file, address: address, chunkBytes: bytes, isFiltered: isFiltered)
        }
    }
}

/// The index of a dataset that is one chunk.
private struct HDF5LoneChunk: HDF5ChunkIndex {
    let chunk: HDF5Chunk

    func chunk(_ number: Int) -> HDF5Chunk? { number == 0 ? chunk : nil }
}

/// The index of chunks that stand one behind the other, all written and without filters.
private struct HDF5ImplicitIndex: HDF5ChunkIndex {
    let address: Int
    let chunkBytes: Int

    func chunk(_ number: Int) -> HDF5Chunk? {
        let (distance, isTooFar) = number.multipliedReportingOverflow(by: chunkBytes)
        let (place, isOutside) = address.addingReportingOverflow(distance)
        return isTooFar || isOutside ? nil : HDF5Chunk(address: place, bytes: chunkBytes)
    }
}

/// How the chunks of a dataset lie in it: their numbers and their origins.
struct HDF5ChunkGrid {
    /// The sizes of the dataset.
    let dimensions: [Int]
    /// The sizes of a chunk.
    let chunk: [Int]

    /// The grid of a dataset; `sizes` are those of a chunk and that of an element.
    init(_ dimensions: [Int], _ sizes: [Int]) {
        self.dimensions = dimensions
        chunk = Array(sizes.prefix(dimensions.count))
    }

    /// How many chunks there are along each dimension.
    var counts: [Int] { zip(dimensions, chunk).map { $0 / $1 + ($0 % $1 > 0 ? 1 : 0) } }

    /// The place in the dataset of the first element of chunk `number`.
    func origin(of number: Int) -> [Int] {
        var (rest, origin) = (number, dimensions)
        for (axis, count) in counts.enumerated().reversed() {
            origin[axis] = rest % max(count, 1) * chunk[axis]
            rest /= max(count, 1)
        }
        return origin
    }
}
