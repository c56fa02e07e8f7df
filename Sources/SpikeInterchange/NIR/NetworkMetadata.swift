import SpikeNetwork
import SpikeSignals

/// What NIR cannot say about a network, as the JSON text `network` in the metadata of a model file.
///
/// ```
/// {"tick_ns": 10000000, "inputs": 64, "maximum_input_spikes": 15,
///  "populations": [{"name": "l1", "size": 128, "neuron": "lif", "membrane_decay_q15": 29491, "reset": "subtract",
///                   "maximum_spikes": 1, "refractory_ticks": 0, "floor": -16777216}, ...],
///  "connections": [{"source": "input", "target": "l1", "delays": [0, 2], "nodes": ["l1.from.input", ...],
///                   "convolution": {"height": 32, "width": 32, "source_channels": 2, "pool": 1, "kernel": 5,
///                                   "stride": 2, "padding": 2, "channels": 16}}, ...]}
/// ```
/// Thresholds and biases are arrays of the metadata, weights are in the nodes that `nodes` names.
enum NetworkMetadata {
    private static let neurons = ["lif", "current_lif", "adaptive_lif", "leaky_integrator"]

    /// The metadata of `network`, whose weights are in `tapNodes`.
    static func value(of network: NetworkDescription, tapNodes: [[String]]) -> OptionValue {
        let connections = zip(network.connections, tapNodes).map { connection, nodes in
            var fields: [String: OptionValue] = [
                "source": .string(name(of: connection.source, in: network)),
                "target": .string(network.populations[connection.target].name),
                "delays": .list(connection.delays.map { .integer($0) }),
                "nodes": .list(nodes.map { .string($0) }),
            ]
            if case .convolution(let convolution) = connection.pattern {
                fields["convolution"] = .map(value(of: convolution))
            }
            return OptionValue.map(fields)
        }
        return .map([
            "tick_ns": .integer(Int(network.tickNanoseconds)),
            "inputs": .integer(network.inputs),
            "maximum_input_spikes": .integer(network.maximumInputSpikes),
            "populations": .list(network.populations.map { .map(value(of: $0)) }),
            "connections": .list(connections),
        ])
    }

    private static func name(of source: Connection.Origin, in network: NetworkDescription) -> String {
        switch source {
        case .input: "input"
        case .population(let index): network.populations[index].name
        }
    }

    private static func value(of population: Population) -> [String: OptionValue] {
        var fields: [String: OptionValue] = ["name": .string(population.name), "size": .integer(population.size)]
        func set(_ name: String, _ value: Int32) { fields[name] = .integer(Int(value)) }
        switch population.neuron {
        case .lif: fields["neuron"] = .string("lif")
        case .currentLIF(_, let synaptic):
            fields["neuron"] = .string("current_lif")
            set("synaptic_decay_q15", synaptic)
        case .adaptiveLIF(_, let adaptation, let increment):
            fields["neuron"] = .string("adaptive_lif")
            set("adaptation_decay_q15", adaptation)
            set("adaptation_increment", increment)
        case .leakyIntegrator(let membrane):
            fields["neuron"] = .string("leaky_integrator")
            set("membrane_decay_q15", membrane)
        }
        guard let shared = population.neuron.spiking else { return fields }
        set("membrane_decay_q15", shared.membraneDecay)
        set("maximum_spikes", shared.maximumSpikes)
        set("refractory_ticks", shared.refractoryTicks)
        set("floor", shared.floor)
        fields["reset"] = .string(shared.reset.rawValue)
        return fields
    }

    /// A population without thresholds and biases, and its size.
    struct PopulationPlan {
        var name: String
        var size: Int
        var neuron: NeuronModel
    }

    /// A connection without its weights.
    struct ConnectionPlan {
        var source: Connection.Origin
        var target: Int
        var delays: [Int]
        var nodes: [String]
        var pattern = Connection.Pattern.dense
    }

    private static func value(of convolution: Convolution) -> [String: OptionValue] {
        [
            "height": .integer(convolution.input.height), "width": .integer(convolution.input.width),
            "source_channels": .integer(convolution.input.channels), "pool": .integer(convolution.pool),
            "kernel": .integer(convolution.kernel), "stride": .integer(convolution.stride),
            "padding": .integer(convolution.padding), "channels": .integer(convolution.channels),
        ]
    }

