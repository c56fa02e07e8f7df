/// Where the data of a dataset is: version 3 to 5 of the layout message.
///
/// ```
/// compact     v(1) 00 size(2) data
/// contiguous  v(1) 01 address(8) size(8)
/// chunked     03 02 n(1) tree(8) sizes(4 each)                          n = rank + 1; the last size is the element's
///        4, 5 02 flags(1) n(1) width(1) sizes(width each) index(1) ... address(8)
/// index       1 one chunk          [bytes(8) filter mask(4)] if flag 2 is set
///             2 implicit
///             3 fixed array        page bits(1)
///             4 extensible array   five widths(1 each), see ``HDF5ExtensibleArray``
///             5 tree of version 2
/// ```
enum HDF5Layout {
    case compact(ArraySlice<UInt8>)
    case contiguous(address: Int?, bytes: Int)
    case chunked(HDF5Chunking)

    /// Reads a layout message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        let version = try cursor.byte()
        guard (3...5).contains(version) else {
            throw ContainerDamage("its layout has version \(version), expected 3 to 5")
        }
        switch try cursor.byte() {
        case 0: self = .compact(try cursor.take(try cursor.count(2)))
        case 1: self = .contiguous(address: try cursor.address(), bytes: try cursor.count(8))
        case 2: self = .chunked(try HDF5Chunking(&cursor, version: version))
        default: throw ContainerDamage("its data is in other files or laid out in an unknown way")
        }
    }
}

/// How the data of a dataset is cut into chunks of one size, and what finds them.
struct HDF5Chunking {
    /// What finds the chunks.
    enum Index {
        case tree
        case one(bytes: Int?, mask: UInt64)
        case implicit
        case fixedArray
        case extensibleArray
    }

    /// The sizes of a chunk, and last that of an element.
    let sizes: [Int]
    /// What finds the chunks.
    let index: Index
    /// Where that is; nil if nothing was written.
    let address: Int?
    /// Whether chunks that reach beyond the data are stored without filters.
    let leavesEdgesUnfiltered: Bool

    /// Reads the rest of a layout message.
    init(_ cursor: inout HDF5Cursor, version: UInt8) throws(ContainerDamage) {
        let flags = version > 3 ? try cursor.byte() : 0
        let count = Int(try cursor.byte())
        leavesEdgesUnfiltered = flags & 1 != 0
        guard version > 3 else {
            index = .tree
            address = try cursor.address()
            sizes = try HDF5Chunking.sizes(&cursor, count: count, width: 4)
            return
        }
        let width = Int(try cursor.byte())
        guard (1...8).contains(width) else { throw ContainerDamage("its chunks have sizes of \(width) bytes") }
        sizes = try HDF5Chunking.sizes(&cursor, count: count, width: width)
        switch try cursor.byte() {
        case 1:
            let isFiltered = flags & 2 != 0
            index = .one(bytes: isFiltered ? try cursor.count(8) : nil, mask: isFiltered ? try cursor.number(4) : 0)
        case 2: index = .implicit
        case 3:
            try cursor.skip(1)
            index = .fixedArray
        case 4:
            try cursor.skip(5)
            index = .extensibleArray
        case 5: throw ContainerDamage("its chunks are found by a tree of version 2, which is not supported")
        default: throw ContainerDamage("its chunks are indexed in a way that is not supported")
        }
        address = try cursor.address()
    }

    private static func sizes(_ cursor: inout HDF5Cursor, count: Int, width: Int) throws(ContainerDamage) -> [Int] {
        guard (2...9).contains(count) else { throw ContainerDamage("its chunks have \(count) dimensions") }
        var sizes: [Int] = []
        for _ in 0..<count { sizes.append(try cursor.count(width)) }
        guard sizes.allSatisfy({ $0 > 0 }) else { throw ContainerDamage("its chunks are empty") }
        return sizes
    }
}
