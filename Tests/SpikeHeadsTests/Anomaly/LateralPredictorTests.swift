import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The lateral predictor") struct LateralPredictorTests {
    /// Rows in Q12 that are mixtures of a few causes and own noise.
    private static func rows(_ count: Int, channels: Int, dice: inout Dice) -> [[Int32]] {
        let mix = (0..<channels).map { _ in (0..<3).map { _ in dice.normal() } }
        return (0..<count).map { _ in
            let causes = (0..<3).map { _ in dice.normal() }
            return (0..<channels).map { channel in
                let value = zip(mix[channel], causes).reduce(0.7 * dice.normal()) { $0 + $1.0 * $1.1 }
                return Int32((4_096 * value).rounded())
            }
        }
    }

    @Test("its score is the Mahalanobis distance of floating point", arguments: [2, 5, 16, 48])
    func score(channels: Int) {
        var dice = Dice(state: UInt64(channels))
        let rows = Self.rows(4_000, channels: channels, dice: &dice)
        var sums = CoactivationSums(channels: channels, most: 1 << 20)
        for row in rows { sums.add(row) }
        sums.recentre()
        var predictor = LateralPredictor(channels: channels)
        predictor.solve(sums, timeConstant: 4)

        let values = rows.map { $0.map { Double($0) / 4_096 } }
        let count = Double(rows.count)
        let mean = (0..<channels).map { index in values.reduce(0) { $0 + $1[index] } / count }
        let samples = count / 8
        let shrinkage = 2 * Double(channels) / (samples + 2 * Double(channels))
        var covariance = (0..<channels).map { i in
            (0..<channels).map { j in values.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / count }
        }
        let deviation = (0..<channels).map { (covariance[$0][$0] + 0.0025).squareRoot() }
        for i in 0..<channels {
            for j in 0..<channels {
                covariance[i][j] = covariance[i][j] / deviation[i] / deviation[j] * (1 - shrinkage)
                if i == j { covariance[i][j] += shrinkage }
            }
        }
        let inverse = FloatMahalanobis.inverse(of: covariance)
        var (worst, sum) = (0.0, 0.0)
        for row in rows.prefix(500) {
            // Three times as far out as normal, where rounding to Q8 is small.
            let z = (0..<channels).map { 3 * (Double(row[$0]) / 4_096 - mean[$0]) / deviation[$0] }
            var exact = 0.0
            for i in 0..<channels { for j in 0..<channels { exact += z[i] * inverse[i][j] * z[j] } }
            exact /= Double(channels)
            let found = predictor.score(
                (0..<channels).map { Int32((3 * (Double(row[$0]) - 4_096 * mean[$0])).rounded()) })
            worst = max(worst, abs(Double(found) / 4_096 - exact) / (exact + 1))
            sum += Double(found) / 4_096 / 9
        }
        #expect(worst < 0.08, "\(worst)")
        // Shrinkage aside, the mean of normal is 1.
        #expect((0.55...1.1).contains(sum / 500), "\(sum / 500)")
    }

    @Test("the mean score of ticks follows from their covariance", arguments: [2, 16, 48])
    func meanScore(channels: Int) {
        var dice = Dice(state: UInt64(100 + channels))
        let (learned, seen) = (
            Self.rows(3_000, channels: channels, dice: &dice), Self.rows(3_000, channels: channels, dice: &dice)
        )
        func sums(_ rows: [[Int32]]) -> CoactivationSums {
            var sums = CoactivationSums(channels: channels, most: 1 << 20)
            for row in rows { sums.add(row) }
            sums.recentre()
            return sums
        }
        var predictor = LateralPredictor(channels: channels)
        predictor.solve(sums(learned), timeConstant: 4)
        // Of other ticks than it has learned from; their mixture is another, too.
        let others = sums(seen)
        var mean = 0.0
        for row in seen {
            mean += Double(predictor.score(zip(row, others.centre).map { $0 - $1 })) / 4_096 / Double(seen.count)
        }
        let found = predictor.meanScore(others.covariance)
        #expect(abs(found - mean) < 0.03 * mean, "\(found) \(mean)")
    }

    @Test("weights are what the others say of a channel, with its sign")
    func weights() {
        // Channel 1 is channel 0; channel 2 is the opposite; channel 3 is on its own.
        var dice = Dice(state: 3)
        var sums = CoactivationSums(channels: 4, most: 1 << 20)
        for _ in 0..<4_000 {
            let (common, own) = (dice.normal(), dice.normal())
            let row = [common, common, -common, own].map { Int32(4_096 * ($0 + 0.3 * dice.normal())) }
            sums.add(row)
        }
        var predictor = LateralPredictor(channels: 4)
        predictor.solve(sums, timeConstant: 1)
        let unit = Double(1 << predictor.shift)
        let first = predictor.weights[0..<4].map { Double($0) / unit }
        #expect(first[0] == 0 && first[1] > 0.3 && first[2] < -0.3 && abs(first[3]) < 0.05, "\(first)")
        // More than the others explain on channel 0 alone: it is blamed, for more.
        _ = predictor.score([8_192, 0, 0, 0])
        let blame = (0..<4).map { predictor.contribution(of: $0) }
        #expect(blame[0] > 0 && blame[1] < 0 && blame[2] > 0 && abs(blame[3]) < blame[0] / 10, "\(blame)")
        #expect(blame[0] > -blame[1])
        // The same size in a way that the others expect is much less odd.
        let odd = predictor.score([8_192, -8_192, 8_192, 0])
        let usual = predictor.score([8_192, 8_192, -8_192, 0])
        #expect(odd > 4 * usual, "\(odd) \(usual)")
    }

    @Test("little data makes it cautious: weights are near zero")
    func caution() {
        var dice = Dice(state: 4)
        let rows = Self.rows(60, channels: 16, dice: &dice)
        func largest(_ timeConstant: Int) -> Double {
            var sums = CoactivationSums(channels: 16, most: 1 << 20)
            for row in rows { sums.add(row) }
            var predictor = LateralPredictor(channels: 16)
            predictor.solve(sums, timeConstant: timeConstant)
            return predictor.weights.map { abs(Double($0)) }.max().map { $0 / Double(1 << predictor.shift) } ?? 0
        }
        #expect(largest(64) < 0.1 && largest(1) > 0.15, "\(largest(64)) \(largest(1))")
    }

    @Test("sums that say nothing give independent channels, and huge deviations stay in range")
    func extremes() {
        var predictor = LateralPredictor(channels: 3)
        predictor.solve(CoactivationSums(channels: 3, most: 100), timeConstant: 64)
        #expect(predictor.weights.allSatisfy { $0 == 0 } && predictor.precision == [256, 256, 256])
        let score = predictor.score([1 << 20, -1 << 20, 0])
        // Two of three channels at 32 standard deviations.
        #expect(score == 2 * 32 * 32 * 4_096 / 3)
    }
}

