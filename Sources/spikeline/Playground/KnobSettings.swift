import SpikeServices
import SpikeSignals

/// What a request sets the knobs of a card to; what it does not name has its usual value.
///
/// Read strictly: what is unknown, comes twice, does not count beside the other settings, is no number or is out of range is an
/// error that names what was expected.
struct KnobSettings: Hashable {
    /// The longest number that is read; no useful one is longer.
    static let longestNumber = 20

    private var numbers: [String: Double] = [:]
    private var words: [String: String] = [:]

    /// Reads `parameters`; `card` names the place in errors.
    init(_ knobs: [Knob], _ parameters: [PageParameter], card: String) throws(SpikelineError) {
        var given: [String: String] = [:]
        for parameter in parameters {
            guard knobs.contains(where: { $0.name == parameter.name }) else {
                var names: [String] = []
                for knob in knobs where !names.contains(knob.name) { names.append(knob.name) }
                throw SpikelineError(
                    "there is no parameter \(Self.shown(parameter.name))", at: card,
                    hint: "There are \(names.joined(separator: ", "))")
            }
            guard given.updateValue(parameter.value, forKey: parameter.name) == nil else {
                throw SpikelineError("\"\(parameter.name)\" is given twice", at: card, hint: "Give it once")
            }
        }
        // Choices first: they decide which of the others count.
        for knob in knobs {
            guard case .choice(let allowed) = knob.kind else { continue }
            let word = given[knob.name] ?? allowed[0]
            guard allowed.contains(word) else {
                throw SpikelineError(
                    "expected one of \(allowed.joined(separator: ", ")), found \(Self.shown(word))",
                    at: "\(card): \(knob.name)")
            }
            words[knob.name] = word
        }
        for knob in knobs where counts(knob) {
            switch knob.kind {
            case .whole(let range, let usual):
                numbers[knob.name] = try Self.number(
                    given[knob.name], in: Double(range.lowerBound)...Double(range.upperBound), usual: Double(usual),
                    isWhole: true, at: "\(card): \(knob.name)")
            case .number(let range, _, let usual):
                numbers[knob.name] = try Self.number(
                    given[knob.name], in: range, usual: usual, at: "\(card): \(knob.name)")
            case .choice: break
            }
        }
        for name in given.keys.sorted() where numbers[name] == nil && words[name] == nil {
            let condition = knobs.first { $0.name == name }?.condition
            let chosen = condition.flatMap { words[$0.name] } ?? ""
            throw SpikelineError(
                "\"\(name)\" does not count beside \(condition?.name ?? "") \"\(chosen)\"", at: card,
                hint: "Leave it out")
        }
    }

    /// A number that counts; 0 for a name that does not.
    subscript(_ name: String) -> Double { numbers[name] ?? 0 }
    /// A whole number that counts; 0 for a name that does not.
    func whole(_ name: String) -> Int { Int(self[name]) }
    /// The word of a choice.
    func word(_ name: String) -> String { words[name] ?? "" }
    /// Whether there is such a number.
    func has(_ name: String) -> Bool { numbers[name] != nil }

    private func counts(_ knob: Knob) -> Bool {
        knob.condition.map { $0.words.contains(words[$0.name] ?? "") } ?? true
    }

    private static func number(
        _ text: String?, in range: ClosedRange<Double>, usual: Double, isWhole: Bool = false, at place: String
    ) throws(SpikelineError) -> Double {
        guard let text else { return usual }
        guard isDecimal(text), !isWhole || Int(text) != nil, let value = Double(text), range.contains(value) else {
            throw SpikelineError(
                "expected a \(isWhole ? "whole " : "")number from \(plain(range.lowerBound)) to "
                    + "\(plain(range.upperBound)), found \(shown(text))", at: place)
        }
        return value
    }

    /// Digits with at most one point and one sign in front: no exponents, no hexadecimals, no infinities.
    private static func isDecimal(_ text: String) -> Bool {
        guard text.utf8.count <= longestNumber else { return false }
        var (digits, points) = (0, 0)
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "."): points += 1
            case UInt8(ascii: "-"): if index > 0 { return false }
            default: return false
            }
        }
        return digits > 0 && points <= 1
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    /// What somebody sent, in quotes and not at length.
    private static func shown(_ text: String) -> String { "\"\(text.prefix(40))\"" + (text.count > 40 ? "..." : "") }
}
