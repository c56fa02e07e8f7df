import SpikePipeline
import SpikeSignals

/// A simulation as it is written in YAML, read strictly: every unknown name and every value outside its range is an error
/// with line and column, and all errors are told at once.
///
/// ```yaml
/// simulate:
///   duration_ms: 1000
///   inputs:
///     drive: {type: poisson, count: 100, rate_hz: 15}
///   populations:
///     neurons: {count: 100, tau_ms: 10, rest_mv: -70, threshold_mv: -55, reset_mv: -75}
///   projections:
///     - {from: drive, to: neurons, probability: 0.1, weight_mv: 3}
/// ```
public enum SimulationDocument {
    /// Reads and checks the file at `path`; `seed` replaces what the file says.
    ///
    /// - Throws: ``SpikePipeline/PipelineErrors`` for what is written wrong, `SpikelineError` for sizes that do not fit.
    public static func load(path: String, seed: UInt64? = nil) throws -> Simulation {
        try parse(try TextFile.read(path, atMost: YAMLReader.largestFile), path: path, seed: seed)
    }

    /// Checks a simulation whose text is at hand; `path` names it in messages.
    public static func parse(_ text: String, path: String, seed: UInt64? = nil) throws -> Simulation {
        var log = DiagnosticLog(text: SourceText(text, name: path))
        var simulation: Simulation?
        if let root = YAMLReader.read(SourceText(text, name: path), log: &log) {
            var reader = SimulationReader(log: log)
            simulation = reader.read(root)
            log = reader.log
        }
        try log.throwIfFailed()
        guard var simulation else { throw SpikelineError("the file cannot be read", at: path, cause: .defect) }
        if let seed { simulation.seed = seed }
        if simulation.name.isEmpty {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            simulation.name = file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
        }
        try simulation.check()
        return simulation
    }
}

/// Builds a simulation from the nodes of a file and collects complaints.
struct SimulationReader {
    var log: DiagnosticLog
    private var names: [String] = []

    init(log: DiagnosticLog) { self.log = log }

    mutating func read(_ root: MarkedNode) -> Simulation? {
        let known = ["name", "simulate"]
        guard let file = Fields(root, what: "a simulation's file", known: known, log: &log) else { return nil }
        let name = file["name"]?.word(called: "name", log: &log)?.text ?? ""
        guard let node = file["simulate"] else {
            log.error("the file has no \"simulate\". A pipeline is run with: spikeline run", at: root.place)
            return nil
        }
        let parts = ["inputs", "populations", "projections", "record"]
        let specs = SimulationOptions.run
        guard let fields = Fields(node, what: "\"simulate\"", known: specs.map(\.name) + parts, log: &log) else {
            return nil
        }
        let options = check(fields, specs, what: "\"simulate\"")
        let inputs = readNamed(fields["inputs"], section: "inputs", SimulationOptions.input).map(input)
        let populations = readNamed(fields["populations"], section: "populations", SimulationOptions.population)
            .map(population)
        if populations.isEmpty, fields["populations"] == nil {
            log.error("\"simulate\" needs \"populations\"", at: node.place)
        }
        let projections = readProjections(fields["projections"], inputs: inputs.count)
        var recording = Recording()
        if let node = fields["record"],
            let fields = Fields(node, what: "\"record\"", known: SimulationOptions.record.map(\.name), log: &log)
        {
            let options = check(fields, SimulationOptions.record, what: "\"record\"")
            recording = Recording(
                traces: options.integer("traces") ?? recording.traces,
                binMs: options.number("bin_ms") ?? recording.binMs)
        }
        return Simulation(
            name: name, durationMs: options.number("duration_ms") ?? 1000, stepMs: options.number("step_ms") ?? 0.1,
            seed: UInt64(options.integer("seed") ?? 1), inputs: inputs, populations: populations,
            projections: projections, recording: recording)
    }

