import Foundation
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("Rank order coding") struct RankOrderTests {
    private func parameters(window: Int, sensitivity: Double = 0.9) -> CodingParameters {
        var parameters = CodingParameters(.rankOrder)
        (parameters.windowTicks, parameters.sensitivity) = (window, sensitivity)
        return parameters
    }

    /// By hand: 0.7 before 0.5 before 0.2; of two equal ones the lower channel; a value of zero is silent.
    @Test("the largest fires first, equal ones by their channel, zero not at all") func byHand() throws {
        let values: [Int64] = [13_107, 45_875, 0, 32_768, 45_875]
        let stream = try CodedStream(
            parameters(window: 5, sensitivity: 0.5), Array(repeating: values, count: 10))
        let fired = values.indices.map { channel in
            stream.counts[..<5].indices.filter { stream.counts[$0][channel] > 0 }
        }
        #expect(fired == [[3], [0], [], [2], [1]])
        // 1, 1/2, 1/4 and 1/8, once the window is over.
        #expect(stream.estimates[4] == [0, 0, 0, 0, 0])
        #expect(stream.estimates[5] == [8_192, 65_536, 0, 16_384, 32_768])
        #expect(stream.bound == nil && stream.delay == 7)
    }

    @Test("spikes and estimates are those of a plain sort", arguments: [1, 2, 16, 300, 8_192])
    func twin(count: Int) throws {
        var dice = Dice(state: UInt64(count))
        for window in [2, 7, 64, 400] {
            let sensitivity = Double(dice.pick(1...99)) / 100
            // Many ties, zeros and both ends.
            let values = (0..<count).map { _ in
                [0, 65_536, Int64(dice.pick(0...65_536)), Int64(dice.pick(0...9))][dice.pick(0...3)]
            }
            let stream = try CodedStream(
                parameters(window: window, sensitivity: sensitivity), Array(repeating: values, count: window + 1))
            let order = values.indices.filter { values[$0] > 0 }
                .sorted { (values[$1], $0) < (values[$0], $1) }.prefix(window)
            for tick in 0..<window {
                let expected = tick < order.count ? order[tick] : nil
                #expect(
                    stream.counts[tick].indices.filter { stream.counts[tick][$0] > 0 } == (expected.map { [$0] } ?? []))
            }
            for (rank, channel) in order.enumerated() {
                let expected = (pow(sensitivity, Double(rank)) * 65_536).rounded()
                #expect(abs(Double(stream.estimates[window][channel]) - expected) <= 1)
            }
            let silent = Set(values.indices).subtracting(order)
            #expect(silent.allSatisfy { stream.estimates[window][$0] == 0 })
        }
    }

    @Test("a change of scale changes no spike, a change of order does") func scale() throws {
        let values: [Int64] = [60_000, 20_000, 41_000, 33_000]
        func counts(_ values: [Int64]) throws -> [[UInt8]] {
            try CodedStream(parameters(window: 8), Array(repeating: values, count: 8)).counts
        }
        let first = try counts(values)
        #expect(try counts(values.map { $0 / 3 }) == first)
        #expect(try counts([20_000, 60_000, 41_000, 33_000]) != first)
    }

    @Test("a lost spike moves the later ones up by a rank; spikes in a tick share one; only the first counts")
    func decoding() throws {
        let decoder = try CodingDecoder(parameters(window: 4, sensitivity: 0.5), values: 4)
        func estimates(_ rows: [[UInt8]]) -> [Int64] {
            for row in rows { decoder.decode(row) }
            return decoder.estimates
        }
        let silence: [UInt8] = [0, 0, 0, 0]
        _ = estimates([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        #expect(estimates([silence]) == [65_536, 32_768, 16_384, 8_192])
        // Channel 1 is lost.
        _ = estimates([[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        #expect(estimates([[1, 1, 0, 0]]) == [65_536, 0, 32_768, 16_384])
        // Channels 0 and 1 came together, 2 after them, and 0 again.
        _ = estimates([[0, 0, 1, 0], [1, 0, 0, 0], silence])
        #expect(estimates([silence]) == [65_536, 65_536, 16_384, 0])
    }
}
