import SpikeSignals

/// Reads the rows of a dataset of one dimension piece by piece, a chunk at a time.
///
/// ```
/// rows     0            65,536         131,072
/// chunks   ├──────────────┼───────────────┼── ...
///                         └ ``loaded``: the rows that are unpacked at the moment
/// ```
/// Memory holds one chunk as it is in the file and unpacked; of contiguous data as many rows as make 256 KiB.
/// ``HDF5Column`` gives the numbers in them; columns of one dataset of records share its rows.
package final class HDF5Rows {
    /// How many rows there are.
    package let count: Int
    /// The type of the elements.
    package let type: HDF5Type
    /// The way to the dataset, for messages.
    package let path: String
    /// The rows that are unpacked at the moment.
    package private(set) var loaded = 0..<0
    /// Where the chunk that was asked for last begins in the file; 0 if that is not known.
    package private(set) var place: Int64 = 0

    /// The length of a row.
    let rowBytes: Int

    private let file: HDF5File
    private let stretchRows: Int
    private let unpacker: HDF5Unpacker
    private var storage: HDF5RowStorage

    /// The rows of the child `name` of `group`.
    ///
    /// - Throws: if it is no dataset of one dimension, or its data is stored in a way that is not supported.
    package init(_ name: String, in group: HDF5Group) throws(SpikelineError) {
        let set = try group.dataset(name)
        let path = group.path(of: name)
        guard set.dimensions.count == 1, let count = set.dimensions.first else {
            throw set.file.failure(path, "has shape \(shapeText(set.dimensions)), expected one dimension")
        }
        let (bytes, made) = try set.file.reading(path) { () throws(ContainerDamage) in
            let bytes = try set.elementBytes()
            return (bytes, try HDF5RowStorage.make(of: set, rows: count, rowBytes: bytes))
        }
        (self.count, self.path, type, file, rowBytes) = (count, path, set.type, set.file, bytes)
        (storage, stretchRows) = (made.storage, made.stretchRows)
        unpacker = HDF5Unpacker(filters: set.filters, elementBytes: bytes, chunkBytes: stretchRows * bytes)
    }

    /// The rows that are unpacked together with `row`.
    package func stretch(of row: Int) -> Range<Int> {
        let start = row / stretchRows * stretchRows
        return start..<min(start + stretchRows, count)
    }

    /// Unpacks the rows of ``stretch(of:)``, if they are not unpacked yet; `row` is below ``count``.
    package func load(_ row: Int) throws(SpikelineError) {
        guard !loaded.contains(row) else { return }
        precondition(row >= 0 && row < count, "the dataset has no such row")
        loaded = 0..<0
        let wanted = stretch(of: row)
        try file.reading(path) { () throws(ContainerDamage) in try unpack(wanted) }
        loaded = wanted
    }

    /// An error in the file that the rows are in.
    func failure(_ what: String) -> SpikelineError { SpikelineError(what, at: file.name) }

    /// The bytes of the rows of ``loaded``.
    var data: [UInt8] { unpacker.data }

    private func unpack(_ rows: Range<Int>) throws(ContainerDamage) {
        place = 0
        let needed = rows.count * rowBytes
        let number = rows.lowerBound / stretchRows
        switch storage {
        case .compact(let bytes): unpacker.load(bytes.dropFirst(rows.lowerBound * rowBytes).prefix(needed))
        case .contiguous(let address):
            let start = try file.place(of: address)
            place = Int64(start + rows.lowerBound * rowBytes)
            try unpacker.load(at: start + rows.lowerBound * rowBytes, count: needed, from: file.source)
        case .chunked(var index, let leavesEdgesUnfiltered):
            let chunk = try index.chunk(number)
            storage = .chunked(index, leavesEdgesUnfiltered)
            guard let chunk else {
                throw ContainerDamage("rows \(rows.lowerBound) to \(rows.upperBound - 1) were never written")
            }
            place = Int64(clamping: chunk.address)
            let isPlain = leavesEdgesUnfiltered && rows.count < stretchRows
            try unpacker.load(chunk, from: file, needed: needed, isFiltered: !isPlain)
        }
    }
}
