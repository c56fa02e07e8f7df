/// The value of an option of a stage, as YAML or a model file gives it.
public indirect enum OptionValue: Hashable, Sendable {
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number with a fraction.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case list([OptionValue])
    /// Named values.
    case map([String: OptionValue])

    /// The value as people write it.
    public var text: String {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): "\(value)"
        case .string(let value): "\"\(value)\""
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .map(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ") + "}"
        }
    }
}

/// One option that a stage understands: its name (with the unit in it), its type and range, and what it means.
public struct OptionSpec: Sendable {
    /// The type and range of an option.
    public enum Shape: Sendable {
        /// `true` or `false`.
        case bool
        /// A whole number in a range.
        case integer(ClosedRange<Int>)
        /// A finite number in a range.
        case number(ClosedRange<Double>)
        /// Any text.
        case string
        /// One of these words.
        case choice([String])
        /// A list, each element of that shape.
        indirect case list(Shape)
        /// Named values, each of that shape.
        indirect case map(Shape)
        /// A value that is one of several shapes.
        indirect case either(Shape, Shape)
    }

    /// The name, with its unit: `hold_off_ms`.
    public let name: String
    /// Type and range.
    public let shape: Shape
    /// Whether the stage cannot do without it. Defaults that come from a model count as given.
    public let isRequired: Bool
    /// One sentence for the manual.
    public let help: String

    /// Describes an option.
    public init(_ name: String, _ shape: Shape, required: Bool = false, help: String) {
        self.name = name
        self.shape = shape
        self.isRequired = required
        self.help = help
    }

    /// What is wrong with `value` as `expected ..., found ...`, or nil if it fits.
    public func complaint(about value: OptionValue) -> String? {
        shape.accepts(value) ? nil : "\"\(name)\" expects \(shape.text), found \(value.text)"
    }
}

extension OptionSpec.Shape {
    /// The shape in words: `a whole number from 1 to 64`.
    public var text: String {
        switch self {
        case .bool: "true or false"
        case .integer(let range):
            range.upperBound == .max
                ? "a whole number, \(range.lowerBound) or more"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            range.upperBound == .infinity
                ? "a number, \(range.lowerBound) or more" : "a number from \(range.lowerBound) to \(range.upperBound)"
        case .string: "a text"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .list(let element): "a list, each " + element.text
        case .map(let element): "named values, each " + element.text
        case .either(let a, let b): a.text + ", or " + b.text
        }
    }

    /// Whether `value` has this type and lies in the range.
    public func accepts(_ value: OptionValue) -> Bool {
        switch (self, value) {
        case (.bool, .bool), (.string, .string): true
        case (.integer(let range), .integer(let value)): range.contains(value)
        case (.number(let range), .integer(let value)): range.contains(Double(value))
        case (.number(let range), .number(let value)): value.isFinite && range.contains(value)
        case (.choice(let words), .string(let word)): words.contains(word)
        case (.list(let shape), .list(let values)): values.allSatisfy(shape.accepts)
        case (.map(let shape), .map(let values)): values.values.allSatisfy(shape.accepts)
        case (.either(let a, let b), _): a.accepts(value) || b.accepts(value)
        default: false
        }
    }
}

/// The options of one stage: what the YAML says over what the model says.
public struct Options: Sendable {
    /// The values by name; each has passed its ``OptionSpec``.
    public var values: [String: OptionValue]

    /// Options with these values.
    public init(_ values: [String: OptionValue] = [:]) { self.values = values }

    /// The value called `name`.
    public subscript(name: String) -> OptionValue? { values[name] }

    /// A whole number.
    public func integer(_ name: String) -> Int? {
        if case .integer(let value)? = values[name] { value } else { nil }
    }

    /// A number; whole numbers count.
    public func number(_ name: String) -> Double? {
        switch values[name] {
        case .number(let value)?: value
        case .integer(let value)?: Double(value)
        default: nil
        }
    }

    /// A truth value.
    public func bool(_ name: String) -> Bool? {
        if case .bool(let value)? = values[name] { value } else { nil }
    }

    /// A text.
    public func string(_ name: String) -> String? {
        if case .string(let value)? = values[name] { value } else { nil }
    }

    /// A list.
    public func list(_ name: String) -> [OptionValue]? {
        if case .list(let value)? = values[name] { value } else { nil }
    }

    /// Named values.
    public func map(_ name: String) -> [String: OptionValue]? {
        if case .map(let value)? = values[name] { value } else { nil }
    }
}
