/// Where a stage stands: in which pipeline, under which name, with which folder for relative paths.
public struct StageContext: Sendable {
    /// The name of the pipeline (the file's name without `.yaml`).
    public var pipeline: String
    /// The name of the stage in the pipeline.
    public var stage: String
    /// The folder that relative paths in the pipeline start from.
    public var folder: String

    /// A place in a pipeline.
    public init(pipeline: String, stage: String, folder: String) {
        self.pipeline = pipeline
        self.stage = stage
        self.folder = folder
    }

    /// `path` as it stands if it is absolute or `-`, and inside ``folder`` otherwise.
    public func resolve(path: String) -> String {
        path == "-" || path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
    }
}

/// A kind of stage that pipelines can name: what it takes, makes and understands, and how it is made.
///
/// The runner knows stages only through this, so it is tested with toy stages, and a new stage touches its own module
/// and one line of the catalogue.
public struct StageDescriptor: Sendable {
    /// Where in a pipeline the stage may stand.
    public enum Role: String, Sendable {
        /// Under `sources:`.
        case source
        /// Under `transforms:`.
        case transform
        /// Under `sinks:`.
        case sink
    }

    /// Options that a stage supplies to its neighbours, by the neighbours' `type`.
    ///
    /// A model knows the ear it was trained with and the words it reports; so its `network` stage gives
    /// `["cochlea": ..., "keyword": ...]`, and the YAML need not repeat them.
    public typealias NeighbourDefaults = [String: [String: OptionValue]]

    /// The `type` in the YAML.
    public let type: String
    /// Where in a pipeline the stage may stand.
    public let role: Role
    /// What it takes; nil for a source.
    public let input: PortKind?
    /// What it makes; nil for a sink.
    public let output: PortKind?
    /// One sentence for the manual.
    public let summary: String
    /// The options it understands; any other key is an error.
    public let options: [OptionSpec]
    /// What it supplies to its neighbours, computed from its options.
    public let neighbourDefaults: @Sendable (Options, StageContext) throws(SpikelineError) -> NeighbourDefaults
    /// Kinds of stage of the same type for other roles or other data; the section and the option `kind` decide.
    public let variants: [StageDescriptor]
    /// Makes the stage; its options have been checked against ``options``.
    public let make: @Sendable (Options, StageContext) throws(SpikelineError) -> AnyStage

    /// Describes a kind of stage.
    public init(
        type: String, role: Role, input: PortKind? = nil, output: PortKind? = nil, summary: String,
        options: [OptionSpec], variants: [StageDescriptor] = [],
        neighbourDefaults:
            @escaping @Sendable (Options, StageContext) throws(SpikelineError) -> NeighbourDefaults = {
                (_, _) throws(SpikelineError) in [:]
            },
        make: @escaping @Sendable (Options, StageContext) throws(SpikelineError) -> AnyStage
    ) {
        self.type = type
        self.role = role
        self.input = input
        self.output = output
        self.summary = summary
        self.options = options
        self.variants = variants
        self.neighbourDefaults = neighbourDefaults
        self.make = make
    }
}

extension StageDescriptor {
    /// This kind of stage, or the one of its ``variants`` that stands in that role and carries data of that kind; where no
    /// kind fits, the first of the role.
    public func variant(for role: Role, kind: String?) -> StageDescriptor {
        let all = ([self] + variants).filter { $0.role == role }
        return all.first { ($0.output ?? $0.input)?.rawValue == kind } ?? all.first ?? self
    }
}

/// The kinds of stage that exist, by `type`.
public struct Catalogue: Sendable {
    /// The descriptors by their type.
    public let descriptors: [String: StageDescriptor]

    /// A catalogue of these kinds; the last of two with the same type counts.
    public init(_ list: [StageDescriptor]) {
        descriptors = Dictionary(list.map { ($0.type, $0) }) { $1 }
    }
}
