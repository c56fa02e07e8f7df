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
