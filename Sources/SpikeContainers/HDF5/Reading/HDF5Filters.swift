/// A filter that data can have gone through, and its number in the HDF Group's registry.
enum HDF5Filter: UInt64 {
    case gzip = 1
    case shuffle = 2
    case fletcher32 = 3
    case lzf = 32_000
    case blosc = 32_001
    case lz4 = 32_004
    case zstandard = 32_015
    /// Prophesee's, which is not registered.
    case eventCompression = 0x8ECF
}

/// The filters that chunks went through, in the order of writing.
///
/// ```
/// 01 count(1) . (6) | id(2) name length(2) flags(2) values(2) name(8-aligned) value(4 each, an even number)
/// 02 count(1)       | id(2) [name length(2) if id >= 256] flags(2) values(2) [name] value(4 each)
/// ```
struct HDF5Filters {
    /// The filters.
    private(set) var all: [HDF5Filter] = []

    /// No filters.
    init() {}

    /// Reads a filter pipeline message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        let version = try cursor.byte()
        let count = try cursor.byte()
        guard version == 1 || version == 2 else { throw ContainerDamage("its filters have version \(version)") }
        guard count <= 32 else { throw ContainerDamage("it went through \(count) filters, expected at most 32") }
        if version == 1 { try cursor.skip(6) }
        for _ in 0..<count {
            let id = try cursor.number(2)
            let hasName = version == 1 || id >= 256
            let nameBytes = hasName ? try cursor.count(2) : 0
            try cursor.skip(2)
            let values = try cursor.count(2)
            let isPadded = version == 1
            let name = try cursor.take(isPadded ? (nameBytes + 7) / 8 * 8 : nameBytes)
            try cursor.skip(4 * (isPadded ? (values + 1) / 2 * 2 : values))
            guard let filter = HDF5Filter(rawValue: id) else { throw HDF5Filters.unknown(id, name) }
            all.append(filter)
        }
    }

    /// The refusal of a filter: by the name that is known for it, or the one in the file.
    private static func unknown(_ id: UInt64, _ name: ArraySlice<UInt8>) -> ContainerDamage {
        let names: [UInt64: String] = [
            4: "szip", 5: "nbit", 6: "scale-offset", 307: "bzip2", 32_003: "snappy", 32_008: "bitshuffle",
            32_013: "ZFP", 32_026: "Blosc 2",
        ]
        let stored = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self).filter { $0.isASCII && !$0.isNewline }
        let known = names[id] ?? String(stored.prefix(40))
        return ContainerDamage(
            "its data went through filter \(id)\(known.isEmpty ? "" : " (\(known))"), expected gzip, shuffle, fletcher32, "
                + "LZF, Blosc, LZ4, Zstandard or ECF")
    }
}
