import SpikeSignals
import SpikeTestSupport

@testable import SpikeContainers

/// The files of `Scripts/make-hdf5-fixtures`.
enum Fixtures {
    static let rows = 700

    static func path(_ name: String) -> String {
        SharedData.packageRoot + "/Tests/SpikeContainersTests/Fixtures/" + name
    }

    static func open(_ name: String) throws(SpikelineError) -> HDF5Group {
        try HDF5File(ByteSource(path: path(name)), name: name).root()
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let source = try ByteSource(path: path(name))
        return Array(try source.bytes(at: 0, count: source.count))
    }

    /// What row `row` of a dataset holds, before it is stored.
    static func value(_ what: Substring, _ row: Int) -> UInt64 {
        let i = UInt64(row)
        switch what {
        case "truth": return i &* i % 7 < 3 ? 1 : 0
        case "smooth": return 17 &* i &+ i &* i &* 7_919 % 13
        default: return ((i &+ 1) &* 0x9E37_79B9_7F4A_7C15) >> 3
        }
    }

    /// What row `row` of a dataset of that type holds.
    static func stored(_ what: Substring, _ type: Substring, _ row: Int) -> Int64 {
        let value = value(what, row)
        switch type {
        case "i1": return Int64(Int8(truncatingIfNeeded: value))
        case "u1", "b1": return Int64(UInt8(truncatingIfNeeded: value))
        case "i2": return Int64(Int16(truncatingIfNeeded: value))
        case "u2": return Int64(UInt16(truncatingIfNeeded: value))
        case "i4": return Int64(Int32(truncatingIfNeeded: value))
        case "u4": return Int64(UInt32(truncatingIfNeeded: value))
        case "i8": return Int64(bitPattern: value)
        default: return Int64(clamping: value)
        }
    }

    /// All numbers of a column, read in pieces.
    static func all<Element: HDF5Number>(
        _ column: HDF5Column<Element>, zero: Element, piece: Int = 97
    ) throws(SpikelineError) -> [Element] {
        var (result, values): ([Element], [Element]) = ([], [Element](repeating: zero, count: piece))
        var row = 0
        while row < column.rows.count {
            let count = min(try column.available(from: row), piece)
            try column.read(from: row, count: count, into: &values)
            result += values.prefix(count)
            row += count
        }
        return result
    }
}
