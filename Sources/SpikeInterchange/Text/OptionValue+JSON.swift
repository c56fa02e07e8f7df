import SpikeSignals

extension OptionValue {
    /// The value as one line of JSON that ``JSONReader`` turns into an equal value; names of a map in order of bytes.
    ///
    /// Numbers are the shortest decimal that reads back as the same `Double`.
    ///
    /// - Throws: if a number is not finite, which JSON cannot say; `name` is where the value stands.
    func json(_ name: String) throws(SpikelineError) -> String {
        switch self {
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value):
            guard value.isFinite else { throw SpikelineError("\"\(name)\" is \(value), expected a finite number") }
            return "\(value)"
        case .string(let value): return JSONValue.string(value).text
        case .list(let values):
            var parts: [String] = []
            for (index, value) in values.enumerated() { parts.append(try value.json("\(name)[\(index)]")) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .map(let values):
            var parts: [String] = []
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                parts.append(JSONValue.string(key).text + ": " + (try value.json(name + "." + key)))
            }
            return "{" + parts.joined(separator: ", ") + "}"
        }
    }
}