@Suite("The inverse of a symmetric matrix") struct SymmetricInverseTests {
    @Test("times the matrix is the identity", arguments: [1, 2, 7, 64])
    func identity(size: Int) throws {
        var dice = Dice(state: UInt64(size))
        // A Gram matrix of more rows than columns is positive definite.
        let rows = (0..<size + 8).map { _ in (0..<size).map { _ in dice.normal() } }
        let matrix = (0..<size * size).map { index in
            rows.reduce(0) { $0 + $1[index / size] * $1[index % size] }
        }
        let inverse = try #require(SymmetricInverse.of(matrix, size: size))
        var worst = 0.0
        for i in 0..<size {
            for j in 0..<size {
                let product = (0..<size).reduce(0.0) { $0 + matrix[i * size + $1] * inverse[$1 * size + j] }
                worst = max(worst, abs(product - (i == j ? 1 : 0)))
                #expect(inverse[i * size + j] == inverse[j * size + i])
            }
        }
        #expect(worst < 1e-9, "\(worst)")
    }

    @Test(
        "there is none if the matrix is not positive definite",
        arguments: [
            [1.0, 2, 2, 1], [0, 0, 0, 0], [1, 1, 1, 1], [-1, 0, 0, 1], [.nan, 0, 0, 1], [.infinity, 0, 0, 1],
        ])
    func none(matrix: [Double]) {
        #expect(SymmetricInverse.of(matrix, size: 2) == nil)
    }
}

@Suite("Traces of spikes") struct SpikeTracesTests {
    @Test("follow their formula, bit for bit", arguments: [1, 2, 6, 12])
    func formula(shift: Int) {
        var dice = Dice(state: UInt64(shift))
        var traces = SpikeTraces(channels: 5, shift: shift)
        var expected = [Int64](repeating: 0, count: 5)
        #expect(traces.ticks == 1 << shift)
        for tick in 0..<20_000 {
            let counts = (0..<5).map { _ in Int32(tick < 10_000 ? dice.pick(0...255) : 255) }
            traces.add(counts)
            for index in 0..<5 {
                // Rounded down, as a division that floors.
                let difference = Int64(counts[index]) * 65_536 - expected[index]
                expected[index] += Int64((Double(difference) / Double(1 << shift)).rounded(.down))
            }
            #expect(traces.values.map { Int64($0) } == expected)
        }
        // Ten thousand ticks of 255 are less than three of the longest time constants.
        #expect(traces.values.allSatisfy { (0...255 << 16).contains($0) && $0 > (shift < 12 ? 254 : 240) << 16 })
    }
}
