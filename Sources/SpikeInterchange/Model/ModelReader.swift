import SpikeContainers
import SpikeNetwork
import SpikeSignals

/// Reads what ``ModelWriter`` writes; the integers come from the weights and the metadata, never from NIR's floats.
///
/// The floats must still say the same: a graph whose time constants somebody changed would otherwise run unchanged.
struct ModelReader {
    /// The root of the HDF5 file.
    let top: HDF5Group

    private var file: String { top.file.name }

    /// The model in the file.
    func model() throws(SpikelineError) -> ModelFile {
        guard top.has("node") else {
            throw SpikelineError("the file is HDF5 but no NIR graph: \"node\" is missing", at: file)
        }
        let root = try top.child("node")
        guard root.has("metadata"), try root.child("metadata").has("spikeline") else { throw foreign(root) }
        let metadata = try root.child("metadata")
        let format = try metadata.text("spikeline")
        guard format == ModelWriter.format else {
            throw SpikelineError(
                "the model has the format \"\(format.prefix(40))\", expected \"\(ModelWriter.format)\"", at: file)
        }
        let network = try network(root: root, metadata: metadata)
        return ModelFile(
            network: network, encoder: try stage("encoder", in: metadata), head: try stage("head", in: metadata),
            information: try fields("information", in: metadata).values)
    }

    private func fields(_ name: String, in metadata: HDF5Group) throws(SpikelineError) -> Fields {
        let text = try metadata.text(name)
        return try Fields(
            JSONReader.value(of: text, title: metadata.path(of: name), place: file), path: name, file: file)
    }

    private func stage(_ name: String, in metadata: HDF5Group) throws(SpikelineError) -> ModelFile.Stage {
        let fields = try fields(name, in: metadata)
        return ModelFile.Stage(type: try fields.string("type"), options: try fields.map("options"))
    }

    private func network(root: HDF5Group, metadata: HDF5Group) throws(SpikelineError) -> NetworkDescription {
        let fields = try fields("network", in: metadata)
        let plans = try NetworkMetadata.populations(fields)
        let links = try NetworkMetadata.connections(fields, names: plans.map(\.name))
        var network = NetworkDescription(
            tickNanoseconds: Int64(try fields.integer("tick_ns", NetworkLimits.tickNanoseconds)),
            inputs: try fields.integer("inputs", NetworkLimits.inputs),
            maximumInputSpikes: try fields.integer("maximum_input_spikes", NetworkLimits.inputSpikes),
            populations: [], connections: [])
        try checkSize(links, plans, inputs: network.inputs)
        network.populations = try populations(plans, metadata: metadata)
        let nodes = try root.child("nodes")
        // Where the grids are must be known before any weights are read: they decide their order.
        network.connections = links.map {
            Connection(source: $0.source, target: $0.target, pattern: $0.pattern, delays: $0.delays, weights: [])
        }
        for (index, link) in links.enumerated() {
            let order = WeightOrder(
                pattern: link.pattern, source: network.grid(of: link.source), sources: network.size(of: link.source),
                targets: plans[link.target].size)
            network.connections[index].weights = try weights(link, order, nodes: nodes)
        }
        try NetworkLimits.check(network, file: file)
        try checkAgreement(of: nodes, with: NIRGraph(network))
        return network
    }

    /// Refuses networks above the limit of weights before any weight is read.
    private func checkSize(
        _ links: [NetworkMetadata.ConnectionPlan], _ plans: [NetworkMetadata.PopulationPlan], inputs: Int
    ) throws(SpikelineError) {
        var weights = 0
        let nodes = links.reduce(0) { $0 + $1.nodes.count }
        guard nodes <= NetworkLimits.nodes else {
            throw SpikelineError("the network has \(nodes) taps, expected at most \(NetworkLimits.nodes)", at: file)
        }
        for link in links {
            let sources = if case .population(let index) = link.source { plans[index].size } else { inputs }
            let shape = Connection(
                source: link.source, target: link.target, pattern: link.pattern, delays: link.delays, weights: [])
            if case .convolution(let convolution) = link.pattern,
                convolution.input.count != sources || convolution.output.count != plans[link.target].size
            {
                throw SpikelineError(
                    "the convolution to \"\(plans[link.target].name)\" does not fit its source and target", at: file)
            }
            weights += link.delays.count * shape.weightsPerTap(sources: sources, targets: plans[link.target].size)
        }
        guard weights <= NetworkLimits.weights else {
            throw SpikelineError(
                "the network has \(weights) weights, expected at most \(NetworkLimits.weights)", at: file)
        }
    }

    /// Refuses a graph whose nodes say something else than the metadata.
    private func checkAgreement(of nodes: HDF5Group, with graph: NIRGraph) throws(SpikelineError) {
        for node in graph.nodes {
            let group = try nodes.child(node.name)
            let type = try group.text("type")
            var differing = type == node.type ? nil : "type"
            for (name, values) in node.parameters {
                let found: [Float] = try group.array(name, dimensions: node.parameterShape ?? [values.count])
                if found != values { differing = name }
            }
            for (name, values) in node.integers {
                let found: [Int64] = try group.array(
                    name, dimensions: values.count == 1 ? [] : [values.count], of: Int64.self)
                if found != values.map(Int64.init) { differing = name }
            }
            guard let differing else { continue }
            throw SpikelineError(
                "\"\(group.path(of: differing))\" does not say what the metadata says, which is what runs", at: file,
                hint: "Change both")
        }
    }

    private func populations(
        _ plans: [NetworkMetadata.PopulationPlan], metadata: HDF5Group
    ) throws(SpikelineError) -> [Population] {
        let thresholds = try metadata.child("thresholds")
        let biases = try metadata.child("biases")
        var populations: [Population] = []
        for plan in plans {
            populations.append(
                Population(
                    name: plan.name, neuron: plan.neuron,
                    thresholds: try thresholds.array(plan.name, dimensions: [plan.size]),
                    biases: try biases.array(plan.name, dimensions: [plan.size])))
        }
        return populations
    }

    private func weights(
        _ link: NetworkMetadata.ConnectionPlan, _ order: WeightOrder, nodes: HDF5Group
    ) throws(SpikelineError) -> [Int8] {
        var weights: [Int8] = []
        weights.reserveCapacity(link.nodes.count * order.dimensions.reduce(1, *))
        for name in link.nodes {
            weights += order.ours(
                try nodes.child(name).array("weight", dimensions: order.dimensions, of: Int8.self))
        }
        return weights
    }

    /// The error about a graph that another program wrote; it names the first nodes and their types.
    private func foreign(_ root: HDF5Group) -> SpikelineError {
        var names = "none"
        if let nodes = try? root.child("nodes"), !nodes.childNames.isEmpty {
            let all = nodes.childNames
            let listed = all.prefix(12).map { name in
                name + ((try? nodes.child(name).text("type")).map { " (" + $0.prefix(20) + ")" } ?? "")
            }
            names = listed.joined(separator: ", ") + (all.count > 12 ? " and \(all.count - 12) more" : "")
        }
        return SpikelineError(
            "the NIR graph was made by another program, and import of foreign graphs is not there yet; its nodes: "
                + names, at: file)
    }
}
