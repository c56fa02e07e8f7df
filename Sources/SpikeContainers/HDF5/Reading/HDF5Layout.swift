/// The type of the elements of a dataset, as far as it is understood.
///
/// `version and class(1) bits(3) size(4) properties`: class 0 whole number (bit 0 big endian, bit 3 signed; offset(2),
/// precision(2)), 1 floating point, 3 text of fixed length, 9 with bits 1 text of variable length.
package enum HDF5Type: Equatable {
    case integer(bytes: Int, isSigned: Bool)
    case float(bytes: Int)
    case text(bytes: Int)
    case variableText
    case other

    /// Reads a datatype message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        let kind = try cursor.byte() & 0x0F
        let bits = try cursor.number(3)
        let size = try cursor.count(4)
        let isLittleEndian = bits & 1 == 0
        switch kind {
        case 0:
            let offset = try cursor.number(2)
            let precision = try cursor.number(2)
            let isWhole = offset == 0 && precision == size * 8
            self = isWhole && isLittleEndian ? .integer(bytes: size, isSigned: bits & 8 != 0) : .other
        case 1: self = isLittleEndian ? .float(bytes: size) : .other
        case 3: self = .text(bytes: size)
        case 9: self = bits & 0x0F == 1 ? .variableText : .other
        default: self = .other
        }
    }

    /// The type in the words of error messages.
    var words: String {
        switch self {
        case .integer(let bytes, let isSigned): "\(bytes * 8)-bit \(isSigned ? "" : "unsigned ")whole numbers"
        case .float(let bytes): "\(bytes * 8)-bit floating-point numbers"
        case .text, .variableText: "text"
        case .other: "a type that is not supported"
        }
    }

    /// Whether the elements are texts.
    var isText: Bool { words == HDF5Type.variableText.words }

    /// The length of an element in the file.
    var bytes: Int? {
        switch self {
        case .integer(let bytes, _), .float(let bytes), .text(let bytes): bytes
        case .variableText: 16
        case .other: nil
        }
    }
}

/// The shape of a dataset: `01 rank(1) flags(1) . (5) sizes(8 each)` or `02 rank(1) flags(1) class(1) sizes`.
struct HDF5Space {
    /// The sizes; empty for a single value.
    let dimensions: [Int]

    /// Reads a dataspace message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        let version = try cursor.byte()
        let rank = Int(try cursor.byte())
        guard version == 1 || version == 2, rank <= 8 else {
            throw ContainerDamage("its shape has more than 8 dimensions")
        }
        try cursor.skip(version == 1 ? 6 : 2)
        var sizes: [Int] = []
        for _ in 0..<rank { sizes.append(try cursor.count(8)) }
        dimensions = sizes
    }
}

/// Where the data of a dataset is: version 3 or 4 of the layout message.
///
/// ```
/// compact     v(1) 00 size(2) data
/// contiguous  v(1) 01 address(8) size(8)
/// chunked     03 02 n(1) tree(8) sizes(4 each)                          n = rank + 1; the last size is the element's
///             04 02 flags(1) n(1) width(1) sizes(width each) 01 [bytes(8) filter mask(4)] address(8)
/// ```
enum HDF5Layout {
    case compact(ArraySlice<UInt8>)
    case contiguous(address: Int?, bytes: Int)
    case chunkTree(address: Int?, sizes: [Int])
    case oneChunk(address: Int?, sizes: [Int], bytes: Int?, mask: UInt64)

    /// Reads a layout message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        let version = try cursor.byte()
        guard version == 3 || version == 4 else {
            throw ContainerDamage("its layout has version \(version), expected 3 or 4")
        }
        switch try cursor.byte() {
        case 0: self = .compact(try cursor.take(try cursor.count(2)))
        case 1: self = .contiguous(address: try cursor.address(), bytes: try cursor.count(8))
        case 2 where version == 3:
            let count = Int(try cursor.byte())
            let tree = try cursor.address()
            self = .chunkTree(address: tree, sizes: try HDF5Layout.sizes(&cursor, count: count, width: 4))
        case 2: self = try HDF5Layout.oneChunk(&cursor)
        default: throw ContainerDamage("its data is in other files or laid out in an unknown way")
        }
    }

    private static func oneChunk(_ cursor: inout HDF5Cursor) throws(ContainerDamage) -> HDF5Layout {
        let flags = try cursor.byte()
        let count = Int(try cursor.byte())
        let width = Int(try cursor.byte())
        guard (1...8).contains(width) else { throw ContainerDamage("its chunks have sizes of \(width) bytes") }
        let sizes = try sizes(&cursor, count: count, width: width)
        guard try cursor.byte() == 1 else {
            throw ContainerDamage("its chunks are indexed in a way that is not supported")
        }
        let isFiltered = flags & 2 != 0
        let bytes = isFiltered ? try cursor.count(8) : nil
        let mask = isFiltered ? try cursor.number(4) : 0
        return .oneChunk(address: try cursor.address(), sizes: sizes, bytes: bytes, mask: mask)
    }

    private static func sizes(_ cursor: inout HDF5Cursor, count: Int, width: Int) throws(ContainerDamage) -> [Int] {
        guard (2...9).contains(count) else { throw ContainerDamage("its chunks have \(count) dimensions") }
        var sizes: [Int] = []
        for _ in 0..<count { sizes.append(try cursor.count(width)) }
        guard sizes.allSatisfy({ $0 > 0 }) else { throw ContainerDamage("its chunks are empty") }
        return sizes
    }
}
