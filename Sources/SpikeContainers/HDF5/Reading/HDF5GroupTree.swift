/// The version 1 B-tree of a group: `"TREE" 00 level(1) entries(2) left(8) right(8) | key(8) child(8) ... key(8)`.
struct HDF5GroupTree {
    /// The file.
    let file: HDF5File

    private static let headBytes = 24

    /// Calls `body` with the address of every child of every leaf.
    ///
    /// A child is one level below its parent and the number of nodes is bounded, so damaged trees end.
    func visit(_ root: Int, body: (Int) throws(ContainerDamage) -> Void) throws(ContainerDamage) {
        var waiting: [(address: Int, level: UInt8?)] = [(root, nil)]
        var visited = 0
        while let (address, level) = waiting.popLast() {
            var cursor = try file.cursor(at: address, count: HDF5GroupTree.headBytes)
            try cursor.expect("TREE")
            guard try cursor.byte() == 0 else { throw ContainerDamage("a tree is of the wrong type") }
            let own = try cursor.byte()
            guard level == nil || level == own else { throw ContainerDamage("a tree has a level too many") }
            let entries = try cursor.count(2)
            visited += 1 + entries
            guard visited <= HDF5File.maximumTreeNodes else { throw ContainerDamage("a tree is too large") }
            cursor = try file.cursor(at: address + HDF5GroupTree.headBytes, atMost: 16 * entries)
            for _ in 0..<entries {
                try cursor.skip(8)
                guard let child = try cursor.address() else { throw ContainerDamage("a tree has a gap") }
                if own == 0 { try body(child) } else { waiting.append((child, own - 1)) }
            }
        }
    }
}
