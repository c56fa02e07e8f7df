import SpikeSignals

/// A setting of a card of the playground: what the page draws a slider or a list for, and what its server understands.
struct Knob: Hashable {
    /// What it may be set to.
    enum Kind: Hashable {
        /// A whole number.
        case whole(ClosedRange<Int>, usual: Int)
        /// A number; a slider moves in steps of `step`, a request may name any.
        case number(ClosedRange<Double>, step: Double, usual: Double)
        /// One of these words; the first is the usual one.
        case choice([String])
    }

    /// When a knob counts: only if the knob `name`, a choice, is set to one of `words`.
    struct Condition: Hashable {
        var name: String
        var words: [String]
    }

    /// The name in a request: `tau_ms`.
    var name: String
    /// What it is, for people.
    var label: String
    /// The unit, or nothing.
    var unit = ""
    var kind: Kind
    /// What must hold for it to count; two knobs may share a name if their conditions exclude one another.
    var condition: Condition?

    /// A knob for a number.
    static func number(
        _ name: String, _ label: String, _ range: ClosedRange<Double>, step: Double, usual: Double, unit: String = "",
        when condition: Condition? = nil
    ) -> Knob {
        Knob(
            name: name, label: label, unit: unit, kind: .number(range, step: step, usual: usual), condition: condition)
    }

    /// A knob for a whole number.
    static func whole(
        _ name: String, _ label: String, _ range: ClosedRange<Int>, usual: Int, unit: String = "",
        when condition: Condition? = nil
    ) -> Knob {
        Knob(name: name, label: label, unit: unit, kind: .whole(range, usual: usual), condition: condition)
    }

    /// A list of words.
    static func choice(_ name: String, _ label: String, _ words: [String]) -> Knob {
        Knob(name: name, label: label, kind: .choice(words))
    }

    /// What the page needs to know to draw it.
    var jsonValue: JSONValue {
        var fields: [(String, JSONValue)] = [
            ("name", .string(name)), ("label", .string(label)), ("unit", .string(unit)),
        ]
        switch kind {
        case .whole(let range, let usual):
            fields += [
                ("min", .integer(range.lowerBound)), ("max", .integer(range.upperBound)), ("step", .integer(1)),
                ("usual", .integer(usual)),
            ]
        case .number(let range, let step, let usual):
            fields += [
                ("min", .fixed(range.lowerBound, decimals: 4)), ("max", .fixed(range.upperBound, decimals: 4)),
                ("step", .fixed(step, decimals: 4)), ("usual", .fixed(usual, decimals: 4)),
            ]
        case .choice(let words): fields.append(("words", .array(words.map { .string($0) })))
        }
        if let condition {
            let words = condition.words.map { JSONValue.string($0) }
            fields.append(("when", .object([("name", .string(condition.name)), ("words", .array(words))])))
        }
        return .object(fields)
    }
}
