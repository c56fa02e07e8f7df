import SpikeNetwork
import SpikeSignals

/// Writes a model as a NIR graph with metadata.
///
/// ```
/// /version                       the version of the Python package `nir` whose format this is
/// /node/type, edges              "NIRGraph"; E x 2 names
/// /node/nodes/NAME/type, ...     a NIR primitive and its parameters; weights as int8 [target][source]
/// /node/metadata/spikeline       "model 1"
///                network         JSON, see NetworkMetadata
///                encoder, head   JSON {"type": ..., "options": {...}}
///                information     JSON
///                thresholds/POPULATION, biases/POPULATION    int32 per neuron
/// ```
struct ModelWriter {
    /// The format's name and version.
    static let format = "model 1"

    /// The model.
    let model: ModelFile
    /// Its network as a graph.
    let graph: NIRGraph

    /// Fills the empty HDF5 file `file`.
    func write(into file: HDF5Object) throws(SpikelineError) {
        try file.write("version", text: "1.0.8")
        let root = try file.makeGroup("node", children: 4)
        try root.write("type", text: "NIRGraph")
        let edges = graph.edges.flatMap { [$0.from, $0.to] }
        try root.write("edges", texts: edges, dimensions: [graph.edges.count, 2])
        let nodes = try root.makeGroup("nodes", children: graph.nodes.count)
        for node in graph.nodes { try write(node, into: nodes) }
        try writeMetadata(into: root)
    }

    private func write(_ node: NIRGraph.Node, into nodes: HDF5Object) throws(SpikelineError) {
        let group = try nodes.makeGroup(node.name, children: 2 + node.parameters.count)
        try group.write("type", text: node.type)
        if let shape = node.shape { try group.write("shape", [Int64(shape)]) }
        if let weight = node.weight {
            try group.write("weight", weight.values, dimensions: [weight.targets, weight.sources])
        }
        for (name, values) in node.parameters { try group.write(name, values) }
    }

    private func writeMetadata(into root: HDF5Object) throws(SpikelineError) {
        let group = try root.makeGroup("metadata", children: 7)
        try group.write("spikeline", text: ModelWriter.format)
        let network = NetworkMetadata.value(of: model.network, tapNodes: graph.tapNodes)
        try write("network", network, into: group)
        try write("encoder", value(of: model.encoder), into: group)
        try write("head", value(of: model.head), into: group)
        try write("information", .map(model.information), into: group)
        let thresholds = try group.makeGroup("thresholds", children: model.network.populations.count)
        let biases = try group.makeGroup("biases", children: model.network.populations.count)
        for population in model.network.populations {
            try thresholds.write(population.name, population.thresholds)
            try biases.write(population.name, population.biases)
        }
    }

    private func value(of stage: ModelFile.Stage) -> OptionValue {
        .map(["type": .string(stage.type), "options": .map(stage.options)])
    }

    private func write(_ name: String, _ value: OptionValue, into group: HDF5Object) throws(SpikelineError) {
        let text: String
        do throws(SpikelineError) { text = try value.json(name) } catch {
            throw SpikelineError(error.what, at: group.file)
        }
        guard text.utf8.count <= HDF5Group.maximumTextBytes else {
            throw SpikelineError(
                "\"\(name)\" has \(text.utf8.count) bytes of JSON, expected at most \(HDF5Group.maximumTextBytes)",
                at: group.file)
        }
        try group.write(name, text: text)
    }
}
