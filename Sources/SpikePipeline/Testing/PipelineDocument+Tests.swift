import SpikeSignals

extension PipelineDocument {
    /// Reads the list of tests; see ``PipelineTest`` for the grammar.
    mutating func readTests(_ node: MarkedNode) {
        guard case .list(let items) = node.content else {
            log.error("\"tests\" is a list, found \(node.kindText)", at: node.place)
            return
        }
        for item in items {
            if let test = readTest(item) { tests.append(test) }
        }
    }

    private mutating func readTest(_ node: MarkedNode) -> PipelineTest? {
        let known = ["name", "insert", "expect", "expect_nothing_else", "none"]
        guard let fields = Fields(node, what: "a test", known: known, log: &log) else { return nil }
        let name = fields.word("name", of: "a test", log: &log)
        let insert = readInsert(fields)
        let expectations = fields["expect"].map { readExpectations($0) }
        let nothingElse = fields["expect_nothing_else"].flatMap { $0.truth(called: "expect_nothing_else", log: &log) }
        let none = fields["none"].flatMap { $0.truth(called: "none", log: &log) } ?? false
        if none, let expect = fields["expect"] {
            log.error("a test with \"none: true\" expects nothing; leave \"expect\" out", at: expect.place)
        }
        if !none, fields["expect"] == nil {
            log.error("a test needs \"expect\" or \"none: true\"", at: fields.place)
        }
        guard let name, let insert else { return nil }
        return PipelineTest(
            name: name.text, at: insert.at.text, file: insert.file.text, expectations: expectations ?? [],
            expectsNothingElse: none || nothingElse ?? false,
            places: (name.place, insert.at.place, insert.file.place))
    }

    private mutating func readInsert(_ fields: Fields) -> (at: MarkedText, file: MarkedText)? {
        guard let node = fields["insert"] else {
            log.error("a test needs \"insert: {at: STAGE, file: PATH}\"", at: fields.place)
            return nil
        }
        guard let insert = Fields(node, what: "\"insert\"", known: ["at", "file"], log: &log) else { return nil }
        let at = insert.word("at", of: "\"insert\"", log: &log)
        let file = insert.word("file", of: "\"insert\"", log: &log)
        guard let at, let file else { return nil }
        return (at, file)
    }

    private mutating func readExpectations(_ node: MarkedNode) -> [PipelineTest.Expectation] {
        guard case .list(let items) = node.content, !items.isEmpty else {
            log.error(
                "\"expect\" is a list of {from, word}, {from, gesture}, {from, anomaly}, {from, phase}, {from, fault} or "
                    + "{from, events}, found \(node.kindText)",
                at: node.place)
            return []
        }
        var expectations: [PipelineTest.Expectation] = []
        for item in items {
            if let expectation = readExpectation(item) { expectations.append(expectation) }
        }
        return expectations
    }

    private mutating func readExpectation(_ node: MarkedNode) -> PipelineTest.Expectation? {
        let known = ["from", "word", "events", "between_ms", "count"] + Self.recordKinds.keys
        guard let fields = Fields(node, what: "an expectation", known: known, log: &log) else { return nil }
        let from = fields.word("from", of: "an expectation", log: &log)
        let what = readWhat(fields)
        var between: ClosedRange<Double>?
        if let node = fields["between_ms"] { between = readRange(node) }
        var count: Int?
        if let node = fields["count"] {
            if case .integer(let number)? = node.optionValue, (0...1_000_000).contains(number) {
                count = number
            } else {
                log.error("\"count\" is a whole number from 0 to 1000000, found \(node.kindText)", at: node.place)
            }
        }
        guard let from, let what else { return nil }
        return PipelineTest.Expectation(
            from: from.text, what: what, betweenMilliseconds: between, count: count, fromPlace: from.place)
    }

    /// What may be expected by the name of a kind of record, besides words.
    private static let recordKinds: [String: @Sendable (String) -> PipelineTest.Expectation.What] = [
        "gesture": { .gesture($0) }, "anomaly": { .anomaly($0) }, "phase": { .phase($0) }, "fault": { .fault($0) },
    ]

    /// `word: yes`, `gesture: arm_roll`, `anomaly: onset`, `phase: armed`, `fault: dead`, or `events: [MIN, MAX]`, which goes without time and count.
    private mutating func readWhat(_ fields: Fields) -> PipelineTest.Expectation.What? {
        guard let node = fields["events"] else { return readRecord(fields) }
        for other in ["word", "between_ms", "count"] + Self.recordKinds.keys.sorted() {
            guard let extra = fields[other] else { continue }
            log.error("an expectation of \"events\" has no \"\(other)\"", at: extra.place)
        }
        if case .list(let values)? = node.optionValue, values.count == 2 {
            let pair = Options(["a": values[0], "b": values[1]])
            if let a = pair.integer("a"), let b = pair.integer("b"), a >= 0, a <= b { return .events(a...b) }
        }
        let found = node.optionValue?.text ?? "nothing"
        log.error("\"events\" is [MIN, MAX] with 0 <= MIN <= MAX, found \(found)", at: node.place)
        return nil
    }

    /// Reads what is expected of a record: exactly one kind.
    private mutating func readRecord(_ fields: Fields) -> PipelineTest.Expectation.What? {
        let kinds = (["word"] + Self.recordKinds.keys.sorted()).filter { fields[$0] != nil }
        if kinds.count > 1, let extra = fields[kinds[1]] {
            log.error("an expectation of \"\(kinds[0])\" has no \"\(kinds[1])\"", at: extra.place)
            return nil
        }
        let kind = kinds.first ?? "word"
        guard let name = fields.word(kind, of: "an expectation", log: &log) else { return nil }
        if kind == "anomaly", AnomalyRecord.State(rawValue: name.text) == nil {
            log.error("\"anomaly\" is one of onset, update, clear, found \"\(name.text)\"", at: name.place)
            return nil
        }
        return Self.recordKinds[kind]?(name.text) ?? .word(name.text)
    }

    private mutating func readRange(_ node: MarkedNode) -> ClosedRange<Double>? {
        if case .list(let values)? = node.optionValue, values.count == 2 {
            let pair = Options(["a": values[0], "b": values[1]])
            if let a = pair.number("a"), let b = pair.number("b"), a.isFinite, b.isFinite, a >= 0, a <= b {
                return a...b
            }
        }
        let found = node.optionValue?.text ?? "nothing"
        log.error("\"between_ms\" is [FROM, TO] with 0 <= FROM <= TO, found \(found)", at: node.place)
        return nil
    }
}
