import SpikeContainers
import SpikeSignals

/// The four columns of a recording, and a piece of them as numbers.
struct HDF5EventColumns {
    /// How many events there are: as many as the shortest column has rows.
    let count: Int
    /// What is strange about the columns, if anything is.
    let complaint: String?

    private let time: Time
    private let x: HDF5Column<Int32>
    private let y: HDF5Column<Int32>
    private let polarity: HDF5Column<Int32>
    /// The rows of each column; of records, the same four times.
    private let rows: [HDF5Rows]

    /// The numbers of a piece: times in microseconds, columns, rows and polarities.
    private(set) var times = [Int64](repeating: 0, count: HDF5EventColumns.pieceRows)
    private(set) var xs = [Int32](repeating: 0, count: HDF5EventColumns.pieceRows)
    private(set) var ys = [Int32](repeating: 0, count: HDF5EventColumns.pieceRows)
    private(set) var polarities = [Int32](repeating: 0, count: HDF5EventColumns.pieceRows)
    private var seconds: [Double] = []

    /// The most events of a piece; its numbers stay in the second-level cache.
    static let pieceRows = 4_096

    private enum Time {
        case microseconds(HDF5Column<Int64>)
        case seconds(HDF5Column<Double>)

        init(_ rows: HDF5Rows, _ field: String?) throws(SpikelineError) {
            if let column = try? HDF5Column<Double>(rows, field: field) {
                self = .seconds(column)
            } else {
                self = .microseconds(try HDF5Column(rows, field: field))
            }
        }
    }

    /// The datasets `names` of `group`: time, column, row, polarity.
    init(_ names: [String], in group: HDF5Group) throws(SpikelineError) {
        var rows: [HDF5Rows] = []
        for name in names { rows.append(try HDF5Rows(name, in: group)) }
        try self.init(rows, fields: [nil, nil, nil, nil])
    }

    /// The fields `names` of records.
    init(_ names: [String], fieldsOf rows: HDF5Rows) throws(SpikelineError) {
        try self.init([rows, rows, rows, rows], fields: names)
    }

    private init(_ rows: [HDF5Rows], fields: [String?]) throws(SpikelineError) {
        self.rows = rows
        time = try Time(rows[0], fields[0])
        x = try HDF5Column(rows[1], field: fields[1])
        y = try HDF5Column(rows[2], field: fields[2])
        polarity = try HDF5Column(rows[3], field: fields[3])
        let counts = rows.map(\.count)
        count = counts.min() ?? 0
        let lengths = rows.map { "\"\($0.path)\" has \($0.count.grouped)" }.joined(separator: ", ")
        complaint = Set(counts).count > 1 ? "expected columns of one length, found that \(lengths)" : nil
        if case .seconds = time { seconds = [Double](repeating: 0, count: HDF5EventColumns.pieceRows) }
    }

    /// Why a piece could not be read, where in the file that is, and the row at which reading can go on.
    struct Failure: Error {
        let what: String
        let place: Int64
        let next: Int
    }

    /// Reads the events from `row` on, at most `most` and ``pieceRows`` of them; returns how many.
    mutating func read(from row: Int, most: Int) throws(Failure) -> Int {
        var count = min(most, HDF5EventColumns.pieceRows, self.count - row)
        for rows in rows {
            do throws(SpikelineError) { try rows.load(row) } catch {
                throw Failure(what: error.what, place: rows.place, next: rows.stretch(of: row).upperBound)
            }
            count = min(count, rows.loaded.upperBound - row)
        }
        do throws(SpikelineError) {
            try x.read(from: row, count: count, into: &xs)
            try y.read(from: row, count: count, into: &ys)
            try polarity.read(from: row, count: count, into: &polarities)
            switch time {
            case .microseconds(let column): try column.read(from: row, count: count, into: &times)
            case .seconds(let column):
                try column.read(from: row, count: count, into: &seconds)
                for place in 0..<count { times[place] = HDF5EventColumns.microseconds(seconds[place]) }
            }
        } catch { throw Failure(what: error.what, place: 0, next: row + count) }
        return count
    }

    /// The nearest microsecond; what is none, or beyond all times, becomes a time that no sensor has.
    private static func microseconds(_ seconds: Double) -> Int64 {
        Int64(exactly: (seconds * 1e6).rounded()) ?? .max
    }
}
