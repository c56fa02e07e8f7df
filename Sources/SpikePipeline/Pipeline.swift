import SpikeSignals

/// A pipeline that has been read and checked and can be run.
///
/// ```swift
/// let pipeline = try Pipeline.load(path: "Pipelines/keywords.yaml", catalogue: catalogue)
/// let summary = try pipeline.makeGraph().run()
/// ```
public struct Pipeline: Sendable {
    /// A stage whose type exists, whose options fit and whose inputs give what it takes.
    public struct Stage: Sendable {
        /// Its name in the pipeline.
        public let name: String
        /// Its type.
        public let descriptor: StageDescriptor
        /// Its options: what the pipeline says over what its neighbours give.
        public let options: Options
        /// The stages it reads, as indices into ``Pipeline/stages``; all are smaller than its own.
        public let inputs: [Int]
        /// Where its name stands.
        let place: Place
    }

    /// The name: `name:` in the file, or the file's name without `.yaml`.
    public let name: String
    /// The folder that relative paths start from.
    public let folder: String
    /// The stages, each after those it reads; otherwise in the order of the file.
    public let stages: [Stage]
    /// The tests that the pipeline carries.
    public let tests: [PipelineTest]
    /// What is suspicious but no error.
    public let warnings: [Diagnostic]

    /// The file, for tests that put another source in.
    let document: PipelineDocument
    let catalogue: Catalogue

    /// Reads and checks the pipeline in the file at `path`.
    ///
    /// - Parameter overrides: what the command line changes, applied before checking.
    /// - Throws: all that is wrong with the file and the overrides at once.
    public static func load(
        path: String, catalogue: Catalogue, overrides: PipelineOverrides = PipelineOverrides()
    ) throws(PipelineErrors) -> Pipeline {
        let text: String
        do {
            text = try TextFile.read(path, atMost: YAMLReader.largestFile)
        } catch {
            let message = error.what + (error.hint.isEmpty ? "" : ". " + error.hint)
            throw PipelineErrors([Diagnostic(severity: .error, subject: path, message: message, excerpt: "")])
        }
        return try parse(text, path: path, catalogue: catalogue, overrides: overrides)
    }

    /// Checks a pipeline whose text is at hand; `path` names it in messages and places its relative paths.
    public static func parse(
        _ text: String, path: String, catalogue: Catalogue, overrides: PipelineOverrides = PipelineOverrides()
    ) throws(PipelineErrors) -> Pipeline {
        var document = PipelineDocument(SourceText(text, name: path))
        overrides.apply(to: &document, catalogue: catalogue)
        var checker = PipelineChecker(document, catalogue: catalogue)
        return try checker.check()
    }

    /// Where a stage stands, for making it.
    func context(of stage: Stage) -> StageContext {
        StageContext(pipeline: name, stage: stage.name, folder: folder)
    }
}
