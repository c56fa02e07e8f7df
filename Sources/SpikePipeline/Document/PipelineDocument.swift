import SpikeSignals

/// A pipeline file as it is written: stages with their options, tests, and the place of every word.
///
/// ```yaml
/// name: keywords                                       # optional; otherwise the name of the file
/// sources:
///   microphone: {type: alsa, device: default}
/// transforms:
///   words: {type: keyword, inputs: [microphone], threshold: 0.8}
/// sinks:
///   console: {type: jsonl, inputs: [words], path: "-"}
/// tests:
///   - ...                                              # see PipelineTest
/// ```
/// It has been read, not yet checked: no type or option in it is known to exist.
struct PipelineDocument: Sendable {
    /// One stage as it is written.
    struct Stage: Sendable {
        var name: MarkedText
        var role: StageDescriptor.Role
        var type: MarkedText?
        var inputs: [MarkedText]
        /// Where `inputs` stands, or nil if it was left out.
        var inputsPlace: Place?
        var options: [Option]
    }

    /// One option of a stage as it is written.
    struct Option: Sendable {
        var name: MarkedText
        var value: MarkedNode
    }

    /// The largest number of stages.
    static let mostStages = 1_000

    var name: String
    /// The folder that relative paths start from.
    var folder: String
    var stages: [Stage] = []
    var tests: [PipelineTest] = []
    var log: DiagnosticLog

    /// Reads `text`; what is wrong with it is in ``log``.
    init(_ text: SourceText) {
        let parts = text.name.split(separator: "/", omittingEmptySubsequences: false)
        folder = parts.dropLast().joined(separator: "/")
        if folder.isEmpty, text.name.hasPrefix("/") { folder = "/" }
        let file = parts.last.map(String.init) ?? ""
        let isYAML = file.hasSuffix(".yaml") || file.hasSuffix(".yml")
        name = isYAML ? String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)]) : file
        log = DiagnosticLog(text: text)
        guard let root = YAMLReader.read(text, log: &log) else { return }
        if let place = PipelineDocument.simulation(in: root) {
            log.error("expected a pipeline, found a simulation; run it with spikeline simulate", at: place)
            return
        }
        readSections(of: root)
    }

    /// Where the file says that it describes a simulation, and no pipeline.
    private static func simulation(in root: MarkedNode) -> Place? {
        guard case .map(let fields) = root.content, !fields.contains(where: { $0.key.text == "sources" }) else {
            return nil
        }
        return fields.first { $0.key.text == "simulate" }?.key.place
    }

    private mutating func readSections(of root: MarkedNode) {
        let known = ["name", "sources", "transforms", "sinks", "tests"]
        guard let fields = Fields(root, what: "a pipeline", known: known, log: &log) else { return }
        if let node = fields["name"], let word = node.word(called: "name", log: &log) { name = word.text }
        readStages(fields["sources"], section: "sources", role: .source)
        readStages(fields["transforms"], section: "transforms", role: .transform)
        readStages(fields["sinks"], section: "sinks", role: .sink)
        if stages.count > PipelineDocument.mostStages {
            let most = PipelineDocument.mostStages
            log.error("\(stages.count) stages are more than the \(most) that a pipeline may have", at: .file)
            stages.removeAll()
            return
        }
        for section in ["sources", "sinks"] where isEmpty(fields[section]) {
            let place = fields[section]?.place ?? root.place
            let verb = section == "sources" ? "comes in" : "comes out"
            log.error("a pipeline needs \"\(section)\" with at least one stage: nothing \(verb)", at: place)
        }
        if let node = fields["tests"], !node.isNull { readTests(node) }
    }

    private func isEmpty(_ node: MarkedNode?) -> Bool {
        guard let node, !node.isNull else { return true }
        if case .map(let fields) = node.content { return fields.isEmpty }
        return false
    }

    private mutating func readStages(_ node: MarkedNode?, section: String, role: StageDescriptor.Role) {
        guard let node, !node.isNull else { return }
        guard case .map(let fields) = node.content else {
            log.error("\"\(section)\" holds named stages, found \(node.kindText)", at: node.place)
            return
        }
        for field in fields { readStage(field.key, field.value, role: role) }
    }

    private mutating func readStage(_ name: MarkedText, _ node: MarkedNode, role: StageDescriptor.Role) {
        if let complaint = PipelineDocument.complaint(aboutName: name.text) { log.error(complaint, at: name.place) }
        guard case .map(let fields) = node.content else {
            let place = node.isNull ? name.place : node.place
            log.error("stage \"\(name.text)\" is a map with a \"type\", found \(node.kindText)", at: place)
            return
        }
        var stage = Stage(name: name, role: role, inputs: [], options: [])
        var seen: Set<String> = []
        for field in fields where seen.insert(field.key.text).inserted {
            switch field.key.text {
            case "type": stage.type = field.value.word(called: "type", log: &log)
            case "inputs":
                stage.inputsPlace = field.key.place
                stage.inputs = field.value.words(called: "inputs", log: &log)
            default: stage.options.append(Option(name: field.key, value: field.value))
            }
        }
        if !seen.contains("type") { log.error("stage \"\(name.text)\" needs a \"type\"", at: name.place) }
        stages.append(stage)
    }

    /// Names stand in `--set STAGE.KEY=VALUE`, in records and in pictures, so they are simple.
    private static func complaint(aboutName name: String) -> String? {
        let isSimple = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if isSimple, (1...64).contains(name.utf8.count) { return nil }
        return "the name of a stage is 1 to 64 letters, digits, _ or -, found \"\(name.prefix(70))\""
    }
}
