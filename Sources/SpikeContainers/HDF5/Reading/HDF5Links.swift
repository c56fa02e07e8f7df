/// The children of a group: link messages in its header, or a symbol table.
///
/// ```
/// link message   01 flags [type(1)] [order(8)] [charset(1)] length(1, 2, 4 or 8) name address(8)
/// symbol table   tree(8) heap(8);   "HEAP" 00 . . . size(8) free(8) data(8)
///                "TREE" 00 level(1) entries(2) left(8) right(8) | key(8) child(8) ... key(8)
///                "SNOD" 01 . count(2) | name offset(8) header(8) cache type(4) . . . . scratch(16), ...
/// ```
struct HDF5Links {
    /// Where a name leads.
    enum Target {
        /// To the object header at that address.
        case object(Int)
        /// To a path or another file.
        case elsewhere
    }

    /// The children by name.
    private(set) var targets: [String: Target] = [:]

    private static let maximumSymbols = 1 << 16
    /// What is read of a name in a heap, in bytes.
    private static let longestName = 1_024
    private var symbols = 0

    /// Reads the links of the group with that header; nil if the object is no group.
    init?(_ header: HDF5Header, in file: HDF5File) throws(ContainerDamage) {
        var isGroup = false
        for message in header.messages {
            switch message.kind {
            case .link: try add(link: message.body)
            case .symbolTable: try add(table: message.body, file)
            case .linkInfo: try checkLinkInfo(message.body)
            default: continue
            }
            isGroup = true
        }
        if !isGroup { return nil }
    }

    private func checkLinkInfo(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        try cursor.skip(1)
        let flags = try cursor.byte()
        if flags & 1 != 0 { try cursor.skip(8) }
        guard try cursor.address() == nil else {
            throw ContainerDamage("its links are in a fractal heap, which is not supported")
        }
    }

    private mutating func add(link body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        try cursor.skip(1)
        let flags = try cursor.byte()
        let type = flags & 0x08 != 0 ? try cursor.byte() : 0
        try cursor.skip((flags & 0x04 != 0 ? 8 : 0) + (flags & 0x10 != 0 ? 1 : 0))
        let length = try cursor.count(1 << Int(flags & 3))
        let name = String(decoding: try cursor.take(length), as: UTF8.self)
        let address = type == 0 ? try cursor.address() : nil
        targets[name] = address.map { .object($0) } ?? .elsewhere
    }

    private mutating func add(table body: ArraySlice<UInt8>, _ file: HDF5File) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        guard let tree = try cursor.address(), let heap = try cursor.address() else {
            throw ContainerDamage("its symbol table is missing")
        }
        var header = try file.cursor(at: heap, count: 32)
        try header.expect("HEAP")
        try header.skip(4)
        let size = try header.count(8)
        try header.skip(8)
        guard let start = try header.address() else { throw ContainerDamage("its names are missing") }
        let text = try file.bytes(at: start, count: size)
        try HDF5GroupTree(file: file).visit(tree) { (node) throws(ContainerDamage) in
            try add(symbols: node, names: text, file)
        }
    }

    private mutating func add(
        symbols address: Int, names: ArraySlice<UInt8>, _ file: HDF5File
    ) throws(ContainerDamage) {
        var cursor = try file.cursor(at: address, count: 8)
        try cursor.expect("SNOD")
        try cursor.skip(2)
        let count = try cursor.count(2)
        cursor = try file.cursor(at: address + 8, atMost: 40 * count)
        for _ in 0..<count {
            symbols += 1
            guard symbols <= HDF5Links.maximumSymbols else { throw ContainerDamage("it has too many names") }
            let offset = try cursor.count(8)
            let header = try cursor.address()
            let cache = try cursor.number(4)
            try cursor.skip(20)
            guard offset < names.count else { throw ContainerDamage("a name is outside its heap") }
            let name = names.dropFirst(offset).prefix(HDF5Links.longestName).prefix { $0 != 0 }
            let target = cache == 2 ? nil : header
            targets[String(decoding: name, as: UTF8.self)] = target.map { .object($0) } ?? .elsewhere
        }
    }
}
