import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeContainers

/// Random damage to files of all kinds: reading ends with numbers or a message, never with a trap, and soon.
@Suite struct HDF5MutationTests {
    /// How often; `SPIKELINE_FUZZ` multiplies it.
    static let rounds = 20_000 * Environment.fuzz

    /// Reads all columns of all datasets of a group and of the groups in it; returns how many could not be read.
    static func readAll(_ group: HDF5Group, depth: Int = 0) -> Int {
        var failures = 0
        _ = group.attributes
        var values = [Int64](repeating: 0, count: 256)
        var reals = [Double](repeating: 0, count: 256)
        for name in group.childNames.prefix(40) {
            do throws(SpikelineError) {
                let rows = try HDF5Rows(name, in: group)
                var fields: [String?] = [nil]
                if case .record(_, let all) = rows.type { fields = all.map(\.name) }
                for field in fields {
                    var row = 0
                    var pieces = 0
                    let whole = try? HDF5Column<Int64>(rows, field: field)
                    let real = whole == nil ? try HDF5Column<Double>(rows, field: field) : nil
                    while row < rows.count, pieces < 20 {
                        try rows.load(row)
                        let count = min(rows.loaded.upperBound - row, 256)
                        try whole?.read(from: row, count: count, into: &values)
                        try real?.read(from: row, count: count, into: &reals)
                        row = rows.loaded.upperBound
                        pieces += 1
                    }
                }
            } catch {
                failures += 1
                if depth < 4, let child = try? group.child(name) { failures += readAll(child, depth: depth + 1) - 1 }
            }
        }
        return failures
    }

    private static func damage(_ bytes: inout [UInt8], _ dice: inout Dice) {
        for _ in 0..<dice.pick(1...6) {
            let index = dice.pick(0...(bytes.count - 1))
            switch dice.pick(0...4) {
            case 0: bytes[index] ^= 1 << UInt8(dice.pick(0...7))
            case 1: bytes[index] = UInt8(dice.pick(0...255))
            case 2: bytes[index] = 0xFF
            case 3:
                for place in index..<min(index + 8, bytes.count) { bytes[place] = UInt8(dice.pick(0...255)) }
            default:
                let from = dice.pick(0...(bytes.count - 1))
                for place in 0..<min(8, bytes.count - max(from, index)) { bytes[index + place] = bytes[from + place] }
            }
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["small.h5", "small_latest.h5", "ecf.h5", "records_latest.h5"])
    func damagedFilesNeverTrap(name: String) throws {
        let whole = try Fixtures.bytes(name)
        #expect(try HDF5MutationTests.readAll(HDF5File(bytes: whole, name: "m").root()) == 0)
        var dice = Dice(state: UInt64(name.utf8.count))
        var (refused, read) = (0, 0)
        for _ in 0..<HDF5MutationTests.rounds {
            var bytes = whole
            HDF5MutationTests.damage(&bytes, &dice)
            if dice.pick(0...9) == 0 { bytes.removeLast(dice.pick(0...(bytes.count - 1))) }
            guard let root = try? HDF5File(bytes: bytes, name: "m").root() else {
                refused += 1
                continue
            }
            if HDF5MutationTests.readAll(root) > 0 { refused += 1 } else { read += 1 }
        }
        #expect(refused > 0 && read > 0)
    }

    @Test(arguments: ["small.h5", "small_latest.h5", "ecf.h5"]) func filesCutAnywhereNeverTrap(name: String) throws {
        let whole = try Fixtures.bytes(name)
        for count in stride(from: 0, to: whole.count, by: 37) {
            let file = HDF5File(bytes: Array(whole.prefix(count)), name: "m")
            guard let root = try? file.root() else { continue }
            #expect(file.cut?.of == whole.count)
            _ = HDF5MutationTests.readAll(root)
        }
        #expect(HDF5File(bytes: whole, name: "m").cut == nil)
    }
}
