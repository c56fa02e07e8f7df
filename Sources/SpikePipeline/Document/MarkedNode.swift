import SpikeSignals

/// A value of the YAML file and where it stands.
package struct MarkedNode: Sendable {
    /// What the value is.
    package indirect enum Content: Sendable {
        /// A word; only a plain one (without quotes) can mean a number or a truth value.
        case scalar(String, isPlain: Bool)
        /// A list.
        case list([MarkedNode])
        /// Named values in the order of the file; names may be repeated.
        case map([(key: MarkedText, value: MarkedNode)])
    }

    /// What the value is.
    package var content: Content
    /// Where it stands.
    package var place: Place

    /// Whether nothing was written where a value could stand (`sources:`), or `null`.
    package var isNull: Bool {
        if case .scalar(let text, true) = content { PlainScalar.isNull(text) } else { false }
    }

    /// The value as an option takes it; nil for nothing, also inside lists and maps.
    package var optionValue: OptionValue? {
        switch content {
        case .scalar(let text, isPlain: true): return PlainScalar.value(of: text)
        case .scalar(let text, isPlain: false): return .string(text)
        case .list(let nodes):
            let values = nodes.compactMap(\.optionValue)
            return values.count == nodes.count ? .list(values) : nil
        case .map(let fields):
            var values: [String: OptionValue] = [:]
            for field in fields {
                guard let value = field.value.optionValue else { return nil }
                values[field.key.text] = value
            }
            return .map(values)
        }
    }

    /// What kind of value it is, in words: `a list`.
    package var kindText: String {
        switch content {
        case .scalar where isNull: "nothing"
        case .scalar(let text, _): "\"\(text.prefix(40))\""
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// The core schema of YAML 1.2 (section 10.3): what a word without quotes means.
///
/// Unlike in YAML 1.1, `yes`, `no`, `on` and `off` are ordinary words, and keywords people really say.
enum PlainScalar {
    /// Whether the word stands for nothing.
    static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

    /// The value of the word, or nil for nothing.
    static func value(of text: String) -> OptionValue? {
        if isNull(text) { return nil }
        if ["true", "True", "TRUE"].contains(text) { return .bool(true) }
        if ["false", "False", "FALSE"].contains(text) { return .bool(false) }
        if let whole = integer(text) { return .integer(whole) }
        if let number = number(text) { return .number(number) }
        return .string(text)
    }

    private static func integer(_ text: String) -> Int? {
        if text.hasPrefix("0x") { return digits(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return digits(text.dropFirst(2), radix: 8) }
        return Int(text)
    }

    private static func digits(_ text: Substring, radix: Int) -> Int? {
        text.first == "-" || text.first == "+" ? nil : Int(text, radix: radix)
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: break
        }
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
        guard text.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
        return Double(text)
    }
}
