import SpikeHeads
import Testing

@testable import spikeline

@Suite("Moving all thresholds of a head")
struct MovedThresholdsTests {
    @Test("one threshold for all words simply moves")
    func one() {
        let head = KeywordParameters(labels: ["yes", "no"])
        #expect(head.moved(to: 0.6).threshold == 0.6)
        #expect(head.moved(to: 0.6).thresholds.isEmpty)
    }

    @Test("words with thresholds of their own keep their odds to the others")
    func odds() {
        var head = KeywordParameters(labels: ["yes", "no", "up"])
        head.thresholds = ["up": 0.9, "no": 0.5]
        // From 0.8 to 0.5 divides all odds by four: 9 becomes 9/4, 1 becomes 1/4.
        let moved = head.moved(to: 0.5)
        #expect(moved.threshold == nil)
        #expect(abs((moved.thresholds["yes"] ?? 0) - 0.5) < 1e-12)
        #expect(abs((moved.thresholds["up"] ?? 0) - 9.0 / 13) < 1e-12)
        #expect(abs((moved.thresholds["no"] ?? 0) - 1.0 / 5) < 1e-12)
    }

    @Test("moving to where they are changes nothing")
    func same() {
        var head = KeywordParameters(labels: ["yes", "no"])
        head.thresholds = ["no": 0.93]
        #expect(abs((head.moved(to: KeywordParameters.defaultThreshold).thresholds["no"] ?? 0) - 0.93) < 1e-9)
    }
}
