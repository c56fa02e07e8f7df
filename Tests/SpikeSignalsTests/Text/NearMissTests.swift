import SpikeSignals
import Testing

@Suite struct NearMissTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("ABC", "abc", 0), ("abc", "acb", 1),
        ("netwrk", "network", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("ab", "ba", 1),
    ])
    func distance(a: String, b: String, expected: Int) {
        #expect(NearMiss.distance(a, b) == expected)
        #expect(NearMiss.distance(b, a) == expected)
    }

    @Test func suggestsTheClosest() {
        #expect(NearMiss.suggestion(for: "netwrk", among: ["words", "network", "networks"]) == "network")
        #expect(NearMiss.suggestion(for: "treshold", among: ["threshold", "hold_off_ms"]) == "threshold")
        #expect(NearMiss.suggestion(for: "Threshold", among: ["threshold"]) == "threshold")
    }

    @Test func tiesGoToTheFirstInTheAlphabet() {
        #expect(NearMiss.suggestion(for: "cat", among: ["rat", "bat", "hat"]) == "bat")
    }

    @Test func keepsSilentAboutWhatIsFar() {
        #expect(NearMiss.suggestion(for: "elephant", among: ["words", "network"]) == nil)
        #expect(NearMiss.suggestion(for: "abcdef", among: ["abcxyz"]) == nil)
        #expect(NearMiss.suggestion(for: "x", among: []) == nil)
        #expect(NearMiss.suggestion(for: "", among: ["words"]) == nil)
    }

    @Test func longWordsAreNotLookedFor() {
        let longest = String(repeating: "a", count: NearMiss.longestWord)
        #expect(NearMiss.suggestion(for: longest, among: [longest]) == longest)
        #expect(NearMiss.suggestion(for: longest + "a", among: [longest]) == nil)
    }

    @Test func hintIsASentence() {
        #expect(NearMiss.hint(for: "netwrk", among: ["network"]) == " Did you mean \"network\"?")
        #expect(NearMiss.hint(for: "elephant", among: ["network"]) == "")
    }
}
