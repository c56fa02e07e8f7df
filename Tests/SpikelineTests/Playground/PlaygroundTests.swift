import Foundation
import SpikeServices
import SpikeSignals
import SpikeTestSupport
import Synchronization
import Testing

@testable import spikeline

/// The answer of a card as Foundation reads it.
func playgroundObject(_ card: String, _ query: [String: String] = [:]) throws -> [String: Any] {
    let parameters = query.sorted { $0.key < $1.key }.map { PageParameter($0.key, $0.value) }
    let answer = try #require(Playground().answer(to: "/playground/" + card, parameters))
    #expect(answer.content == .json, "\(answer.body)")
    return try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
}

@Suite("The playground")
struct PlaygroundTests {
    @Test("has a page, its cards, and nothing else")
    func paths() throws {
        let playground = Playground()
        let page = try #require(playground.answer(to: "/playground", []))
        #expect(page.content == .html && page.body.hasSuffix("</html>\n") && !page.body.contains("http"))
        #expect(playground.answer(to: "/", []) == nil && Playground(isHome: true).answer(to: "/", []) == page)
        let cards = try playgroundObject("cards")["cards"] as? [[String: Any]]
        #expect(cards?.compactMap { $0["name"] as? String } == ["neuron", "coding", "stdp", "population"])
        #expect(cards?.reduce(0) { $0 + (($1["knobs"] as? [Any])?.count ?? 0) } == 52)
        for path in ["/playground/", "/playground/x", "/playground/neuron/", "/playgroundneuron", "//playground", ""] {
            #expect(playground.answer(to: path, []) == nil, "\(path)")
        }
    }

    @Test("gives the same answer to the same question", arguments: ["neuron", "coding", "stdp", "population"])
    func repeats(card: String) throws {
        let first = try #require(Playground().answer(to: "/playground/" + card, []))
        let second = try #require(Playground().answer(to: "/playground/" + card, []))
        #expect(first.content == .json && first.body == second.body && (first.milliseconds ?? 0) > 0)
    }

    @Test("answers what is wrong with 400 and a reason")
    func refusals() throws {
        for (path, parameters) in [
            ("neuron", [PageParameter("tau", "1")]), ("stdp", [PageParameter("a3_plus", "1")]),
            ("coding", [PageParameter("method", "first_spike"), PageParameter("threshold", "0.9")]),
            ("population", [PageParameter("count", "201")]),
        ] {
            let answer = try #require(Playground().answer(to: "/playground/" + path, parameters))
            #expect(answer.content == .refusal && answer.body.hasPrefix("{\"v\": 1, \"error\": \""), "\(answer.body)")
        }
    }

    @Test("10,000 made-up questions, some of them nearly right, are answered or refused")
    func hostile() throws {
        var dice = Dice(state: 77)
        let playground = Playground()
        let names = Playground.cards.flatMap { card in card.knobs.map(\.name) }
        let values = ["1", "3", "0.5", "-1", "nan", "1e308", "-0", ".", "latency", "delta", "triplet", "\u{0}", "９"]
        var counts: [PageAnswer.Content: Int] = [:]
        func text() -> String {
            String(decoding: (0..<dice.pick(0...12)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }, as: UTF8.self)
        }
        for _ in 0..<10_000 {
            let card = Playground.cards[dice.pick(0...3)]
            let known = card.knobs.map(\.name)
            let parameters = (0..<dice.pick(0...3)).map { _ in
                let name =
                    switch dice.pick(0...9) {
                    case 0: text()
                    case 1: names[dice.pick(0...(names.count - 1))]
                    default: known[dice.pick(0...(known.count - 1))]
                    }
                return PageParameter(name, dice.pick(0...3) == 0 ? text() : values[dice.pick(0...(values.count - 1))])
            }
            // What takes long is not what is tested here.
            guard !parameters.isEmpty else { continue }
            let answer = try #require(playground.answer(to: "/playground/" + card.name, parameters))
            counts[answer.content, default: 0] += 1
            #expect((try? JSONSerialization.jsonObject(with: Data(answer.body.utf8))) != nil, "\(parameters)")
        }
        #expect((counts[.json] ?? 0) > 100 && (counts[.refusal] ?? 0) > 1_000 && counts.count == 2, "\(counts)")
    }

    @Test("lets few requests wait, and turns the others away")
    func busy() throws {
        let playground = Playground()
        let answers = Mutex<[PageAnswer.Content]>([])
        let group = DispatchGroup()
        playground.turn.withLock { _ in
            for _ in 0...Playground.mostWaiting {
                Thread.detachNewThread(in: group) {
                    let answer = playground.answer(to: "/playground/coding", [])
                    answers.withLock { $0.append(answer?.content ?? .html) }
                }
            }
            for _ in 0..<2_000 where playground.waiting.load(ordering: .relaxed) <= Playground.mostWaiting {
                usleep(10_000)
            }
            #expect(playground.waiting.load(ordering: .relaxed) == Playground.mostWaiting + 1)
            #expect(playground.answer(to: "/playground/coding", [])?.content == .busy)
            #expect(playground.answer(to: "/playground", [])?.content == .html)
        }
        group.wait()
        #expect(answers.withLock { $0 } == Array(repeating: .json, count: Playground.mostWaiting + 1))
        #expect(playground.waiting.load(ordering: .relaxed) == 0)
        #expect(playground.answer(to: "/playground/coding", [])?.content == .json)
    }

    /// The dearest settings of each card.
    static let dearest: [(String, String)] = [
        ("neuron", "duration_ms=2000&rate_hz=2000&weight_mv=10&refractory_ms=0&tau_ms=1&drive_mv=60&threshold_mv=-68"),
        ("coding", "method=population&neurons=64&window_ticks=2&ticks=1024"),
        ("stdp", "rule=triplet&pairs=60&seconds=40&pre_hz=100&post_hz=100&pair_hz=50&pairing=nearest_to_postsynaptic"),
        ("population", "count=200&rate_hz=100&probability=0.5&weight_mv=10&recurrent_mv=5&duration_ms=1000"),
    ]

    // The aim is 50 ms; a machine that is busy with other things may take some times as long.
    @Test(
        "takes a fraction of a second of the processor at most, and answers less than a quarter of a megabyte",
        .enabled(if: !_isDebugAssertConfiguration(), "times are for optimised code"), arguments: dearest)
    func bounded(card: String, query: String) throws {
        let parameters = query.split(separator: "&").map { part in
            let halves = part.split(separator: "=")
            return PageParameter(String(halves[0]), String(halves[1]))
        }
        let answer = try #require(Playground().answer(to: "/playground/" + card, parameters))
        #expect(answer.content == .json && (answer.milliseconds ?? 1e9) < 400, "\(answer.milliseconds ?? -1) ms")
        #expect(answer.body.utf8.count < 250_000)
    }
}

extension Thread {
    /// Runs `body` on a thread that `group` waits for.
    fileprivate static func detachNewThread(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }
}
