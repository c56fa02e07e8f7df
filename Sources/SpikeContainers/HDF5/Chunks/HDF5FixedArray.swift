/// The index of chunks by a fixed array, for datasets that cannot grow.
///
/// ```
/// "FAHD" 00 kind(1) element bytes(1) page bits(1) elements(8) data block(8) sum(4)
/// "FADB" 00 kind(1) header(8) elements sum(4)                                       up to 2^page bits elements
/// "FADB" 00 kind(1) header(8) which pages exist(1 bit each) sum(4) page page ...    more
/// page: 2^page bits elements sum(4); the last has those that are left
/// ```
struct HDF5FixedArray: HDF5ChunkIndex {
    private let file: HDF5File
    private let elements: HDF5ChunkElements
    private let count: Int
    private let pageElements: Int
    private let block: Int
    private var page: (number: Int, bytes: ArraySlice<UInt8>)?

    private static let headBytes = 24
    private static let blockHeadBytes = 14

    /// Reads the header at `address`.
    init(file: HDF5File, address: Int, chunkBytes: Int, isFiltered: Bool) throws(ContainerDamage) {
        self.file = file
        var cursor = HDF5Cursor(try file.verified(at: address, count: HDF5FixedArray.headBytes))
        try cursor.expect("FAHD")
        guard try cursor.byte() == 0 else { throw ContainerDamage("an index of its chunks has an unknown version") }
        let kind = try cursor.byte()
        elements = try HDF5ChunkElements(
            elementBytes: Int(try cursor.byte()), kind: kind, chunkBytes: chunkBytes, isFiltered: isFiltered)
        let pageBits = try cursor.byte()
        count = try cursor.count(8)
        guard let block = try cursor.address(), pageBits < 32 else { throw ContainerDamage("it has no data") }
        self.block = block
        pageElements = 1 << Int(pageBits)
    }

    mutating func chunk(_ number: Int) throws(ContainerDamage) -> HDF5Chunk? {
        guard number >= 0, number < count else { return nil }
        let wanted = number / pageElements
        if page?.number != wanted { page = (wanted, try bytes(ofPage: wanted)) }
        guard let page else { return nil }
        return try elements.chunk(number % pageElements, in: page.bytes)
    }

    private func bytes(ofPage number: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        let size = elements.elementBytes
        var cursor = try file.cursor(at: block, count: HDF5FixedArray.blockHeadBytes)
        try cursor.expect("FADB")
        guard count > pageElements else {
            return try file.verified(at: block, count: HDF5FixedArray.blockHeadBytes + count * size)
                .dropFirst(HDF5FixedArray.blockHeadBytes)
        }
        let pages = (count - 1) / pageElements + 1
        let first = block + HDF5FixedArray.blockHeadBytes + (pages + 7) / 8 + 4
        let length = min(pageElements, count - number * pageElements) * size
        return try file.verified(at: first + number * (pageElements * size + 4), count: length)
    }
}
