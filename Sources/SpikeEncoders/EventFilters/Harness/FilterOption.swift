import SpikeSignals

/// One option of a filter: what YAML calls it, and which of the filter's parameters it is.
struct FilterOption<Parameters>: Sendable {
    /// Name, range and meaning.
    let spec: OptionSpec
    /// Reads the parameter.
    let value: @Sendable (Parameters) -> OptionValue
    /// Sets the parameter.
    let store: @Sendable (OptionValue, inout Parameters) -> Void

    /// A whole number.
    static func integer(
        _ name: String, _ path: any WritableKeyPath<Parameters, Int> & Sendable, in range: ClosedRange<Int>,
        required: Bool = false, help: String
    ) -> FilterOption {
        FilterOption(
            spec: OptionSpec(name, .integer(range), required: required, help: help),
            value: { .integer($0[keyPath: path]) },
            store: { if case .integer(let value) = $0 { $1[keyPath: path] = value } })
    }

    /// True or false.
    static func bool(
        _ name: String, _ path: any WritableKeyPath<Parameters, Bool> & Sendable, help: String
    ) -> FilterOption {
        FilterOption(
            spec: OptionSpec(name, .bool, help: help), value: { .bool($0[keyPath: path]) },
            store: { if case .bool(let value) = $0 { $1[keyPath: path] = value } })
    }

    /// One of the words of an enumeration.
    static func choice<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Parameters, Word> & Sendable, required: Bool = false,
        help: String
    ) -> FilterOption {
        FilterOption(
            spec: OptionSpec(name, .choice(Word.allCases.map(\.rawValue)), required: required, help: help),
            value: { .string($0[keyPath: path].rawValue) },
            store: { if case .string(let text) = $0, let word = Word(rawValue: text) { $1[keyPath: path] = word } })
    }
}

/// What one chooses about a filter, in code or as options in YAML.
protocol FilterParameters: Sendable {
    /// The defaults.
    init()
    /// The options, each with the parameter that it sets.
    static var fields: [FilterOption<Self>] { get }
    /// Throws what is wrong with parameters that do not fit together.
    func checkTogether() throws(SpikelineError)
}

extension FilterParameters {
    func checkTogether() throws(SpikelineError) {}

    /// Parameters from options, which have passed their specs; what is not there has its default.
    init(options: Options) {
        self.init()
        for field in Self.fields {
            if let value = options[field.spec.name] { field.store(value, &self) }
        }
    }

    /// Throws what is wrong with the parameters, if anything.
    func check() throws(SpikelineError) {
        for field in Self.fields {
            if let complaint = field.spec.complaint(about: field.value(self)) { throw SpikelineError(complaint) }
        }
        try checkTogether()
    }
}
