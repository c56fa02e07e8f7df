import SpikeSignals

/// A population of ``LoihiNeuron``s with its synapses, in the chip's arithmetic.
///
/// ```
/// input (spikes at t) --[1 step]--> synapses --> neurons --> spikes at t
///                                     ^              |
///                                     +--[1 step]----+   recurrent
/// ```
/// What fires in one step arrives in the next, from outside and from itself. A step allocates nothing; it costs one
/// addition for each synapse of a source that fired.
public struct LoihiLayer: Sendable {
    /// The neuron that all share.
    public let neuron: LoihiNeuron
    /// The states after the latest step.
    public private(set) var states: [LoihiNeuron.State]
    /// The neurons that fired in the latest step, ascending.
    public private(set) var fired: [Int] = []

    private let input: LoihiWeights
    private let recurrent: LoihiWeights?
    private var waiting: [Int] = []
    private var sums: [Int32]
    private var recurrentSums: [Int32]

    /// A population at rest.
    ///
    /// - Throws: if the recurrent weights are not square over the targets of `input`.
    public init(
        neuron: LoihiNeuron, input: LoihiWeights, recurrent: LoihiWeights? = nil
    ) throws(SpikelineError) {
        if let recurrent, recurrent.sources != input.targets || recurrent.targets != input.targets {
            throw SpikelineError(
                "expected recurrent weights of \(input.targets) x \(input.targets), found \(recurrent.sources) x "
                    + "\(recurrent.targets)", at: "loihi2")
        }
        self.neuron = neuron
        self.input = input
        self.recurrent = recurrent
        states = Array(repeating: LoihiNeuron.State(), count: input.targets)
        sums = Array(repeating: 0, count: input.targets)
        recurrentSums = Array(repeating: 0, count: input.targets)
        fired.reserveCapacity(input.targets)
        waiting.reserveCapacity(input.sources)
    }

    /// Advances by one step, in which `sources` fire; they arrive in the next.
    ///
    /// - Throws: if a source does not exist or more are named than there are; nothing has then happened.
    public mutating func step(firing sources: some Collection<Int>) throws(SpikelineError) {
        guard sources.count <= input.sources, sources.allSatisfy({ $0 >= 0 && $0 < input.sources }) else {
            throw SpikelineError(
                "expected sources below \(input.sources), each once, found \(sources.count)", at: "loihi2")
        }
        LoihiLayer.gather(waiting, input, into: &sums)
        if let recurrent {
            LoihiLayer.gather(fired, recurrent, into: &recurrentSums)
            for index in sums.indices { sums[index] &+= recurrentSums[index] }
        }
        waiting.removeAll(keepingCapacity: true)
        waiting.append(contentsOf: sources)
        fired.removeAll(keepingCapacity: true)
        for index in states.indices where neuron.step(&states[index], sum: sums[index]) { fired.append(index) }
    }

    /// The shifted sums of the weights of `sources`: at most 32,768 times 2^8, shifted by 7, below 2^31.
    private static func gather(_ sources: [Int], _ weights: LoihiWeights, into sums: inout [Int32]) {
        let targets = weights.targets
        for index in sums.indices { sums[index] = 0 }
        let (stored, span) = (weights.stored.span, 0..<targets)
        var out = sums.mutableSpan
        for source in sources {
            let row = stored.extracting(source * targets..<(source + 1) * targets)
            for target in span { out[target] &+= Int32(row[target]) }
        }
        guard weights.exponent != 0 else { return }
        let shift = Int32(weights.exponent)
        for target in span { out[target] <<= shift }
    }
}
