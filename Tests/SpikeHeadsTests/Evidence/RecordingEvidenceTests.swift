import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

#if canImport(Glibc)
import Glibc
#endif

/// The decision about a whole recording is the product of what its windows say.
@Suite struct RecordingEvidenceTests {
    private func evidence(_ ticks: [[Int32]], window: Int = 4) throws -> RecordingEvidence {
        var evidence = try RecordingEvidence(labels: ticks.first?.count ?? 2, windowTicks: window, scaleBits: 0)
        for tick in ticks { evidence.add(tick) }
        return evidence
    }

    @Test func logarithmsAreThoseOfTheMathematicalLibrary() {
        var dice = Dice(state: 3)
        let edges: [UInt64] = [1, 2, 3, .max, 1 << 63, (1 << 63) - 1]
        for value in edges { check(value) }
        for _ in 0..<2_000 { check(max(dice.next() >> UInt64(dice.pick(0...63)), 1)) }
        func check(_ value: UInt64) {
            let exact = log2(Double(value)) * 65_536
            let found = Double(RecordingEvidence.logarithm(value))
            #expect(found <= exact + 0.01 && found > exact - 1.01, "\(value)")
        }
        #expect(RecordingEvidence.logarithm(1 << 40) == 40 << 16)
    }

    @Test func nothingIsDecidedBeforeTheFirstTick() throws {
        var evidence = try evidence([])
        #expect(evidence.decision == nil && evidence.decisionShare == 0)
        evidence.add([1, 5])
        #expect(evidence.decision == 1)
        evidence.reset()
        #expect(evidence.decision == nil && evidence.decisionShare == 0)
    }

    /// Three windows that are rather for the first label outweigh one moment that is very much for the second.
    @Test func oneLoudMomentDoesNotDecide() throws {
        var ticks = [[Int32]](repeating: [4, 0], count: 16)
        ticks[5] = [0, 15]
        #expect(try evidence(ticks).decision == 0)
        var window = try EvidenceWindow(labels: 2, ticks: 16, scaleBits: 0)
        for tick in ticks { window.add(tick) }
        #expect(window.best == 1)
    }

    /// A rest counts from half a window on, and always if it is all there is.
    @Test func theRestCountsFromHalfAWindowOn() throws {
        let first = [[Int32]](repeating: [1, 0], count: 4)
        #expect(try evidence(first + [[0, 9]]).decision == 0)
        #expect(try evidence(first + [[0, 9], [0, 9]]).decision == 1)
        #expect(try evidence([[0, 9]]).decision == 1)
    }

    @Test func theShareIsThatOfTheGeometricMean() throws {
        // Windows of 4 to 1 and of 16 to 1: together 8 to 1.
        let ticks = [[Int32]](repeating: [2, 0], count: 4) + [[Int32]](repeating: [4, 0], count: 4)
        #expect(abs(try evidence(ticks).decisionShare - 8 / 9) < 1e-4)
        #expect(try evidence([[Int32]](repeating: [3, 3], count: 9)).decisionShare == 0.5)
    }

    @Test func randomRecordingsAreDecidedAsInFloatingPoint() throws {
        var dice = Dice(state: 8)
        for _ in 0..<300 {
            let (labels, window) = (dice.pick(1...6), dice.pick(1...9))
            var evidence = try RecordingEvidence(labels: labels, windowTicks: window, scaleBits: 8)
            let ticks = (0..<dice.pick(1...60)).map { _ in (0..<labels).map { _ in Int32(dice.pick(-2_000...2_000)) } }
            for tick in ticks { evidence.add(tick) }
            var logarithms = [Double](repeating: 0, count: labels)
            for start in stride(from: 0, to: ticks.count, by: window) {
                let part = ticks[start..<min(start + window, ticks.count)]
                guard part.count == window || start == 0 || 2 * part.count >= window else { continue }
                for label in 0..<labels {
                    logarithms[label] += log2(part.reduce(0) { $0 + exp2(Double($1[label]) / 256) })
                }
            }
            let decision = try #require(evidence.decision)
            #expect(logarithms[decision] > logarithms.max()! - 0.002)
        }
    }

    @Test func impossibleSizesAreRefused() {
        #expect(throws: SpikelineError.self) { try RecordingEvidence(labels: 0, windowTicks: 4, scaleBits: 8) }
        #expect(throws: SpikelineError.self) { try RecordingEvidence(labels: 2, windowTicks: 0, scaleBits: 8) }
        #expect(throws: SpikelineError.self) { try RecordingEvidence(labels: 2, windowTicks: 1 << 15, scaleBits: 8) }
        #expect(throws: SpikelineError.self) { try RecordingEvidence(labels: 2, windowTicks: 4, scaleBits: 25) }
    }
}
