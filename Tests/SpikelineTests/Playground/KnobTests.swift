import SpikeServices
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import spikeline

@Suite("The knobs of the playground")
struct KnobTests {
    @Test("start at a value that their slider can show, within the range")
    func usual() {
        for card in Playground.cards {
            for knob in card.knobs {
                switch knob.kind {
                case .choice(let words): #expect(Set(words).count == words.count && words.count > 1)
                case .whole(let range, let usual): #expect(range.contains(usual), "\(knob.name)")
                case .number(let range, let step, let usual):
                    let place = (usual - range.lowerBound) / step
                    #expect(range.contains(usual) && abs(place - place.rounded()) < 1e-9, "\(knob.name)")
                    // The page and `cards` show four decimals.
                    for value in [range.lowerBound, range.upperBound, step, usual] {
                        #expect(abs(value * 1e4 - (value * 1e4).rounded()) < 1e-6, "\(knob.name)")
                    }
                }
            }
        }
    }

    @Test("that share a name count for different words, so that one of them is meant")
    func names() {
        for card in Playground.cards {
            for (index, knob) in card.knobs.enumerated() {
                for other in card.knobs[..<index] where other.name == knob.name {
                    #expect(knob.condition?.name == other.condition?.name && knob.condition != nil)
                    let (words, others) = (knob.condition?.words ?? [], other.condition?.words ?? [])
                    #expect(!words.contains { others.contains($0) })
                }
                if let condition = knob.condition {
                    let chooser = card.knobs.first { $0.name == condition.name }
                    guard case .choice(let words)? = chooser?.kind else {
                        Issue.record("\(knob.name) depends on \(condition.name)")
                        continue
                    }
                    #expect(condition.words.allSatisfy { words.contains($0) })
                }
            }
        }
    }

    private let knobs: [Knob] = [
        .choice("kind", "kind", ["round", "flat"]), .number("size", "size", -1...2.5, step: 0.5, usual: 1),
        .whole("count", "count", 3...9, usual: 4, when: .init(name: "kind", words: ["round"])),
        .whole("count", "count", 20...30, usual: 25, when: .init(name: "kind", words: ["flat"])),
        .whole("edge", "edge", 1...2, usual: 1, when: .init(name: "kind", words: ["flat"])),
    ]

    private func read(_ query: [(String, String)]) throws(SpikelineError) -> KnobSettings {
        try KnobSettings(knobs, query.map { PageParameter($0.0, $0.1) }, card: "toy")
    }

    @Test("have what a request says, and else the usual")
    func values() throws {
        let usual = try read([])
        #expect(usual.word("kind") == "round" && usual["size"] == 1 && usual.whole("count") == 4 && !usual.has("edge"))
        let flat = try read([("edge", "2"), ("kind", "flat"), ("size", "-.5")])
        #expect(flat.word("kind") == "flat" && flat["size"] == -0.5 && flat.whole("count") == 25)
        let half = try read([("size", "2.50")])
        #expect(flat.whole("edge") == 2 && half["size"] == 2.5)
    }

    @Test(
        "complain about what is wrong, and say what was expected",
        arguments: [
            ([("siz", "1")], "toy: there is no parameter \"siz\". There are kind, size, count, edge"),
            ([("size", "1"), ("size", "1")], "toy: \"size\" is given twice. Give it once"),
            ([("kind", "square")], "toy: kind: expected one of round, flat, found \"square\""),
            ([("kind", "")], "toy: kind: expected one of round, flat, found \"\""),
            ([("size", "2.51")], "toy: size: expected a number from -1 to 2.5, found \"2.51\""),
            ([("size", "nan")], "toy: size: expected a number from -1 to 2.5, found \"nan\""),
            ([("size", "inf")], "toy: size: expected a number from -1 to 2.5, found \"inf\""),
            ([("size", "1e0")], "toy: size: expected a number from -1 to 2.5, found \"1e0\""),
            ([("size", "0x1")], "toy: size: expected a number from -1 to 2.5, found \"0x1\""),
            ([("size", "+1")], "toy: size: expected a number from -1 to 2.5, found \"+1\""),
            ([("size", " 1")], "toy: size: expected a number from -1 to 2.5, found \" 1\""),
            ([("size", "1.0.0")], "toy: size: expected a number from -1 to 2.5, found \"1.0.0\""),
            ([("size", "-")], "toy: size: expected a number from -1 to 2.5, found \"-\""),
            ([("size", "")], "toy: size: expected a number from -1 to 2.5, found \"\""),
            ([("count", "4.0")], "toy: count: expected a whole number from 3 to 9, found \"4.0\""),
            ([("count", "10")], "toy: count: expected a whole number from 3 to 9, found \"10\""),
            (
                [("count", "99999999999999999999")],
                "toy: count: expected a whole number from 3 to 9, found \"99999999999999999999\""
            ),
            ([("count", "4"), ("kind", "flat")], "toy: count: expected a whole number from 20 to 30, found \"4\""),
            ([("edge", "1")], "toy: \"edge\" does not count beside kind \"round\". Leave it out"),
            (
                [("size", "000000000000000000001")],
                "toy: size: expected a number from -1 to 2.5, found \"000000000000000000001\""
            ),
            (
                [(String(repeating: "x", count: 99), "")],
                "toy: there is no parameter \"\(String(repeating: "x", count: 40))\"...."
                    + " There are kind, size, count, edge"
            ),
        ] as [([(String, String)], String)])
    func faults(query: [(String, String)], message: String) {
        #expect {
            _ = try read(query)
        } throws: {
            "\($0)" == message
        }
    }
}
