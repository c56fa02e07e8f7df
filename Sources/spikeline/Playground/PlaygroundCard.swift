import SpikeSignals

/// A part of the playground that computes one thing: what may be set, and what comes of it.
protocol PlaygroundCard: Sendable {
    /// The name in the address: `neuron`.
    static var name: String { get }
    /// The heading on the page.
    static var title: String { get }
    /// What one sees, in a sentence.
    static var help: String { get }
    /// What may be set. The ranges bound the work of a request.
    static var knobs: [Knob] { get }

    /// Computes the answer; the same settings give the same answer.
    static func answer(_ settings: KnobSettings) throws(SpikelineError) -> JSONValue
}

extension PlaygroundCard {
    /// What the page needs to know to draw the card.
    static var description: JSONValue {
        .object([
            ("name", .string(name)), ("title", .string(title)), ("help", .string(help)),
            ("knobs", .array(knobs.map(\.jsonValue))),
        ])
    }
}

extension JSONValue {
    /// Numbers with so many decimals.
    static func numbers(_ values: some Sequence<Double>, decimals: Int) -> JSONValue {
        .array(values.map { .fixed($0, decimals: decimals) })
    }

    /// Whole numbers.
    static func wholes(_ values: some Sequence<Int>) -> JSONValue { .array(values.map { .integer($0) }) }
}
