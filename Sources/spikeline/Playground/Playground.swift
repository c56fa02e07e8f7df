import SpikeServices
import SpikeSignals
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The playground: a page on which one turns knobs of a neuron, a coding, a learning rule and a population, and the engine itself
/// computes what comes of it.
///
/// | path | answer |
/// |---|---|
/// | `/playground` | the page |
/// | `/playground/cards` | what may be set, and its ranges |
/// | `/playground/neuron?tau_ms=20&...` | what a card computes; so for `coding`, `stdp` and `population` |
///
/// One request is computed at a time, so that however many play, a pipeline beside it loses at most one core; at most
/// ``mostWaiting`` wait for their turn, others are told to come again.
final class Playground: PageExtension, Sendable {
    /// The cards, in the order of the page.
    static let cards: [any PlaygroundCard.Type] = [
        NeuronCard.self, CodingCard.self, PlasticityCard.self, PopulationCard.self,
    ]
    /// Where the page is.
    static let path = "/playground"
    /// The most requests that wait while another one is computed.
    static let mostWaiting = 16

    /// Whether the page is also what `/` shows.
    private let isHome: Bool
    /// How many requests are computed or wait for that.
    let waiting = Atomic(0)
    /// Held while one is computed.
    let turn = Mutex(())

    /// A playground; `isHome` if there is no other page.
    init(isHome: Bool = false) { self.isHome = isHome }

    let links = [PageLink(path: Playground.path, name: "playground")]

    func answer(to path: String, _ parameters: [PageParameter]) -> PageAnswer? {
        if path == Self.path || isHome && path == "/" { return PageAnswer(.html, PlaygroundText.html) }
        guard path.hasPrefix(Self.path + "/") else { return nil }
        let name = path.dropFirst(Self.path.count + 1)
        if name == "cards" { return PageAnswer(.json, Self.description) }
        guard let card = Self.cards.first(where: { $0.name == name }) else { return nil }
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.mostWaiting + 1 else {
            waiting.subtract(1, ordering: .relaxed)
            return PageAnswer(.busy, Self.complaint("\(Self.mostWaiting) requests are waiting. Try again later"))
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        return turn.withLock { _ in Self.answer(card, parameters) }
    }

    /// What `card` computes with `parameters`.
    static func answer(_ card: any PlaygroundCard.Type, _ parameters: [PageParameter]) -> PageAnswer {
        let begin = processorMilliseconds()
        do {
            let settings = try KnobSettings(card.knobs, parameters, card: card.name)
            let body = try card.answer(settings).text + "\n"
            return PageAnswer(.json, body, milliseconds: processorMilliseconds() - begin)
        } catch {
            return PageAnswer(.refusal, complaint("\(error)"))
        }
    }

    private static let description =
        JSONValue.object([("v", .integer(1)), ("cards", .array(cards.map { $0.description }))]).text + "\n"

    private static func complaint(_ text: String) -> String {
        JSONValue.object([("v", .integer(1)), ("error", .string(text))]).text + "\n"
    }

    /// What this thread has used of the processor.
    private static func processorMilliseconds() -> Double {
        var used = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used)
        return Double(used.tv_sec) * 1e3 + Double(used.tv_nsec) / 1e6
    }
}
