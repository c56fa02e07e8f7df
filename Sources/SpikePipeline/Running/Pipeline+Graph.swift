import SpikeSignals

extension Pipeline {
    /// Makes the stages and wires them up.
    ///
    /// Now files and devices are opened; the run itself is ``PipelineGraph/run(stop:)``.
    ///
    /// - Throws: the complaints of all stages that could not be made, each at its place in the file.
    ///
    /// - Parameters:
    ///   - observer: looks on while it runs.
    ///   - isPaced: whether files are read at the speed at which they were recorded, and no faster.
    public func makeGraph(
        observer: (any PipelineObserver)? = nil, isPaced: Bool = false
    ) throws(PipelineErrors) -> PipelineGraph {
        let running = try makeStages()
        observer?.begins(observed(running, isPaced: isPaced))
        let graph = PipelineGraph(running, queues: stages.map(\.queue), name: name, observer: observer)
        graph.isPaced = isPaced
        return graph
    }

    /// Makes the transforms and throws them away: their models are loaded and proved, yet no device, port or file that a
    /// run of the same pipeline may hold is touched.
    ///
    /// - Throws: the complaints of all transforms that could not be made, each at its place in the file.
    public func checkTransforms() throws(PipelineErrors) {
        var log = DiagnosticLog(text: document.log.text)
        for stage in stages where stage.descriptor.role == .transform {
            do {
                _ = try stage.make(in: context(of: stage))
            } catch {
                log.error(error.description, at: document.place(of: error, inStage: stage.name))
            }
        }
        if log.hasErrors { throw PipelineErrors(log.diagnostics) }
    }

    /// The stages, made and wired up, in the order of the pipeline.
    func makeStages() throws(PipelineErrors) -> [RunningStage] {
        var log = DiagnosticLog(text: document.log.text)
        var cause = SpikelineError.Cause.input
        var running: [RunningStage] = []
        for stage in stages {
            do {
                let made = try stage.make(in: context(of: stage))
                running.append(RunningStage(name: stage.name, stage: made, inputs: stage.inputs.count))
            } catch {
                if error.cause != .input { cause = error.cause }
                log.error(error.description, at: document.place(of: error, inStage: stage.name))
            }
        }
        if log.hasErrors { throw PipelineErrors(log.diagnostics, cause: cause) }
        for (stage, reader) in zip(stages, running) {
            for (slot, input) in stage.inputs.enumerated() {
                running[input].readers.append(RunningStage.Reader(stage: reader, slot: slot))
            }
        }
        return running
    }
}

extension Pipeline.Stage {
    /// The queue of a live source, from its options `queue_blocks` and `when_full`.
    var queue: (capacity: Int, policy: FullQueuePolicy) {
        let policy = options.string("when_full").flatMap(FullQueuePolicy.init(rawValue:))
        return (min(max(options.integer("queue_blocks") ?? 64, 1), 65_536), policy ?? .dropOldest)
    }

    /// Makes the stage; that it is what its descriptor promises is checked, as everything relies on it.
    fileprivate func make(in context: StageContext) throws(SpikelineError) -> AnyStage {
        let made = try descriptor.make(options, context)
        let ports: (role: StageDescriptor.Role, input: PortKind?, output: PortKind?) =
            switch made {
            case .source(let source): (.source, nil, source.output)
            case .transform(let transform): (.transform, transform.input, transform.output)
            case .sink(let sink): (.sink, sink.input, nil)
            }
        guard ports == (descriptor.role, descriptor.input, descriptor.output) else {
            throw SpikelineError(
                "\(descriptor.type) promises to be another kind of stage than it makes", at: "stage \"\(name)\"",
                cause: .defect)
        }
        return made
    }
}

extension PipelineDocument {
    /// The place of the option whose value is the file that the error is about, or else of the stage's name.
    func place(of error: SpikelineError, inStage name: String) -> Place {
        guard let stage = stages.first(where: { $0.name.text == name }) else { return .file }
        let context = StageContext(pipeline: self.name, stage: name, folder: folder)
        for option in stage.options {
            guard case .string(let path)? = option.value.optionValue, !path.isEmpty else { continue }
            if error.place.hasPrefix(context.resolve(path: path)) { return option.value.place }
        }
        return stage.name.place
    }
}
