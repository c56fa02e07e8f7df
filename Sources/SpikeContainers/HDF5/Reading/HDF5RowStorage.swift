/// Where the rows of a dataset are.
enum HDF5RowStorage {
    case compact(ArraySlice<UInt8>)
    case contiguous(address: Int)
    /// In chunks; and whether the last one is stored without filters if it is not full.
    case chunked(any HDF5ChunkIndex, Bool)

    /// Contiguous data is read in pieces of so many bytes.
    private static let stretchBytes = 1 << 18
    /// The fewest bytes that a chunk takes in the file, in its index.
    private static let bytesOfIndex = 8

    /// Where the rows of `set` are, and how many are read at once.
    static func make(
        of set: HDF5Dataset, rows: Int, rowBytes: Int
    ) throws(ContainerDamage) -> (storage: HDF5RowStorage, stretchRows: Int) {
        let (total, isTooLong) = rows.multipliedReportingOverflow(by: rowBytes)
        guard !isTooLong, total < 1 << 56 else { throw ContainerDamage("it is impossibly long") }
        guard rowBytes <= stretchBytes else { throw ContainerDamage("its elements have \(rowBytes) bytes") }
        let stretch = stretchBytes / rowBytes
        if rows == 0 { return (.compact([]), stretch) }
        switch set.layout {
        case .compact(let bytes):
            guard bytes.count >= total else { throw ContainerDamage("it has \(bytes.count) bytes, expected \(total)") }
            return (.compact(bytes), stretch)
        case .contiguous(let address, let bytes):
            guard let address else { throw ContainerDamage("it has no data") }
            guard bytes >= total else { throw ContainerDamage("it has \(bytes) bytes, expected \(total)") }
            return (.contiguous(address: address), stretch)
        case .chunked(let chunking):
            let chunkBytes = try set.checkedChunkBytes(chunking)
            let chunks = (rows - 1) / chunking.sizes[0] + 1
            guard chunks <= set.file.source.count / bytesOfIndex else {
                throw ContainerDamage("its \(chunks) chunks do not fit into the file")
            }
            let index = try chunking.makeIndex(
                in: set.file, dimensions: set.dimensions, isFiltered: !set.filters.all.isEmpty)
            return (.chunked(index, chunking.leavesEdgesUnfiltered), chunkBytes / rowBytes)
        }
    }
}
