/// An array in an ``HDF5Image``: what it holds, in which shape, and where.
struct HDF5Dataset {
    /// The type of the elements.
    let type: HDF5Type
    /// The shape; empty for a single value.
    let dimensions: [Int]

    private let layout: HDF5Layout
    private let filters: HDF5Filters
    private let image: HDF5Image

    /// Data and chunks of more than this are refused.
    private static let maximumBytes = 1 << 30

    /// Reads the header at `address`, no data.
    init(at address: Int, in image: HDF5Image) throws(ContainerDamage) {
        let header = try HDF5Header(at: address, in: image)
        guard let type = header.body(.datatype), let space = header.body(.dataspace), let layout = header.body(.layout)
        else { throw ContainerDamage("it is not a dataset") }
        guard header.body(.externalFiles) == nil else { throw ContainerDamage("its data is in other files") }
        self.type = try HDF5Type(type)
        self.layout = try HDF5Layout(layout)
        dimensions = try HDF5Space(space).dimensions
        filters =
            try header.body(.filters).map { (body) throws(ContainerDamage) in try HDF5Filters(body) } ?? HDF5Filters()
        self.image = image
    }

    /// The data in row-major order.
    func bytes() throws(ContainerDamage) -> ArraySlice<UInt8> {
        let size = try elementBytes()
        let total = try HDF5Dataset.product(dimensions, size)
        switch layout {
        case .compact(let data): return try HDF5Dataset.exactly(data, total)
        case .contiguous(let address?, let count):
            var cursor = try image.cursor(at: address, count: count)
            return try HDF5Dataset.exactly(cursor.take(count), total)
        case .oneChunk(let address?, let sizes, let count, let mask):
            let chunkBytes = try checkedChunk(sizes, total: total)
            var cursor = try image.cursor(at: address)
            let raw = try cursor.take(count ?? chunkBytes)
            let data = try filters.undo(raw, mask: mask, elementBytes: size, count: chunkBytes)
            guard sizes.dropLast() == dimensions[...] else {
                throw ContainerDamage("its chunk does not have its shape")
            }
            return data
        case .chunkTree(let address?, let sizes): return try treeBytes(address, sizes, total: total)[...]
        default: throw ContainerDamage("it has no data")
        }
    }

    /// The one text of a dataset of texts of variable length: `length(4) heap(8) index(4)`, and in the heap
    /// `"GCOL" 01 . . . size(8) | index(2) references(2) . (4) size(8) data, 8-aligned, ...`.
    func variableText(limit: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        var reference = HDF5Cursor(try bytes())
        let length = try reference.count(4)
        guard let address = try reference.address() else { throw ContainerDamage("its text is missing") }
        let index = try reference.count(4)
        var heap = try image.cursor(at: address)
        try heap.expect("GCOL")
        try heap.skip(4)
        let size = try heap.count(8)
        guard size >= 16, length <= limit else { throw ContainerDamage("its text is too long or missing") }
        heap = HDF5Cursor(try heap.take(min(size - 16, heap.left)))
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

    private func elementBytes() throws(ContainerDamage) -> Int {
        guard let size = type.bytes, size > 0 else { throw ContainerDamage("its type is not supported") }
        return size
    }

    private static func product(_ sizes: some Sequence<Int>, _ element: Int) throws(ContainerDamage) -> Int {
        var total = element
        for size in sizes {
            let (product, overflow) = total.multipliedReportingOverflow(by: size)
            guard !overflow, product <= maximumBytes else {
                throw ContainerDamage("it has more than \(maximumBytes) bytes")
            }
            total = product
        }
        return total
    }

    private static func exactly(_ data: ArraySlice<UInt8>, _ count: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        guard data.count == count else { throw ContainerDamage("it has \(data.count) bytes, expected \(count)") }
        return data
    }

    /// The bytes of a chunk, which may be larger than the array only by little.
    private func checkedChunk(_ sizes: [Int], total: Int) throws(ContainerDamage) -> Int {
        let size = try elementBytes()
        guard sizes.count == dimensions.count + 1, sizes.last == size else {
            throw ContainerDamage("its chunks do not fit its shape")
        }
        let bytes = try HDF5Dataset.product(sizes.dropLast(), size)
        guard bytes <= 2 * total + (1 << 16) else { throw ContainerDamage("its chunks are larger than its shape") }
        return bytes
    }

    private func treeBytes(_ tree: Int, _ sizes: [Int], total: Int) throws(ContainerDamage) -> [UInt8] {
        let size = try elementBytes()
        let chunkBytes = try checkedChunk(sizes, total: total)
        var result = [UInt8](repeating: 0, count: total)
        var work = 0
        let walk = HDF5Tree(image: image, type: 1, keyBytes: 8 + 8 * sizes.count)
        try walk.visit(tree) { (key, address) throws(ContainerDamage) in
            work += chunkBytes
            guard work <= 8 * total + (1 << 20) else { throw ContainerDamage("it has more chunks than its shape") }
            var key = key
            let count = try key.count(4)
            let mask = try key.number(4)
            var origin: [Int] = []
            for _ in dimensions { origin.append(try key.count(8)) }
            var raw = try image.cursor(at: address, count: count)
            let data = try filters.undo(raw.take(count), mask: mask, elementBytes: size, count: chunkBytes)
            place(data, at: origin, sizes: sizes, element: size, into: &result)
        }
        return result
    }

    /// Copies the part of a chunk that lies inside the array, row by row.
    private func place(
        _ data: ArraySlice<UInt8>, at origin: [Int], sizes: [Int], element: Int, into result: inout [UInt8]
    ) {
        guard let width = dimensions.last, let chunkWidth = sizes.dropLast().last, let left = origin.last else {
            return
        }
        let columns = min(chunkWidth, width - left)
        guard columns > 0 else { return }
        for row in 0..<(data.count / (chunkWidth * element)) {
            var (rest, line, stride, isInside) = (row, 0, 1, true)
            for axis in dimensions.indices.dropLast().reversed() {
                let position = origin[axis] + rest % sizes[axis]
                isInside = isInside && position < dimensions[axis]
                line += min(position, dimensions[axis]) * stride
                stride *= dimensions[axis]
                rest /= sizes[axis]
            }
            guard isInside else { continue }
            let source = data.startIndex + row * chunkWidth * element
            let target = (line * width + left) * element
            result.replaceSubrange(
                target..<(target + columns * element), with: data[source..<(source + columns * element)])
        }
    }
}
