import SpikeSignals

/// A column of numbers: a dataset of numbers, or a field of a dataset of records.
///
/// ```swift
/// let rows = try HDF5Rows("t", in: events)
/// let times = try HDF5Column<Int64>(rows)
/// var values = [Int64](repeating: 0, count: 4_096)
/// var row = 0
/// while row < rows.count {
///     let count = min(try times.available(from: row), values.count)
///     try times.read(from: row, count: count, into: &values)
///     row += count
/// }
/// ```
/// A whole number that `Element` cannot hold becomes the nearest that it can.
package struct HDF5Column<Element: HDF5Number> {
    /// The rows.
    package let rows: HDF5Rows

    private let offset: Int
    private let stored: HDF5Type

    /// The numbers in `rows`, or in the field `field` of them.
    ///
    /// - Throws: if these are no numbers, or floating-point numbers where `Element` is whole.
    package init(_ rows: HDF5Rows, field: String? = nil) throws(SpikelineError) {
        self.rows = rows
        let path = rows.path + (field.map { "." + $0 } ?? "")
        switch (rows.type, field) {
        case (.record(_, let fields), let name?):
            guard let found = fields.first(where: { $0.name == name }) else {
                throw rows.failure("\"\(path)\" is missing")
            }
            (offset, stored) = (found.offset, found.type)
        case (let type, nil): (offset, stored) = (0, type)
        case (let type, _?):
            throw rows.failure("\"\(rows.path)\" holds \(type.words), expected records")
        }
        guard Element.isReadable(from: stored) else {
            throw rows.failure("\"\(path)\" holds \(stored.words), expected \(Element.words)")
        }
    }

    /// How many rows from `row` on, which is below the count, can be read at once; unpacks them.
    package func available(from row: Int) throws(SpikelineError) -> Int {
        try rows.load(row)
        return rows.loaded.upperBound - row
    }

    /// Reads `count` numbers from `row` on to the start of `values`; they must be ``available(from:)`` and fit in there.
    package func read(from row: Int, count: Int, into values: inout [Element]) throws(SpikelineError) {
        try rows.load(row)
        precondition(count >= 0 && count <= rows.loaded.upperBound - row && count <= values.count)
        let data = rows.data
        let start = (row - rows.loaded.lowerBound) * rows.rowBytes + offset
        var target = values.mutableSpan
        unsafe Element.convert(stored, data.span.bytes, from: start, step: rows.rowBytes, count: count, into: &target)
    }
}
