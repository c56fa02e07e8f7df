import SpikeTestSupport
import Testing

@testable import SpikeSimulation

/// What advances eight membranes at a time against what advances one.
@Suite("Membranes eight at a time") struct WideCellTests {
    private static let populations = [
        (10.0, -70.0, -55.0, -75.0), (0.05, -70, -69.9, -70), (5_000, 0, 1, -100), (1e7, 0, 1, -100),
    ].map {
        CellPopulation(name: "cells", count: 1, tauMs: $0.0, restMv: $0.1, thresholdMv: $0.2, resetMv: $0.3)
    }

    /// Compares the two for potentials of each count that leaves another rest.
    private func compare<Cells: CellArithmetic>(
        _ cells: Cells, _ draw: (inout SystemRandomNumberGenerator) -> Cells.Value
    ) where Cells.Value: Equatable {
        var generator = SystemRandomNumberGenerator()
        for count in 0...41 {
            let before = (0..<count).map { _ in draw(&generator) }
            let after = before.map { cells.advance($0) }
            var wide = before
            var fired = [UInt32](repeating: .max, count: count + 1)
            let found = unsafe wide.withUnsafeMutableBufferPointer { wide in
                unsafe fired.withUnsafeMutableBufferPointer { fired in
                    guard let fired = fired.baseAddress, let wide = wide.baseAddress else { return 0 }
                    return unsafe cells.advance(wide, count: count, fired: fired)
                }
            }
            #expect(wide == after)
            #expect(fired.prefix(found).map { Int($0) } == after.indices.filter { cells.isAbove(after[$0]) })
            #expect(fired.dropFirst(found).allSatisfy { $0 == .max })
        }
    }

    @Test("floating point", arguments: populations) func float(population: CellPopulation) {
        let cells = FloatCells(population, stepMs: 0.1)
        for _ in 0..<50 {
            compare(cells) { .random(in: -40...40, using: &$0) }
            compare(cells) { _ in cells.threshold }
        }
    }

    @Test("whole numbers, over the whole range that a potential may have", arguments: populations)
    func integer(population: CellPopulation) {
        let cells = IntegerCells(population, stepMs: 0.1)
        let most: Int32 = 1 << 29
        for _ in 0..<50 {
            compare(cells) { .random(in: -most...most, using: &$0) }
            compare(cells) { .random(in: -2_000_000...2_000_000, using: &$0) }
            compare(cells) {
                [-most, most, 1 - most, most - 1, 0, -1, 1, cells.threshold, 32_767, -32_768].randomElement(using: &$0)
                    ?? 0
            }
        }
    }

    @Test("what is held stays held, whatever arrives and however long it decays")
    func held() {
        let most: Int32 = 1 << 29
        for (a, b) in [(most, most), (most, 1), (-most, -most), (-most, -1)] as [(Int32, Int32)] {
            #expect(abs(IntegerCells.sum(a, b)) == most)
        }
        #expect(IntegerCells.sum(most, -most) == 0 && IntegerCells.sum(-7, 9) == 2)
        for population in Self.populations {
            let cells = IntegerCells(population, stepMs: 0.1)
            for value in [most, -most] { #expect(abs(cells.advance(value)) <= most) }
        }
    }
}