    /// The values of `fields` that have the right type and range; complains about the others and about what is missing.
    private mutating func check(_ fields: Fields, _ specs: [OptionSpec], what: String) -> Options {
        var values: [String: OptionValue] = [:]
        for spec in specs {
            guard let node = fields[spec.name] else {
                if spec.isRequired { log.error("\(what) needs \"\(spec.name)\"", at: fields.place) }
                continue
            }
            guard let value = node.optionValue else {
                log.error("\"\(spec.name)\" expects \(spec.shape.text), found nothing", at: node.place)
                continue
            }
            if let complaint = spec.complaint(about: value) {
                log.error(complaint, at: node.place)
            } else {
                values[spec.name] = value
            }
        }
        return Options(values)
    }

    /// The entries of a section of named parts.
    private mutating func readNamed(
        _ node: MarkedNode?, section: String, _ specs: [OptionSpec]
    ) -> [(String, Options)] {
        guard let node, !node.isNull else { return [] }
        guard case .map(let entries) = node.content else {
            log.error("\"\(section)\" holds named parts, found \(node.kindText)", at: node.place)
            return []
        }
        guard entries.count <= Simulation.Limits.parts else {
            log.error("\"\(section)\" has more than \(Simulation.Limits.parts) parts", at: node.place)
            return []
        }
        return entries.map { entry in
            let name = entry.key.text
            if names.contains(name) { log.error("\"\(name)\" is given twice", at: entry.key.place) }
            names.append(name)
            let what = "\"\(name)\""
            guard let fields = Fields(entry.value, what: what, known: specs.map(\.name), log: &log) else {
                return (name, Options())
            }
            let options = check(fields, specs, what: what)
            if let threshold = options.number("threshold_mv"), let reset = options.number("reset_mv"),
                threshold <= reset
            {
                log.error(
                    "\(what) has its threshold_mv \(threshold) not above its reset_mv \(reset): it would fire for ever",
                    at: entry.key.place)
            }
            return (name, options)
        }
    }

    private func input(_ name: String, _ options: Options) -> InputGroup {
        InputGroup(
            name: name, count: options.integer("count") ?? 1,
            pattern: options.string("type").flatMap(InputGroup.Pattern.init) ?? .poisson,
            rateHz: options.number("rate_hz") ?? 0)
    }

    private func population(_ name: String, _ options: Options) -> CellPopulation {
        CellPopulation(
            name: name, count: options.integer("count") ?? 1, tauMs: options.number("tau_ms") ?? 1,
            restMv: options.number("rest_mv") ?? 0, thresholdMv: options.number("threshold_mv") ?? 1,
            resetMv: options.number("reset_mv") ?? 0, refractoryMs: options.number("refractory_ms") ?? 0,
            driveMv: options.number("drive_mv") ?? 0, synapseTauMs: options.number("synapse_tau_ms"))
    }

    private mutating func readProjections(_ node: MarkedNode?, inputs: Int) -> [Projection] {
        guard let node, !node.isNull else { return [] }
        guard case .list(let items) = node.content, items.count <= Simulation.Limits.parts else {
            log.error(
                "\"projections\" is a list of at most \(Simulation.Limits.parts), found \(node.kindText)",
                at: node.place)
            return []
        }
        let specs = SimulationOptions.projection
        return items.compactMap { item in
            let what = "a projection"
            guard let fields = Fields(item, what: what, known: specs.map(\.name), log: &log) else { return nil }
            let options = check(fields, specs, what: what)
            let source = group(options.string("from"), fields["from"], among: names)
            let target = group(options.string("to"), fields["to"], among: Array(names.dropFirst(inputs)))
            guard let source, let target else { return nil }
            return Projection(
                source: source, target: target, probability: options.number("probability") ?? 1,
                weightMv: options.number("weight_mv") ?? 0, delayMs: options.number("delay_ms") ?? 0)
        }
    }

    /// The place of `name` among `known`, or nil and a complaint.
    private mutating func group(_ name: String?, _ node: MarkedNode?, among known: [String]) -> Int? {
        guard let name, let node else { return nil }
        if let index = known.firstIndex(of: name) { return index }
        let isInput = names.contains(name)
        log.error(
            isInput ? "\"\(name)\" is an input, which no projection goes to" : "there is no \"\(name)\"", unknown: name,
            known: known, at: node.place)
        return nil
    }
}
