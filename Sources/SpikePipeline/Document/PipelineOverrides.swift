import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// What the command line changes about a pipeline before it is checked: `--set STAGE.KEY=VALUE` and `--input FILE`.
public struct PipelineOverrides: Sendable {
    /// The arguments of `--set`, each `STAGE.KEY=VALUE` with a YAML value; later ones win.
    public var settings: [String]
    /// The file to read instead of the pipeline's own source of sound or events; relative to the working directory.
    public var input: String?
    /// The microphone to listen to instead of the pipeline's own source of sound; a device of ALSA.
    public var microphone: String?

    /// The types of the sources that read files, by what they give.
    static let fileSources: [PortKind: String] = [.audio: "audio_file", .events: "event_file"]
    /// The option of such a source that names the file.
    static let fileOption = "path"

    /// Changes nothing, by default.
    public init(settings: [String] = [], input: String? = nil, microphone: String? = nil) {
        self.settings = settings
        self.input = input
        self.microphone = microphone
    }

    func apply(to document: inout PipelineDocument, catalogue: Catalogue) {
        for setting in settings { PipelineOverrides.set(setting, in: &document) }
        if let input { PipelineOverrides.read(input, in: &document, catalogue: catalogue) }
        if let microphone { PipelineOverrides.listen(to: microphone, in: &document, catalogue: catalogue) }
    }

    private static func set(_ setting: String, in document: inout PipelineDocument) {
        let place = Place.argument("--set \(setting)")
        let halves = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let path = (halves.first ?? "").split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, path.count == 2, !path[0].isEmpty, !path[1].isEmpty else {
            document.log.error("expected STAGE.KEY=VALUE", at: place)
            return
        }
        let (stage, key) = (String(path[0]), String(path[1]))
        guard key != "type", key != "inputs" else {
            document.log.error("\"\(key)\" is set in the file; only options can be set here", at: place)
            return
        }
        guard let index = document.stages.firstIndex(where: { $0.name.text == stage }) else {
            let stages = document.stages
            document.log.error(
                "there is no stage \"\(stage)\"", unknown: stage, known: stages.map(\.name.text), at: place)
            return
        }
        guard let value = value(String(halves[1]), at: place, log: &document.log) else { return }
        document.stages[index].set(key, to: value, at: place)
    }

    /// Reads the value as YAML would; what stands inside it is placed at the argument.
    private static func value(_ text: String, at place: Place, log: inout DiagnosticLog) -> MarkedNode? {
        var own = DiagnosticLog(text: SourceText(text, name: ""))
        guard !text.isEmpty, let node = YAMLReader.read(own.text, log: &own), !own.hasErrors else {
            let why = own.diagnostics.first?.message ?? "there is no value after \"=\""
            log.error(why, at: place)
            return nil
        }
        return node.moved(to: place)
    }

    private static func read(_ file: String, in document: inout PipelineDocument, catalogue: Catalogue) {
        let place = Place.argument("--input \(file)")
        let sources = document.stages.indices.filter { document.stages[$0].role == .source }
        let files = sources.filter { fileSources.values.contains(document.stages[$0].type?.text ?? "") }
        let others = sources.filter { fileType(of: document.stages[$0], catalogue) != nil }
        guard let index = files.count == 1 ? files.first : others.count == 1 ? others.first : nil else {
            let found = files.isEmpty ? others.count : files.count
            document.log.error("expected a pipeline with one source of sound or events, found \(found)", at: place)
            return
        }
        if files.isEmpty, let type = fileType(of: document.stages[index], catalogue) {
            let known = catalogue.descriptors[type]?.options.map(\.name) ?? []
            document.stages[index].type = MarkedText(text: type, place: place)
            document.stages[index].options.removeAll { !known.contains($0.name.text) }
        }
        let path = MarkedNode(content: .scalar(absolute(file), isPlain: false), place: place)
        document.stages[index].set(fileOption, to: path, at: place)
    }

    /// Puts a microphone in place of the one source of sound; options that it does not know are left out.
    private static func listen(to device: String, in document: inout PipelineDocument, catalogue: Catalogue) {
        let place = Place.argument("--source alsa:\(device)")
        let sources = document.stages.indices.filter { index in
            let stage = document.stages[index]
            return stage.role == .source && catalogue.descriptors[stage.type?.text ?? ""]?.output == .audio
        }
        guard sources.count == 1, let index = sources.first, let alsa = catalogue.descriptors["alsa"] else {
            document.log.error("expected a pipeline with one source of sound, found \(sources.count)", at: place)
            return
        }
        document.stages[index].type = MarkedText(text: alsa.type, place: place)
        document.stages[index].options.removeAll { option in
            guard let spec = alsa.options.first(where: { $0.name == option.name.text }) else { return true }
            return option.value.optionValue.map { spec.complaint(about: $0) != nil } ?? true
        }
        let value = MarkedNode(content: .scalar(device, isPlain: false), place: place)
        document.stages[index].set("device", to: value, at: place)
    }

    /// The type of the file source that gives what `stage` gives, if there is one.
    private static func fileType(of stage: PipelineDocument.Stage, _ catalogue: Catalogue) -> String? {
        catalogue.descriptors[stage.type?.text ?? ""]?.output.flatMap { fileSources[$0] }
    }

    /// `path` from the root of the file system, as options of a pipeline start from the pipeline's folder.
    private static func absolute(_ path: String) -> String {
        guard path != "-", !path.hasPrefix("/") else { return path }
        guard let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }
}

extension PipelineDocument.Stage {
    /// Gives an option a value, whether or not it had one.
    mutating func set(_ name: String, to value: MarkedNode, at place: Place) {
        options.removeAll { $0.name.text == name }
        options.append(PipelineDocument.Option(name: MarkedText(text: name, place: place), value: value))
    }
}

extension MarkedNode {
    /// The same value, all of it at `place`.
    fileprivate func moved(to place: Place) -> MarkedNode {
        switch content {
        case .scalar: return MarkedNode(content: content, place: place)
        case .list(let items): return MarkedNode(content: .list(items.map { $0.moved(to: place) }), place: place)
        case .map(let fields):
            let moved = fields.map {
                (key: MarkedText(text: $0.key.text, place: place), value: $0.value.moved(to: place))
            }
            return MarkedNode(content: .map(moved), place: place)
        }
    }
}
