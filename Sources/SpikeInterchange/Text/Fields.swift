import SpikeSignals

/// The fields of one JSON object of a model file, read with their expected types and ranges.
struct Fields {
    /// The values by name.
    let values: [String: OptionValue]
    /// Where the object stands: `network.populations[2]`.
    let path: String
    /// The file, for messages.
    let file: String

    /// The fields of `value`, which must be an object.
    init(_ value: OptionValue, path: String, file: String) throws(SpikelineError) {
        guard case .map(let values) = value else {
            throw SpikelineError("\"\(path)\" expects named values, found \(value.text)", at: file)
        }
        self.values = values
        self.path = path
        self.file = file
    }

    /// Field `name`, checked against `shape`.
    func value(_ name: String, _ shape: OptionSpec.Shape) throws(SpikelineError) -> OptionValue {
        guard let value = values[name] else { throw SpikelineError("\"\(path).\(name)\" is missing", at: file) }
        guard shape.accepts(value) else {
            throw SpikelineError("\"\(path).\(name)\" expects \(shape.text), found \(value.text.prefix(80))", at: file)
        }
        return value
    }

    /// A whole number in `range`.
    func integer(_ name: String, _ range: ClosedRange<Int>) throws(SpikelineError) -> Int {
        guard case .integer(let value) = try value(name, .integer(range)) else { return range.lowerBound }
        return value
    }

    /// A whole number of 32 bits in `range`.
    func integer32(_ name: String, _ range: ClosedRange<Int32>) throws(SpikelineError) -> Int32 {
        Int32(truncatingIfNeeded: try integer(name, Int(range.lowerBound)...Int(range.upperBound)))
    }

    /// A text.
    func string(_ name: String) throws(SpikelineError) -> String {
        guard case .string(let value) = try value(name, .string) else { return "" }
        return value
    }

    /// One of these words.
    func choice(_ name: String, _ words: [String]) throws(SpikelineError) -> String {
        guard case .string(let value) = try value(name, .choice(words)) else { return "" }
        return value
    }

    /// Named values.
    func map(_ name: String) throws(SpikelineError) -> [String: OptionValue] {
        try Fields(values[name] ?? .map([:]), path: path + "." + name, file: file).values
    }

    /// A list with as many elements as `counts` allows.
    func list(_ name: String, counts: ClosedRange<Int>) throws(SpikelineError) -> [OptionValue] {
        guard case .list(let values)? = values[name], counts.contains(values.count) else {
            throw SpikelineError(
                "\"\(path).\(name)\" expects a list of \(counts.lowerBound) to \(counts.upperBound) values, found "
                    + (values[name].map { value in
                        if case .list(let values) = value { "\(values.count)" } else { "something else" }
                    } ?? "nothing"),
                at: file)
        }
        return values
    }

    /// A list of objects.
    func objects(_ name: String, counts: ClosedRange<Int>) throws(SpikelineError) -> [Fields] {
        var objects: [Fields] = []
        for (index, value) in try list(name, counts: counts).enumerated() {
            objects.append(try Fields(value, path: "\(path).\(name)[\(index)]", file: file))
        }
        return objects
    }
}
