import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("Sums of what was active together") struct CoactivationSumsTests {
    /// Rows of correlated deviations in Q12.
    private static func rows(_ count: Int, channels: Int, offset: Double, seed: UInt64) -> [[Int32]] {
        var dice = Dice(state: seed)
        return (0..<count).map { _ in
            let common = dice.normal()
            return (0..<channels).map { Int32(4_096 * (offset + common * Double($0) / 4 + dice.normal())) }
        }
    }

    /// The covariance of `rows` in squared counts, from its definition.
    private static func covariance(_ rows: [[Int32]]) -> [Double] {
        let size = rows[0].count
        let values = rows.map { $0.map { Double($0) / 4_096 } }
        let mean = (0..<size).map { index in values.reduce(0) { $0 + $1[index] } / Double(rows.count) }
        return (0..<size * size).map { index in
            let (i, j) = (index / size, index % size)
            return values.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / Double(rows.count)
        }
    }

    private static func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

    @Test("give the covariance of plain floating point, also far from the centre", arguments: [0, 3, 200.0])
    func covariance(offset: Double) {
        let rows = Self.rows(3_000, channels: 7, offset: offset, seed: 5)
        var sums = CoactivationSums(channels: 7, most: 1 << 20)
        for row in rows { sums.add(row) }
        #expect(sums.count == 3_000)
        let expected = Self.covariance(rows)
        #expect(Self.distance(sums.covariance, expected) < 1e-6, "\(Self.distance(sums.covariance, expected))")
        #expect(expected[48] > 3)
    }

    @Test("moving the centre to the mean keeps the covariance, and new deviations count from there")
    func recentre() {
        let rows = Self.rows(2_000, channels: 5, offset: 40, seed: 6)
        var sums = CoactivationSums(channels: 5, most: 1 << 20)
        for row in rows { sums.add(row) }
        let before = sums.covariance
        let mean = sums.mean
        sums.recentre()
        #expect(sums.first == [0, 0, 0, 0, 0] && sums.centre == mean)
        #expect(Self.distance(sums.covariance, before) < 1e-5, "\(Self.distance(sums.covariance, before))")
        let more = Self.rows(1_000, channels: 5, offset: 42, seed: 7)
        for row in more { sums.add(zip(row, sums.centre).map { $0 - $1 }) }
        let expected = Self.covariance(rows + more)
        #expect(Self.distance(sums.covariance, expected) < 0.001, "\(Self.distance(sums.covariance, expected))")
        #expect(Self.distance(before, expected) > 0.3)
    }

    @Test("deviations may have been taken from somewhere else than the centre")
    func start() {
        let rows = Self.rows(1_000, channels: 3, offset: 2, seed: 8)
        var sums = CoactivationSums(channels: 3, most: 1 << 20)
        for row in rows { sums.add(row) }
        let mean = sums.mean
        sums.recentre(from: [100, 200, 300])
        #expect(sums.centre == [mean[0] + 100, mean[1] + 200, mean[2] + 300])
    }

    @Test("what is old counts ever less, in bounded numbers")
    func halving() {
        var sums = CoactivationSums(channels: 3, most: 512)
        let (old, new) = (Self.rows(4_000, channels: 3, offset: 0, seed: 9), [Int32](repeating: 4_096, count: 3))
        for row in old {
            sums.add(row)
            #expect(sums.count < 512)
        }
        let before = sums.covariance
        sums.halve()
        #expect(Self.distance(sums.covariance, before) < 0.05)
        #expect(sums.count < 256)
        for _ in 0..<4_000 { sums.add(new) }
        // Only the last few hundred ticks count, and they were all alike.
        #expect(sums.mean.allSatisfy { abs($0 - 4_096) < 64 })
        #expect(sums.covariance[0] < 0.02)
        #expect(CoactivationSums(channels: 1, most: .max).most == 1 << 21)
    }

    @Test("the largest deviations for the longest time do not overflow")
    func largest() {
        var sums = CoactivationSums(channels: 2, most: 1 << 21)
        for tick in 0..<(1 << 21) + 5 { sums.add(tick & 1 == 0 ? [1 << 20, -1 << 20] : [1 << 20, 1 << 20]) }
        #expect(abs(sums.covariance[3] - 65_536) < 1 && abs(sums.covariance[0]) < 1)
        sums.recentre()
        #expect(abs(sums.covariance[3] - 65_536) < 1 && abs(sums.covariance[0]) < 1)
    }
}
