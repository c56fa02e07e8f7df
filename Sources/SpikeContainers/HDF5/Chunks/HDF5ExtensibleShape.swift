/// How an ``HDF5ExtensibleArray`` is cut into blocks.
struct HDF5ExtensibleShape {
    /// How many elements stand in the index block.
    let indexElements: Int
    /// How many bytes the number of an element takes.
    let numberBytes: Int
    /// How many elements a page has.
    let pageElements: Int
    /// How many super blocks there can be at most.
    private let superBlocks: Int
    /// How many super blocks have their data blocks' addresses in the index block, and how many data blocks that are.
    let directSuperBlocks: Int
    let directBlocks: Int
    private let smallestBlock: Int

    /// How many super blocks have their own addresses in the index block.
    var upperBlocks: Int { superBlocks - directSuperBlocks }

    /// Reads the widths in the header.
    init(_ cursor: inout HDF5Cursor) throws(ContainerDamage) {
        let numberBits = Int(try cursor.byte())
        indexElements = Int(try cursor.byte())
        smallestBlock = Int(try cursor.byte())
        let pointers = Int(try cursor.byte())
        let pageBits = Int(try cursor.byte())
        guard (1...64).contains(numberBits), smallestBlock.nonzeroBitCount == 1, pointers.nonzeroBitCount == 1,
            pageBits < 32
        else { throw ContainerDamage("an index of its chunks is damaged") }
        numberBytes = (numberBits + 7) / 8
        pageElements = 1 << pageBits
        superBlocks = 1 + numberBits - smallestBlock.trailingZeroBitCount
        directSuperBlocks = 2 * pointers.trailingZeroBitCount
        directBlocks = 2 * (pointers - 1)
        guard superBlocks >= directSuperBlocks else { throw ContainerDamage("an index of its chunks is damaged") }
    }

    /// Where an element is that does not stand in the index block.
    struct Place {
        /// The number of its super block.
        var superBlock: Int
        /// How many data blocks that has, and how many elements each of them.
        var blocks: Int
        var blockElements: Int
        /// Which of them it is in, there, and among all of the first super blocks.
        var block: Int
        var directBlock: Int
        /// Which element of that block it is.
        var element: Int
    }

    /// The place of the element `number`, counted from the first that does not stand in the index block.
    func place(of number: Int) -> Place? {
        let group = number / smallestBlock + 1
        let superBlock = Int.bitWidth - 1 - group.leadingZeroBitCount
        guard superBlock < superBlocks, superBlock < 48 else { return nil }
        let rest = number - (1 << superBlock - 1) * smallestBlock
        let blocks = 1 << (superBlock / 2)
        let blockElements = smallestBlock << ((superBlock + 1) / 2)
        // 1 + 1 + 2 + 2 + 4 + 4 ... data blocks come before.
        let before = superBlock % 2 == 0 ? 2 * (blocks - 1) : 2 * (blocks - 1) + blocks
        return Place(
            superBlock: superBlock, blocks: blocks, blockElements: blockElements, block: rest / blockElements,
            directBlock: before + rest / blockElements, element: rest % blockElements)
    }
}
