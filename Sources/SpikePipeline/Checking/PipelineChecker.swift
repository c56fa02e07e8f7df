import SpikeSignals

/// Checks a pipeline file against the catalogue and reports everything that is wrong with it at once.
///
/// ```
/// types -> options -> inputs -> edges -> order -> defaults of neighbours -> what is missing -> tests
/// ```
/// Each step works with what the steps before it could make sense of and keeps silent about the rest, so that one
/// mistake earns one message.
struct PipelineChecker {
    let document: PipelineDocument
    let catalogue: Catalogue
    var log: DiagnosticLog
    /// For each stage of the document its kind, if that exists and may stand there.
    var kinds: [StageDescriptor?]
    /// For each stage the values of its options that are right, or all of them where the kind is unknown.
    var options: [[String: OptionValue]]
    /// For each stage the stages it reads.
    var inputs: [[Int]]
    /// The stages by name; the first of two counts.
    var indices: [String: Int] = [:]
    /// For stages that might have got options from a stage that could not say what it gives: the name of that stage.
    var silentGivers: [Int: String] = [:]
    /// For stages that got none from a stage that has options for others: its name, and the options by type of stage.
    var otherGivers: [Int: (name: String, options: [String: [String: OptionValue]])] = [:]
    /// Whether the pipeline stands for itself: then nothing may be left unread and sinks are needed.
    var isWhole = true

    init(_ document: PipelineDocument, catalogue: Catalogue) {
        self.document = document
        self.catalogue = catalogue
        log = document.log
        kinds = Array(repeating: nil, count: document.stages.count)
        options = Array(repeating: [:], count: document.stages.count)
        inputs = Array(repeating: [], count: document.stages.count)
    }

    /// The checked pipeline.
    mutating func check() throws(PipelineErrors) -> Pipeline {
        checkNames()
        for index in document.stages.indices {
            kinds[index] = kind(of: document.stages[index])
            readOptions(of: index)
        }
        for index in document.stages.indices { readInputs(of: index) }
        for index in document.stages.indices { checkEdges(into: index) }
        let order = stageOrder()
        if let order { adoptDefaults(in: order) }
        for index in document.stages.indices { checkRequired(index) }
        if isWhole {
            warnUnread()
            checkTests()
        }
        try log.throwIfFailed()
        return pipeline(in: order ?? [])
    }

    private func pipeline(in order: [Int]) -> Pipeline {
        var ranks = Array(repeating: 0, count: order.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        let stages = order.compactMap { index in
            kinds[index].map { kind in
                Pipeline.Stage(
                    name: document.stages[index].name.text, descriptor: kind, options: Options(options[index]),
                    inputs: inputs[index].map { ranks[$0] }, place: document.stages[index].name.place)
            }
        }
        return Pipeline(
            name: document.name, folder: document.folder, stages: stages, tests: document.tests,
            warnings: log.diagnostics, document: document, catalogue: catalogue)
    }

    private mutating func checkNames() {
        for (index, stage) in document.stages.enumerated() {
            guard let first = indices[stage.name.text] else {
                indices[stage.name.text] = index
                continue
            }
            let other = document.stages[first]
            // Within a section a repeated name is a repeated key, which the reader has noted.
            guard other.role != stage.role else { continue }
            log.error(
                "the name \"\(stage.name.text)\" is used twice, first in line \(other.name.place.position.line)",
                at: stage.name.place)
        }
    }

    private mutating func kind(of stage: PipelineDocument.Stage) -> StageDescriptor? {
        guard let type = stage.type else { return nil }
        guard let named = catalogue.descriptors[type.text] else {
            let known = catalogue.descriptors.values.filter { kind in
                ([kind] + kind.variants).contains { $0.role == stage.role }
            }.map(\.type).sorted()
            let role = stage.role.rawValue
            log.error(
                "\"\(type.text)\" is no type of \(role)", unknown: type.text, known: known,
                otherwise: ". A \(role) is one of " + known.joined(separator: ", "), at: type.place)
            return nil
        }
        let kind = named.variant(for: stage.role, kind: stage.text(of: "kind"))
        guard kind.role == stage.role else {
            log.error(
                "\"\(type.text)\" is a \(kind.role.rawValue). Move \"\(stage.name.text)\" to \"\(kind.role.rawValue)s\"",
                at: type.place)
            return nil
        }
        return kind
    }

    private mutating func readOptions(of index: Int) {
        for option in document.stages[index].options {
            let name = option.name.text
            let value = option.value.optionValue
            guard let kind = kinds[index] else {
                options[index][name] = value
                continue
            }
            guard let spec = kind.options.first(where: { $0.name == name }) else {
                complain(aboutUnknown: option, of: kind, named: document.stages[index].name.text)
                continue
            }
            guard let value else {
                log.error("\"\(name)\" has no value. It expects \(spec.shape.text)", at: option.value.place)
                continue
            }
            if let complaint = spec.complaint(about: value) {
                log.error(complaint, at: option.value.place)
            } else {
                options[index][name] = value
            }
        }
    }

    private mutating func complain(
        aboutUnknown option: PipelineDocument.Option, of kind: StageDescriptor, named stage: String
    ) {
        let known = kind.options.map(\.name)
        log.error(
            "\"\(stage)\" (\(kind.type)) has no option \"\(option.name.text)\"", unknown: option.name.text,
            known: known + ["type", "inputs"],
            otherwise: known.isEmpty ? ". It has no options" : ". It has " + known.joined(separator: ", "),
            at: option.name.place)
    }

    /// What the stage cannot do without and neither the file nor a neighbour gives.
    private mutating func checkRequired(_ index: Int) {
        guard let kind = kinds[index] else { return }
        let stage = document.stages[index]
        for spec in kind.options where spec.isRequired && options[index][spec.name] == nil {
            // One that is written but wrong has been complained about.
            if stage.options.contains(where: { $0.name.text == spec.name }) { continue }
            let what = "\"\(stage.name.text)\" (\(kind.type)) needs \"\(spec.name)\""
            let hope = silentGivers[index].map { " Perhaps \"\($0)\" gives it once that is mended" }
            let hint = hope ?? otherTakers(of: spec.name, index) ?? ""
            log.error("\(what): \(spec.help)\(hint)", at: stage.name.place)
        }
    }

    /// Who gets the option called `name` from a neighbour that does not give it to the stage at `index`.
    private func otherTakers(of name: String, _ index: Int) -> String? {
        guard let giver = otherGivers[index] else { return nil }
        let types = giver.options.filter { $0.value[name] != nil }.keys.sorted()
        if types.isEmpty { return nil }
        let quoted = types.map { "\"\($0)\"" }.joined(separator: " and ")
        return " \"\(giver.name)\" gives it to \(quoted) only: perhaps it is made for something else"
    }
}

extension PipelineDocument.Stage {
    /// The text of the option called `name`, if it is one.
    fileprivate func text(of name: String) -> String? {
        guard case .string(let text)? = options.first(where: { $0.name.text == name })?.value.optionValue else {
            return nil
        }
        return text
    }
}
