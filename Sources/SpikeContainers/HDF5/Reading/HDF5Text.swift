extension HDF5Dataset {
    /// The one text that the dataset holds, of fixed or variable length.
    func text(limit: Int) throws(ContainerDamage) -> String {
        let bytes = try bytes()
        return try HDF5Text.text(bytes, type, in: file, limit: limit)
    }
}

/// Texts in datasets and attributes.
enum HDF5Text {
    /// The text that an element stands for.
    static func text(
        _ element: ArraySlice<UInt8>, _ type: HDF5Type, in file: HDF5File, limit: Int
    ) throws(ContainerDamage) -> String {
        let bytes = type == .variableText ? try variable(element, in: file, limit: limit) : element
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A text of variable length: `length(4) heap(8) index(4)`, and in the heap
    /// `"GCOL" 01 . . . size(8) | index(2) references(2) . (4) size(8) data, 8-aligned, ...`.
    private static func variable(
        _ element: ArraySlice<UInt8>, in file: HDF5File, limit: Int
    ) throws(ContainerDamage) -> ArraySlice<UInt8> {
        var reference = HDF5Cursor(element)
        let length = try reference.count(4)
        guard let address = try reference.address() else { throw ContainerDamage("its text is missing") }
        let index = try reference.count(4)
        var heap = try file.cursor(at: address, count: 16)
        try heap.expect("GCOL")
        try heap.skip(4)
        let size = try heap.count(8)
        guard size >= 16, length <= limit else { throw ContainerDamage("its text is too long or missing") }
        heap = try file.cursor(at: address + 16, atMost: min(size - 16, HDF5File.maximumStructureBytes))
        while heap.left >= 16 {
            let found = try heap.count(2)
            try heap.skip(6)
            let bytes = try heap.count(8)
            if found == 0 { break }
            let data = try heap.take(bytes)
            if found == index { return data.prefix(length) }
            try heap.skip(min((8 - bytes % 8) % 8, heap.left))
        }
        throw ContainerDamage("its text is missing")
    }
}
