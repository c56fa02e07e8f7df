/// The elements of an array that finds chunks: `address(8)`, or `address(8) bytes(n) filter mask(4)` if the chunks went
/// through filters.
struct HDF5ChunkElements {
    /// The length of an element.
    let elementBytes: Int
    /// Whether the chunks went through filters.
    let isFiltered: Bool
    /// How many bytes of data a chunk has.
    let chunkBytes: Int

    /// Elements of that length, whose kind is 1 if the chunks went through filters.
    init(elementBytes: Int, kind: UInt8, chunkBytes: Int, isFiltered: Bool) throws(ContainerDamage) {
        let lengths = kind == 1 ? 13...20 : 8...8
        guard kind == (isFiltered ? 1 : 0), lengths.contains(elementBytes) else {
            throw ContainerDamage("an index of its chunks is damaged")
        }
        self.elementBytes = elementBytes
        self.isFiltered = isFiltered
        self.chunkBytes = chunkBytes
    }

    /// The element `index` of those in `bytes`; nil for a chunk that was never written.
    func chunk(_ index: Int, in bytes: ArraySlice<UInt8>) throws(ContainerDamage) -> HDF5Chunk? {
        var cursor = HDF5Cursor(bytes)
        try cursor.skip(index * elementBytes)
        guard let address = try cursor.address() else { return nil }
        guard isFiltered else { return HDF5Chunk(address: address, bytes: chunkBytes) }
        let count = try cursor.count(elementBytes - 12)
        return HDF5Chunk(address: address, bytes: count, mask: try cursor.number(4))
    }
}
