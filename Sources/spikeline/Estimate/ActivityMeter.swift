import SpikeNetwork
import SpikeSignals

/// Counts what a network does while it runs, in NeuroBench's terms.
///
/// ```
/// dense operations      all synapses, in every tick
/// effective operations  synapses of a weight that is not zero, once for each tick in which their source fired:
///                       accumulates (ACs) where the count of spikes is one, multiply-accumulates (MACs) where it is more
/// activation sparsity   the share of neurons that do not fire, over all ticks and layers that fire
/// ```
/// A spike counts at once for all taps with a delay. Source: Yik et al., "The NeuroBench framework for benchmarking
/// neuromorphic computing algorithms and systems", Nature Communications 16, 1545 (2025), section on static and
/// workload metrics.
struct ActivityMeter {
    /// The network.
    let network: NetworkDescription
    /// Ticks so far.
    private(set) var ticks = 0
    /// Neurons that fired, each once a tick.
    private(set) var firings = 0
    /// Input channels that had spikes, each once a tick.
    private(set) var inputFirings = 0
    /// Effective accumulates and multiply-accumulates.
    private(set) var accumulates = 0
    private(set) var multiplyAccumulates = 0
    /// Synaptic operations as the engine counts them, zero weights included.
    private(set) var synapticOperations = 0

    /// For the input and each population the synapses that lead from each neuron.
    private let input: [Int]
    private let populations: [[Int]]
    private let spiking: [Int]

    /// A meter at zero.
    init(_ network: NetworkDescription) {
        self.network = network
        func fanOut(_ origin: Connection.Origin, _ count: Int) -> [Int] {
            var sum = [Int](repeating: 0, count: count)
            for index in network.connections.indices where network.connections[index].source == origin {
                for (neuron, synapses) in network.fanOut(ofConnection: index).nonzero.enumerated() {
                    sum[neuron] += synapses
                }
            }
            return sum
        }
        input = fanOut(.input, network.inputs)
        populations = network.populations.indices.map { fanOut(.population($0), network.populations[$0].size) }
        spiking = network.populations.indices.filter { network.populations[$0].neuron.spiking != nil }
    }

    /// Adds the tick that `engine` has just run on `spikes`.
    mutating func add(_ spikes: some Sequence<ChannelSpikes>, _ engine: SpikingNetwork) {
        ticks += 1
        for spike in spikes {
            inputFirings += 1
            note(spike, input)
        }
        for population in spiking {
            var fired: [ChannelSpikes] = []
            engine.forEachSpike(ofPopulation: population) { fired.append($0) }
            firings += fired.count
            for spike in fired { note(spike, populations[population]) }
        }
    }

    /// Adds what the engine has counted since its latest reset.
    mutating func close(_ engine: SpikingNetwork) { synapticOperations += engine.synapticOperations }

    private mutating func note(_ spike: ChannelSpikes, _ fanOut: [Int]) {
        if spike.count == 1 {
            accumulates += fanOut[Int(spike.channel)]
        } else {
            multiplyAccumulates += fanOut[Int(spike.channel)]
        }
    }

    /// The share of neurons that do not fire; nil before the first tick.
    var activationSparsity: Double? {
        let neurons = spiking.reduce(0) { $0 + network.populations[$1].size }
        guard ticks > 0, neurons > 0 else { return nil }
        return 1 - Double(firings) / (Double(ticks) * Double(neurons))
    }
}
