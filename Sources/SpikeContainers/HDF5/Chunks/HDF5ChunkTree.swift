/// The index of chunks by a version 1 B-tree.
///
/// ```
/// "TREE" 01 level(1) entries(2) left(8) right(8) | key child(8) key child(8) ... key
/// key: bytes(4) filter mask(4) origin(8 for each dimension, and for the bytes of an element: 0)
/// ```
/// The keys ascend; below a child are the chunks from its key up to the next one. The last key may be that of the last
/// chunk with the length of an element. The way from the root to the last chunk
/// is kept, one node for each level.
struct HDF5ChunkTree: HDF5ChunkIndex {
    /// The file.
    let file: HDF5File
    /// The address of the root.
    let root: Int
    /// The chunks.
    let grid: HDF5ChunkGrid

    private static let headBytes = 24
    private static let highestLevel: UInt8 = 16

    private struct Node {
        var level: UInt8
        /// The keys' origins one after the other, one more than there are children.
        var origins: [Int] = []
        var chunks: [HDF5Chunk] = []
    }

    private var path: [Node] = []

    /// The index in `file` whose root is at `root`.
    init(file: HDF5File, root: Int, grid: HDF5ChunkGrid) {
        self.file = file
        self.root = root
        self.grid = grid
    }

    mutating func chunk(_ number: Int) throws(ContainerDamage) -> HDF5Chunk? {
        let origin = grid.origin(of: number) + [0]
        // Up to the lowest node that covers the chunk, then down again.
        while let node = path.last, !covers(node, origin) { path.removeLast() }
        if path.isEmpty { path.append(try node(at: root, level: nil)) }
        while let node = path.last {
            guard let place = place(of: origin, in: node) else { return nil }
            let child = node.chunks[place]
            if node.level == 0 { return key(place, of: node).elementsEqual(origin) ? child : nil }
            path.append(try self.node(at: child.address, level: node.level - 1))
        }
        return nil
    }

    private func key(_ index: Int, of node: Node) -> ArraySlice<Int> {
        let width = grid.dimensions.count + 1
        return node.origins[(index * width)..<(index * width + width)]
    }

    private func covers(_ node: Node, _ origin: [Int]) -> Bool {
        guard !node.chunks.isEmpty else { return false }
        return !origin.lexicographicallyPrecedes(key(0, of: node))
            && origin.lexicographicallyPrecedes(key(node.chunks.count, of: node))
    }

    /// The last child whose key is not behind `origin`.
    private func place(of origin: [Int], in node: Node) -> Int? {
        var (low, high) = (0, node.chunks.count)
        while low < high {
            let middle = (low + high) / 2
            if origin.lexicographicallyPrecedes(key(middle, of: node)) { high = middle } else { low = middle + 1 }
        }
        return low > 0 ? low - 1 : nil
    }

    private func node(at address: Int, level: UInt8?) throws(ContainerDamage) -> Node {
        var cursor = try file.cursor(at: address, count: HDF5ChunkTree.headBytes)
        try cursor.expect("TREE")
        guard try cursor.byte() == 1 else { throw ContainerDamage("a tree is of the wrong type") }
        let own = try cursor.byte()
        guard level == nil && own <= HDF5ChunkTree.highestLevel || level == own else {
            throw ContainerDamage("a tree has a level too many")
        }
        let entries = try cursor.count(2)
        let width = grid.dimensions.count + 1
        let keyBytes = 8 + 8 * width
        cursor = try file.cursor(
            at: address + HDF5ChunkTree.headBytes, count: entries * (keyBytes + 8) + keyBytes)
        var node = Node(level: own)
        node.origins.reserveCapacity((entries + 1) * width)
        node.chunks.reserveCapacity(entries)
        for entry in 0...entries {
            let bytes = try cursor.count(4)
            let mask = try cursor.number(4)
            for _ in 0..<width { node.origins.append(try key(&cursor)) }
            guard entry < entries else { break }
            guard let child = try cursor.address() else { throw ContainerDamage("a tree has a gap") }
            node.chunks.append(HDF5Chunk(address: child, bytes: bytes, mask: mask))
        }
        // So the way to a chunk that was found is good for the next one, and no file makes every step begin at the root.
        for entry in 0..<entries where !key(entry, of: node).lexicographicallyPrecedes(key(entry + 1, of: node)) {
            throw ContainerDamage("a tree is not in order")
        }
        return node
    }

    /// A coordinate; what is beyond all data, as in the key at the end, counts as far away.
    private func key(_ cursor: inout HDF5Cursor) throws(ContainerDamage) -> Int {
        Int(clamping: try cursor.number(8))
    }
}
