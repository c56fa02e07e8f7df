import SpikeContainers
import SpikeNetwork
import SpikeSignals

/// A trained model as one `.nir` file: the network, the encoder it was trained with, the head that reads its
/// potentials, and where it comes from.
///
/// The file is a NIR graph in HDF5 that the Python package `nir` opens; see ``NIRGraph`` for how the graph means the
/// same network, and ``ModelSeal`` for the first 512 bytes. Reading gives back exactly the integers that were written.
/// ```
/// let model = try ModelFile(contentsOf: "Pipelines/Models/keywords.nir")
/// let labels = model.head.options["labels"]
/// ```
/// The same model always gives the same bytes.
public struct ModelFile: Hashable, Sendable {
    /// A `type` of stage and its options, as a pipeline would write them.
    public struct Stage: Hashable, Sendable {
        /// The `type` in a pipeline, like `cochlea` or `keyword`.
        public var type: String
        /// The options by name.
        public var options: [String: OptionValue]

        /// A stage of kind `type` with `options`.
        public init(type: String, options: [String: OptionValue] = [:]) {
            self.type = type
            self.options = options
        }
    }

    /// The network, in integers.
    public var network: NetworkDescription
    /// What turned sound into the spikes that the network was trained on.
    public var encoder: Stage
    /// What makes records of the network's potentials.
    public var head: Stage
    /// Training data, licence, measured accuracy, seed and the like.
    public var information: [String: OptionValue]

    /// The largest file that is read.
    public static let maximumWholeFile = 64 << 20

    /// A model of these parts.
    public init(
        network: NetworkDescription, encoder: Stage, head: Stage, information: [String: OptionValue] = [:]
    ) {
        self.network = network
        self.encoder = encoder
        self.head = head
        self.information = information
    }

    /// Reads the model file at `path`.
    ///
    /// - Throws: a message that names the file, the node in it, what was expected and what was found. Whatever the
    ///   bytes of the file are, reading ends with a model or an error, and memory stays in proportion to its limits.
    public init(contentsOf path: String) throws(SpikelineError) {
        try self.init(
            bytes: try WholeFile.read(path, limit: ModelFile.maximumWholeFile, expecting: "a model file"), name: path)
    }

    /// Reads a model from the bytes of a file; `name` stands for the file in messages.
    ///
    /// - Throws: as ``init(contentsOf:)``.
    public init(bytes: [UInt8], name: String) throws(SpikelineError) {
        let image = try ModelSeal.open(bytes, name: name)
        self = try ModelReader(top: HDF5File(bytes: image, name: name).root()).model()
    }

    /// The bytes of the model's file; `name` stands for the file in messages.
    ///
    /// - Throws: if the network breaks a limit of ``NetworkLimits`` or a number of the options is not finite.
    public func bytes(name: String = "model") throws(SpikelineError) -> [UInt8] {
        try NetworkLimits.check(network, file: name)
        let content = try ModelWriter(model: self, graph: NIRGraph(network)).content(name: name)
        return ModelSeal.bytes(sealing: HDF5Writer.file(content))
    }

    /// Writes the model to `path`, all at once: a reader sees the old file or the new one, never a part.
    ///
    /// - Throws: as ``bytes(name:)``, and if the file cannot be written.
    public func write(to path: String) throws(SpikelineError) {
        try WholeFile.write(try bytes(name: path), to: path)
    }
}
