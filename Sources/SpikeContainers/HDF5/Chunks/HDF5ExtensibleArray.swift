/// The index of chunks by an extensible array, for datasets of one dimension that may grow.
///
/// The first elements stand in the index block, the others in data blocks, which become larger the further they are:
/// super block k has 2^(k / 2) data blocks of 2^((k + 1) / 2) times the smallest number of elements. The index block
/// has the addresses of the data blocks of the first super blocks, and those of the others themselves.
/// ```
/// "EAHD" 00 kind(1) element bytes(1) bits of a number(1) elements in the index block(1)
///        smallest data block(1) smallest super block(1) page bits(1) six counts(8 each) index block(8) sum(4)
/// "EAIB" 00 kind(1) header(8) elements, data blocks(8 each), super blocks(8 each) sum(4)
/// "EASB" 00 kind(1) header(8) number of its first element(n) which pages exist(1 bit each) data blocks(8 each) sum(4)
/// "EADB" 00 kind(1) header(8) number of its first element(n) elements sum(4)
/// "EADB" 00 kind(1) header(8) number of its first element(n) sum(4) page page ...       more than 2^page bits elements
/// page: 2^page bits elements sum(4)
/// ```
struct HDF5ExtensibleArray: HDF5ChunkIndex {
    private let file: HDF5File
    private let shape: HDF5ExtensibleShape
    private let elements: HDF5ChunkElements
    /// The index block without its head.
    private let index: ArraySlice<UInt8>
    private var block: (address: Int, bytes: ArraySlice<UInt8>)?
    private var upper: (address: Int, bytes: ArraySlice<UInt8>)?

    private static let headBytes = 68
    private static let blockHeadBytes = 14

    /// Reads the header at `address` and the index block.
    init(file: HDF5File, address: Int, chunkBytes: Int, isFiltered: Bool) throws(ContainerDamage) {
        self.file = file
        var cursor = HDF5Cursor(try file.verified(at: address, count: HDF5ExtensibleArray.headBytes))
        try cursor.expect("EAHD")
        guard try cursor.byte() == 0 else { throw ContainerDamage("an index of its chunks has an unknown version") }
        let kind = try cursor.byte()
        elements = try HDF5ChunkElements(
            elementBytes: Int(try cursor.byte()), kind: kind, chunkBytes: chunkBytes, isFiltered: isFiltered)
        shape = try HDF5ExtensibleShape(&cursor)
        try cursor.skip(48)
        guard let address = try cursor.address() else { throw ContainerDamage("it has no data") }
        let count = shape.indexElements * elements.elementBytes + 8 * (shape.directBlocks + shape.upperBlocks)
        let bytes = try file.verified(at: address, count: HDF5ExtensibleArray.blockHeadBytes + count)
        var head = HDF5Cursor(bytes)
        try head.expect("EAIB")
        index = bytes.dropFirst(HDF5ExtensibleArray.blockHeadBytes)
    }

    mutating func chunk(_ number: Int) throws(ContainerDamage) -> HDF5Chunk? {
        guard number >= 0 else { return nil }
        if number < shape.indexElements { return try elements.chunk(number, in: index) }
        guard let place = shape.place(of: number - shape.indexElements) else { return nil }
        guard let address = try dataBlock(place) else { return nil }
        _ = try file.place(of: address)
        let (start, count, element) = pageOf(place.element, blockElements: place.blockElements)
        let head = HDF5ExtensibleArray.blockHeadBytes + shape.numberBytes
        if block?.address != address + start {
            var cursor = try file.cursor(at: address, count: head)
            try cursor.expect("EADB")
            let isWhole = start == 0
            let length = count * elements.elementBytes + (isWhole ? head : 0)
            let bytes = try file.verified(at: address + start, count: length)
            block = (address + start, isWhole ? bytes.dropFirst(head) : bytes)
        }
        guard let block else { return nil }
        return try elements.chunk(element, in: block.bytes)
    }

    /// Where the page with `element` begins in its data block, 0 if the block has no pages; how many elements it has; and
    /// which of them is meant.
    private func pageOf(_ element: Int, blockElements: Int) -> (start: Int, count: Int, element: Int) {
        guard blockElements > shape.pageElements else { return (0, blockElements, element) }
        let first = HDF5ExtensibleArray.blockHeadBytes + shape.numberBytes + 4
        let number = element / shape.pageElements
        let start = first + number * (shape.pageElements * elements.elementBytes + 4)
        return (start, shape.pageElements, element % shape.pageElements)
    }

    /// The address of the data block; nil if it was never written.
    private mutating func dataBlock(_ place: HDF5ExtensibleShape.Place) throws(ContainerDamage) -> Int? {
        var cursor = HDF5Cursor(index)
        try cursor.skip(shape.indexElements * elements.elementBytes)
        guard place.superBlock >= shape.directSuperBlocks else {
            try cursor.skip(8 * place.directBlock)
            return try cursor.address()
        }
        try cursor.skip(8 * (shape.directBlocks + place.superBlock - shape.directSuperBlocks))
        guard let address = try cursor.address() else { return nil }
        if upper?.address != address { upper = (address, try superBlock(at: address, place)) }
        guard let upper else { return nil }
        cursor = HDF5Cursor(upper.bytes)
        try cursor.skip(8 * place.block)
        return try cursor.address()
    }

    /// The addresses of the data blocks in the super block at `address`.
    private func superBlock(
        at address: Int, _ place: HDF5ExtensibleShape.Place
    ) throws(ContainerDamage) -> ArraySlice<UInt8> {
        let pages = place.blockElements > shape.pageElements ? place.blockElements / shape.pageElements : 0
        let head = HDF5ExtensibleArray.blockHeadBytes + shape.numberBytes + place.blocks * ((pages + 7) / 8)
        let bytes = try file.verified(at: address, count: head + 8 * place.blocks)
        var cursor = HDF5Cursor(bytes)
        try cursor.expect("EASB")
        return bytes.dropFirst(head)
    }
}
