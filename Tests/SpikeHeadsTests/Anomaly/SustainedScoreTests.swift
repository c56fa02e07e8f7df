import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("Scores that hold") struct SustainedScoreTests {
    @Test(
        "the lowest of each window comes with the last tick of a part",
        arguments: [
            (1, 512, 1, 1), (2, 512, 2, 1), (7, 512, 7, 1), (15, 512, 15, 1), (16, 512, 16, 2), (30, 512, 30, 3),
            (30, 32, 2, 1), (30, 15, 1, 1), (1_000, 1 << 20, 1_000, 125),
        ])
    func windows(onDelay: Int, block: Int64, length: Int, part: Int) {
        var dice = Dice(state: UInt64(length))
        var window = SustainedScore(onDelay: onDelay)
        let scores = (0..<5_000).map { _ in Int64(dice.pick(1...1_000_000)) }
        let found = scores.map { window.add($0, block: block) }
        for (tick, value) in found.enumerated() {
            let isWhole = tick % part == part - 1 && tick + 1 >= length
            #expect(value == (isWhole ? scores[tick - length + 1...tick].min() : 0), "\(tick)")
        }
    }

    @Test("goes on with what was kept; what was never kept is refused") func restored() {
        var window = SustainedScore(onDelay: 30)
        for score in 0..<100 { _ = window.add(Int64(score * 37 % 101), block: 512) }
        var again = SustainedScore(onDelay: 30)
        let isRead = again.restore(recent: window.recent, fill: window.fill, lowest: window.lowest)
        #expect(isRead && again == window)
        let most = LateralPredictor.mostScore
        for (recent, fill, lowest) in [
            ([], -1, 4), ([], 1, -4), ([], 1, most + 1), ([-1], 1, 4), ([most + 1], 1, 4),
            (Array(repeating: 1, count: 16), 1, 4),
        ] as [([Int64], Int64, Int64)] {
            let isTaken = again.restore(recent: recent, fill: fill, lowest: lowest)
            #expect(!isTaken)
        }
    }
}
