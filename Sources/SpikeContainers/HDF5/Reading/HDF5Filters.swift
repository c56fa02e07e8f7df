/// The filters that chunks went through, in the order of writing.
///
/// ```
/// 01 count(1) . (6) | id(2) name length(2) flags(2) values(2) name(8-aligned) value(4 each, an even number)
/// 02 count(1)       | id(2) [name length(2) if id >= 256] flags(2) values(2) [name] value(4 each)
/// ```
struct HDF5Filters {
    private enum Filter: UInt64 {
        case gzip = 1
        case shuffle = 2
    }

    private var filters: [Filter] = []

    /// No filters.
    init() {}

    /// Reads a filter pipeline message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        let version = try cursor.byte()
        let count = try cursor.byte()
        guard version == 1 || version == 2 else { throw ContainerDamage("its filters have version \(version)") }
        if version == 1 { try cursor.skip(6) }
        for _ in 0..<count {
            let id = try cursor.number(2)
            guard let filter = Filter(rawValue: id) else {
                throw ContainerDamage("its data went through filter \(id), expected gzip or shuffle only")
            }
            let nameBytes = version == 1 ? try cursor.count(2) : 0
            try cursor.skip(2)
            let values = try cursor.count(2)
            try cursor.skip((nameBytes + 7) / 8 * 8 + 4 * (version == 1 ? (values + 1) / 2 * 2 : values))
            filters.append(filter)
        }
    }

    /// Undoes the filters whose bit in `mask` is clear; the result must have `count` bytes.
    func undo(_ data: ArraySlice<UInt8>, mask: UInt64, elementBytes: Int, count: Int) throws(ContainerDamage)
        -> ArraySlice<
            UInt8
        >
    {
        var data = data
        for (place, filter) in filters.enumerated().reversed() where place >= 32 || mask >> UInt64(place) & 1 == 0 {
            switch filter {
            case .gzip: data = try Inflate.zlib(data, limit: count)[...]
            case .shuffle: data = HDF5Filters.unshuffled(data, elementBytes: elementBytes)[...]
            }
        }
        guard data.count == count else { throw ContainerDamage("a chunk has \(data.count) bytes, expected \(count)") }
        return data
    }

    /// The first bytes of all elements, then all second bytes ... put back in order; a rest stays at the end.
    private static func unshuffled(_ data: ArraySlice<UInt8>, elementBytes: Int) -> [UInt8] {
        var result = Array(data)
        guard elementBytes > 1 else { return result }
        let elements = data.count / elementBytes
        for byte in 0..<elementBytes {
            for element in 0..<elements {
                result[element * elementBytes + byte] = data[data.startIndex + byte * elements + element]
            }
        }
        return result
    }
}