    private static func convolution(_ fields: Fields) throws(SpikelineError) -> Convolution {
        let sides = 1...Convolution.largestSide
        let convolution = Convolution(
            input: Grid(
                height: try fields.integer("height", sides), width: try fields.integer("width", sides),
                channels: try fields.integer("source_channels", sides)),
            pool: try fields.integer("pool", sides), kernel: try fields.integer("kernel", sides),
            stride: try fields.integer("stride", sides),
            padding: try fields.integer("padding", 0...Convolution.largestSide),
            channels: try fields.integer("channels", sides))
        try convolution.checkShapes(at: "\(fields.file): \"\(fields.path)\"")
        return convolution
    }

    /// Reads the populations of `fields`.
    static func populations(_ fields: Fields) throws(SpikelineError) -> [PopulationPlan] {
        var plans: [PopulationPlan] = []
        for object in try fields.objects("populations", counts: NetworkLimits.populations) {
            let name = try object.string("name")
            guard NetworkLimits.isName(name) else {
                throw SpikelineError("\"\(object.path).name\" is no name of a population", at: fields.file)
            }
            let size = try object.integer("size", NetworkLimits.neurons)
            plans.append(PopulationPlan(name: name, size: size, neuron: try neuron(object)))
        }
        return plans
    }

    private static let resets = SpikingParameters.Reset.allCases.map(\.rawValue)

    private static func neuron(_ fields: Fields) throws(SpikelineError) -> NeuronModel {
        let decays = 0...NeuronModel.unity
        let type = try fields.choice("neuron", neurons)
        let membrane = try fields.integer32("membrane_decay_q15", decays)
        if type == "leaky_integrator" { return .leakyIntegrator(membraneDecay: membrane) }
        let shared = SpikingParameters(
            membraneDecay: membrane,
            reset: SpikingParameters.Reset(rawValue: try fields.choice("reset", resets)) ?? .subtract,
            maximumSpikes: try fields.integer32("maximum_spikes", 1...255),
            refractoryTicks: try fields.integer32("refractory_ticks", 0...1_000),
            floor: try fields.integer32("floor", .min...0))
        switch type {
        case "current_lif":
            return .currentLIF(shared, synapticDecay: try fields.integer32("synaptic_decay_q15", decays))
        case "adaptive_lif":
            return .adaptiveLIF(
                shared, adaptationDecay: try fields.integer32("adaptation_decay_q15", decays),
                increment: try fields.integer32("adaptation_increment", .min ... .max))
        default: return .lif(shared)
        }
    }

    /// Reads the connections of `fields` between populations called `names`.
    static func connections(_ fields: Fields, names: [String]) throws(SpikelineError) -> [ConnectionPlan] {
        var plans: [ConnectionPlan] = []
        for object in try fields.objects("connections", counts: NetworkLimits.connections) {
            let source = try object.choice("source", ["input"] + names)
            let target = try object.choice("target", names)
            let delays = try object.list("delays", counts: NetworkLimits.taps).compactMap { value in
                if case .integer(let ticks) = value { ticks } else { nil }
            }
            let nodes = try object.list("nodes", counts: NetworkLimits.taps).compactMap { value in
                if case .string(let name) = value, !name.utf8.contains(UInt8(ascii: "/")) { name } else { nil }
            }
            guard delays.count == nodes.count else {
                throw SpikelineError(
                    "\"\(object.path)\" has \(delays.count) delays and \(nodes.count) nodes, expected one for each",
                    at: fields.file)
            }
            let origin = names.firstIndex(of: source).map { Connection.Origin.population($0) } ?? .input
            var plan = ConnectionPlan(
                source: origin, target: names.firstIndex(of: target) ?? 0, delays: delays, nodes: nodes)
            if object.values["convolution"] != nil {
                plan.pattern = .convolution(
                    try convolution(
                        try Fields(
                            .map(object.map("convolution")), path: object.path + ".convolution", file: object.file)))
            }
            plans.append(plan)
        }
        return plans
    }
}
