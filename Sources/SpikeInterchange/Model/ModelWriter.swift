import SpikeContainers
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

    /// The file, which is called `name` in messages.
    func content(name: String) throws(SpikelineError) -> HDF5Content {
        let edges = graph.edges.flatMap { [$0.from, $0.to] }
        let root: [(String, HDF5Content)] = [
            ("type", .text("NIRGraph")), ("edges", .texts(edges, dimensions: [graph.edges.count, 2])),
            ("nodes", .group(graph.nodes.map { ($0.name, content(of: $0)) })), ("metadata", try metadata(file: name)),
        ]
        return .group([("version", .text("1.0.8")), ("node", .group(root))])
    }

    private func content(of node: NIRGraph.Node) -> HDF5Content {
        var fields: [(String, HDF5Content)] = [("type", .text(node.type))]
        if let shape = node.shape { fields.append(("shape", .int64(shape.map(Int64.init)))) }
        if let weight = node.weight {
            fields.append(("weight", .int8(weight.values, dimensions: weight.dimensions)))
        }
        if let flattened = node.flattened {
            fields.append(("input_type", .int64(flattened.map(Int64.init))))
        }
        fields += node.integers.map { name, values in
            (name, .int64(values.map(Int64.init), dimensions: values.count == 1 ? [] : nil))
        }
        return .group(
            fields + node.parameters.map { ($0.name, .float32($0.values, dimensions: node.parameterShape)) })
    }

    private func metadata(file: String) throws(SpikelineError) -> HDF5Content {
        let populations = model.network.populations
        let network = NetworkMetadata.value(of: model.network, tapNodes: graph.tapNodes)
        return .group([
            ("spikeline", .text(ModelWriter.format)),
            ("network", try json("network", network, file)),
            ("encoder", try json("encoder", value(of: model.encoder), file)),
            ("head", try json("head", value(of: model.head), file)),
            ("information", try json("information", .map(model.information), file)),
            ("thresholds", .group(populations.map { ($0.name, .int32($0.thresholds)) })),
            ("biases", .group(populations.map { ($0.name, .int32($0.biases)) })),
        ])
    }

    private func value(of stage: ModelFile.Stage) -> OptionValue {
        .map(["type": .string(stage.type), "options": .map(stage.options)])
    }

    private func json(_ name: String, _ value: OptionValue, _ file: String) throws(SpikelineError) -> HDF5Content {
        let text: String
        do throws(SpikelineError) { text = try value.json(name) } catch { throw SpikelineError(error.what, at: file) }
        guard text.utf8.count <= HDF5Group.maximumTextBytes else {
            throw SpikelineError(
                "\"\(name)\" has \(text.utf8.count) bytes of JSON, expected at most \(HDF5Group.maximumTextBytes)",
                at: file)
        }
        return .text(text)
    }
}
