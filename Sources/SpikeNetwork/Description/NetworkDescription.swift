import SpikeSignals

/// A spiking network as data: populations of neurons and the connections between them, all in integers.
///
/// ```
/// input (spike counts) --connection--> population 0 --connection--> population 1 ... --> readout (potentials)
///                                         ^      |
///                                         +------+  recurrent: delay of one tick or more
/// ```
/// A description says nothing about how it is run; ``SpikingNetwork`` checks it, proves that no sum can overflow and
/// runs it. Two networks with equal descriptions give equal output for equal input, on any machine.
public struct NetworkDescription: Hashable, Sendable {
    /// The length of a tick in nanoseconds.
    public var tickNanoseconds: Int64
    /// The number of input channels, 1 to 65,535.
    public var inputs: Int
    /// The most spikes that one input channel can fire in one tick; larger counts are refused at run time.
    public var maximumInputSpikes: Int
    /// The populations; within a tick they are updated in this order.
    public var populations: [Population]
    /// The connections.
    public var connections: [Connection]

    /// A network of these parts; the last population is the readout.
    public init(
        tickNanoseconds: Int64, inputs: Int, maximumInputSpikes: Int, populations: [Population],
        connections: [Connection]
    ) {
        self.tickNanoseconds = tickNanoseconds
        self.inputs = inputs
        self.maximumInputSpikes = maximumInputSpikes
        self.populations = populations
        self.connections = connections
    }

    /// The number of synaptic weights.
    public var weightCount: Int { connections.reduce(0) { $0 + $1.weights.count } }
}

/// Neurons that share a model and its time constants; threshold and bias are each neuron's own.
public struct Population: Hashable, Sendable {
    /// A name that is unique in the network.
    public var name: String
    /// What a neuron does with its input.
    public var neuron: NeuronModel
    /// For each neuron the potential at which it fires, at least 1. Unused by a ``NeuronModel/leakyIntegrator(_:)``.
    public var thresholds: [Int32]
    /// For each neuron a constant input current per tick.
    public var biases: [Int32]

    /// A population of `thresholds.count` neurons.
    public init(name: String, neuron: NeuronModel, thresholds: [Int32], biases: [Int32]) {
        self.name = name
        self.neuron = neuron
        self.thresholds = thresholds
        self.biases = biases
    }

    /// The number of neurons.
    public var size: Int { thresholds.count }
}

/// Synapses from the input or a population to a population, with one weight matrix per delay.
///
/// A spike of source neuron `j` in tick `t` reaches every target neuron in the ticks `t + delay` of all taps; with
/// several taps this is a causal dilated temporal convolution.
public struct Connection: Hashable, Sendable {
    /// Where spikes come from.
    public enum Origin: Hashable, Sendable {
        /// The input channels of the network.
        case input
        /// The population with that index.
        case population(Int)
    }

    /// Which source neurons reach which target neurons.
    public enum Pattern: Hashable, Sendable {
        /// Every source neuron reaches every target neuron, each with a weight of its own.
        case dense
        /// Both lie on grids, and all cells share a kernel.
        case convolution(Convolution)
    }

    /// Where spikes come from.
    public var source: Origin
    /// The index of the population that receives the current.
    public var target: Int
    /// Which source neurons reach which target neurons.
    public var pattern: Pattern
    /// The delay of each tap in ticks, ascending and at most ``maximumDelay``. Zero needs a source that is updated
    /// before the target.
    public var delays: [Int]
    /// The weights: `[tap][source neuron][target neuron]` of a ``Pattern/dense`` connection, so that a spike reads one
    /// contiguous row; `[tap][row][column][source channel][target channel]` of a ``Pattern/convolution(_:)``.
    public var weights: [Int8]

    /// The longest delay in ticks.
    public static let maximumDelay = 1_024

    /// The number of weights of one tap between `sources` and `targets` neurons.
    public func weightsPerTap(sources: Int, targets: Int) -> Int {
        switch pattern {
        case .dense: sources * targets
        case .convolution(let convolution): convolution.weightCount
        }
    }

    /// Synapses from `source` to `target`.
    public init(
        source: Origin, target: Int, pattern: Pattern = .dense, delays: [Int] = [0], weights: [Int8]
    ) {
        self.source = source
        self.target = target
        self.pattern = pattern
        self.delays = delays
        self.weights = weights
    }
}
