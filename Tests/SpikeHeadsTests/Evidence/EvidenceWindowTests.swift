import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite struct EvidenceWindowTests {
    @Test func scoresAreSharesOfTheSummedEvidence() throws {
        var window = try EvidenceWindow(labels: 3, ticks: 10, scaleBits: 8)
        #expect(window.scores == [0, 0, 0])
        window.add([256, 0, 0])
        #expect(window.scores == [32_768, 16_384, 16_384])
        window.add([0, 0, 768])
        // Evidence in units of 2^24: 2 + 1, 1 + 1, 1 + 8 of 14.
        let expected: [Int32] = [3, 2, 9].map { $0 * 65_536 / 14 }
        #expect(window.scores == expected)
        #expect(window.best == 2)
    }

    @Test func aTickLeavesAfterExactlyTheWindow() throws {
        var window = try EvidenceWindow(labels: 2, ticks: 4, scaleBits: 8)
        window.add([2_560, 0])
        for _ in 0..<3 {
            window.add([0, 0])
            #expect(window.best == 0)
            #expect(window.sum(of: 0) > 1_000 << 24)
        }
        window.add([0, 0])
        #expect(window.sum(of: 0) == 4 << 24)
        #expect(window.scores == [32_768, 32_768])
    }

    @Test func theRingIsExactOverLongStreams() throws {
        var dice = Dice(state: 1)
        var window = try EvidenceWindow(labels: 3, ticks: 7, scaleBits: 8)
        let table = ExponentialTable(scaleBits: 8)
        var history: [[Int32]] = []
        for _ in 0..<2_000 {
            history.append((0..<3).map { _ in Int32.random(in: -7_000...7_000, using: &dice) })
            window.add(history[history.count - 1])
            for label in 0..<3 {
                #expect(window.sum(of: label) == history.suffix(7).reduce(0) { $0 + table.evidence($1[label]) })
            }
        }
    }

    @Test func theLargestWindowOfTheLargestPotentialsDoesNotOverflow() throws {
        var window = try EvidenceWindow(labels: 64, ticks: 512, scaleBits: 0)
        let loudest = [Int32](repeating: .max, count: 64)
        for _ in 0..<1_100 { window.add(loudest) }
        #expect(window.scores == [Int32](repeating: 1_024, count: 64))
    }

    @Test func oneLabelHasTheWholeScore() throws {
        var window = try EvidenceWindow(labels: 1, ticks: 1, scaleBits: 4)
        window.add([.min])
        #expect(window.scores == [EvidenceWindow.unity])
        #expect(window.best == 0)
    }

    @Test func ticksAreReadFromTheMiddleOfABatch() throws {
        var window = try EvidenceWindow(labels: 2, ticks: 5, scaleBits: 8)
        window.add([0, 0, 256, 0, 9, 9], at: 2)
        #expect(window.sum(of: 0) == 2 << 24)
        #expect(window.evidence(of: 0, ago: 0) == 2 << 24)
    }

    @Test func resetForgetsEverything() throws {
        var window = try EvidenceWindow(labels: 2, ticks: 3, scaleBits: 8)
        for _ in 0..<5 { window.add([5_000, -100]) }
        window.reset()
        #expect(window.scores == [0, 0])
        #expect(window.filled == 0)
        window.add([0, 0])
        #expect(window.scores == [32_768, 32_768])
    }

    @Test func impossibleWindowsAreRefused() {
        #expect(throws: SpikelineError.self) { try EvidenceWindow(labels: 0, ticks: 1, scaleBits: 8) }
        #expect(throws: SpikelineError.self) { try EvidenceWindow(labels: 1, ticks: 0, scaleBits: 8) }
        #expect(throws: SpikelineError.self) { try EvidenceWindow(labels: 1, ticks: 32_769, scaleBits: 8) }
        #expect(throws: SpikelineError.self) { try EvidenceWindow(labels: .max, ticks: .max, scaleBits: 8) }
        #expect(throws: SpikelineError.self) { try EvidenceWindow(labels: 1, ticks: 1, scaleBits: 25) }
        #expect(throws: Never.self) { try EvidenceWindow(labels: 1, ticks: 32_768, scaleBits: 24) }
    }
}
