/// How far the spikes of a quantised network are those of its graph.
public struct SpikeAgreement: Hashable, Sendable {
    /// Steps that were compared.
    public var steps = 0
    /// Neurons and steps that were compared, and in how many both fired equally often.
    public var cells = 0, equal = 0
    /// Spikes of the graph, of the network, and those that both have.
    public var graphSpikes = 0, networkSpikes = 0, common = 0

    /// The share of cells that are alike; nil without any.
    public var share: Double? { cells == 0 ? nil : Double(equal) / Double(cells) }

    /// Nothing compared yet.
    public init() {}

    /// Adds one step of one population: how often each neuron of `order` fired, in NIR's and in the engine's order.
    mutating func add(graph: [Double], network: [Int], order: NeuronOrder) {
        cells += graph.count
        for (neuron, value) in graph.enumerated() {
            let (expected, found) = (Int(value), network[order.engine(neuron)])
            graphSpikes += expected
            networkSpikes += found
            common += min(expected, found)
            if expected == found { equal += 1 }
        }
    }
}
