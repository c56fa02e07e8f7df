import SpikeSignals

/// Runs a ``NetworkDescription`` tick by tick in exact integers.
///
/// ```
/// let network = try SpikingNetwork(description)
/// try network.step([ChannelSpikes(channel: 3, count: 1), ChannelSpikes(channel: 17, count: 2)])
/// network.potential(ofOutput: 0)
/// ```
/// Only neurons that fired cost synaptic work; a tick allocates nothing. The same input gives the same output however
/// it is cut into batches, in debug and release builds, on every machine. Cost of a tick: one addition per synaptic
/// operation (``synapticOperations``) and one state update per neuron.
public final class SpikingNetwork: Transform {
    /// The network that runs.
    public let description: NetworkDescription
    /// The proof that no sum overflows.
    public let proof: RangeProof

    /// Synaptic operations so far: one for each spike delivered to one target neuron; a count of `n` spikes that
    /// arrive together is one operation, since it costs one multiplication and one addition.
    public internal(set) var synapticOperations = 0
    /// Spikes that all populations have fired so far.
    public internal(set) var spikesFired = 0
    /// Ticks so far.
    public internal(set) var ticks = 0
    /// ``synapticOperations`` and ``spikesFired`` as of the last batch.
    public let counters = StageCounters(["synaptic_operations", "spikes_fired"])

    /// The spikes of all populations that fire, for those who look on.
    public let insight: StageInsight?
    /// The populations of ``insight``.
    private let firing: [Int]

    let layers: [Layer]
    let input: Source
    private let readout: Layer
    /// Computed when it is first asked for; see ``fingerprint``.
    var knownFingerprint: UInt64?

    /// Checks `description`, proves its ranges and allocates all state.
    ///
    /// - Throws: a ``SpikelineError`` that names the layer or connection that does not fit.
    public convenience init(_ description: NetworkDescription) throws(SpikelineError) {
        try self.init(description, isWide: WideLoops.areThere)
    }

    init(_ description: NetworkDescription, isWide: Bool) throws(SpikelineError) {
        proof = try RangeProof(description)
        self.description = description
        func depth(of origin: Connection.Origin) -> Int {
            description.connections.filter { $0.source == origin }.flatMap(\.delays).reduce(0, max) + 1
        }
        let input = Source(size: description.inputs, depth: depth(of: .input))
        let sources = description.populations.indices.map {
            Source(size: description.populations[$0].size, depth: depth(of: .population($0)))
        }
        let layers = description.populations.indices.map { index in
            let synapses = description.connections.filter { $0.target == index }.map { connection in
                switch connection.source {
                case .input:
                    Synapses(
                        connection, from: input, targets: description.populations[index].size, isWide: isWide)
                case .population(let source):
                    Synapses(
                        connection, from: sources[source], targets: description.populations[index].size,
                        isWide: isWide)
                }
            }
            return Layer(
                description.populations[index], output: sources[index], synapses: synapses, isWide: isWide)
        }
        guard let last = layers.last else { throw SpikelineError("expected a layer, found none", at: "network") }
        firing = description.populations.indices.filter { description.populations[$0].neuron.spiking != nil }
        insight = StageInsight(
            firing.map { .init(name: description.populations[$0].name, size: description.populations[$0].size) })
        self.layers = layers
        self.input = input
        readout = last
    }

    /// The number of outputs.
    public var outputs: Int { readout.state.size }

    /// Forgets everything: all neurons at rest, no spikes under way, counters at zero.
    public func reset() {
        input.history.reset()
        for layer in layers {
            layer.state.reset()
            layer.output.history.reset()
            layer.operations = 0
        }
        synapticOperations = 0
        spikesFired = 0
        ticks = 0
    }

    /// Advances the network by one tick with these input spikes.
    ///
    /// - Throws: a ``SpikelineError`` if a channel does not exist, comes twice, or fires more than the network was
    ///   proved for; the network is then as if the tick had not had that and later spikes.
    public func step(_ spikes: some Sequence<ChannelSpikes>) throws(SpikelineError) {
        input.history.advance()
        for layer in layers { layer.output.history.advance() }
        var next = 0
        for spike in spikes {
            guard Int(spike.channel) >= next, Int(spike.channel) < description.inputs,
                Int(spike.count) <= description.maximumInputSpikes
            else { throw refusal(of: spike, next: next) }
            next = Int(spike.channel) + 1
            input.history.append(spike)
        }
        for layer in layers {
            let operations = layer.gatherCurrents()
            layer.operations &+= operations
            synapticOperations &+= operations
            layer.update()
            spikesFired &+= layer.output.spikeCount
        }
        ticks &+= 1
    }

    /// The potential of output `index` after the latest tick.
    public func potential(ofOutput index: Int) -> Int32 {
        precondition(index >= 0 && index < readout.state.size)
        return unsafe readout.state.membrane[index]
    }

    /// The part of ``synapticOperations`` that delivered spikes to population `index`.
    public func synapticOperations(ofPopulation index: Int) -> Int { layers[index].operations }

    /// Calls `body` for each neuron of population `index` that fired in the latest tick.
    public func forEachSpike(ofPopulation index: Int, _ body: (ChannelSpikes) -> Void) {
        unsafe layers[index].output.history.spikes(delay: 0).forEach(body)
    }

    /// The membrane potentials of population `index` after the latest tick, after resets.
    public func membranePotentials(ofPopulation index: Int) -> [Int32] {
        let state = layers[index]
        return (0..<state.state.size).map { unsafe state.state.membrane[$0] }
    }

    /// Runs every tick of `input` and appends its potentials to `output`.
    public func process(_ input: SpikeBatch, into output: PotentialBatch) throws(SpikelineError) {
        guard input.count > 0 || input.channels > 0 else {
            output.upTo = max(output.upTo, input.upTo)
            return
        }
        guard input.channels == description.inputs else {
            throw SpikelineError(
                "expected \(description.inputs) channels, found \(input.channels)", at: "network",
                hint: "The encoder must have the parameters the model was trained with")
        }
        guard input.tickNanoseconds == description.tickNanoseconds else {
            throw SpikelineError(
                "expected ticks of \(description.tickNanoseconds) ns, found \(input.tickNanoseconds) ns",
                at: "network", hint: "The encoder must have the parameters the model was trained with")
        }
        output.outputs = outputs
        output.tickNanoseconds = input.tickNanoseconds
        output.firstTick = input.firstTick
        let insight = insight?.isWanted == true ? insight : nil
        insight?.begin(like: input)
        for tick in 0..<input.count {
            try step(input.spikes[input.range(ofTick: tick)])
            if let insight { show(in: insight) }
            for index in 0..<outputs { output.potentials.append(potential(ofOutput: index)) }
            output.levels.append(input.levels[tick])
        }
        output.upTo = input.upTo
        counters.update { ($0[0], $0[1]) = (synapticOperations, spikesFired) }
    }

    /// Adds the spikes of the latest tick to `insight`.
    private func show(in insight: StageInsight) {
        for (index, population) in firing.enumerated() {
            let batch = insight.spikes[index]
            unsafe batch.append(contentsOf: layers[population].output.history.spikes(delay: 0))
            batch.endTick()
        }
    }

    private func refusal(of spike: ChannelSpikes, next: Int) -> SpikelineError {
        let what =
            if Int(spike.channel) >= description.inputs {
                "expected channels below \(description.inputs), found channel \(spike.channel)"
            } else if Int(spike.channel) < next {
                "expected ascending channels, found channel \(spike.channel) after \(next - 1)"
            } else {
                "expected at most \(description.maximumInputSpikes) spikes per tick, found \(spike.count) on channel "
                    + "\(spike.channel)"
            }
        return SpikelineError(
            what, at: "network", hint: "The encoder must have the parameters the model was trained with")
    }
}

extension SpikingNetwork {
    /// A population or the input as the origin of spikes.
    final class Source {
        var history: SpikeHistory

        init(size: Int, depth: Int) { history = SpikeHistory(size: size, depth: depth) }

        /// Spikes in the current tick, counts included.
        var spikeCount: Int {
            unsafe history.spikes(delay: 0).reduce(0) { $0 &+ Int($1.count) }
        }
    }

    /// One connection, ready to run.
    struct Synapses {
        /// The weights in the order in which spikes read them.
        enum Kernel {
            case dense([Int8])
            case convolution(ConvolutionKernel)
        }

        let source: Source
        let delays: [Int]
        let kernel: Kernel
        let targets: Int
        let isWide: Bool

        init(_ connection: Connection, from source: Source, targets: Int, isWide: Bool) {
            self.isWide = isWide
            self.source = source
            delays = connection.delays
            self.targets = targets
            switch connection.pattern {
            case .dense: kernel = .dense(connection.weights)
            case .convolution(let convolution):
                kernel = .convolution(
                    ConvolutionKernel(
                        convolution, taps: connection.delays.count, weights: connection.weights, isWide: isWide))
            }
        }

        /// Adds what arrives in this tick to `currents`; returns the synaptic operations.
        func deliver(into currents: UnsafeMutablePointer<Int32>) -> Int {
            switch kernel {
            case .dense(let weights): return unsafe deliver(weights, into: currents)
            case .convolution(let kernel):
                var operations = 0
                for tap in delays.indices {
                    operations &+= unsafe kernel.deliver(
                        source.history.spikes(delay: delays[tap]), tap: tap, into: currents)
                }
                return operations
            }
        }

        private func deliver(_ weights: [Int8], into currents: UnsafeMutablePointer<Int32>) -> Int {
            unsafe weights.withUnsafeBufferPointer { weights in
                guard let base = weights.baseAddress else { return 0 }
                let matrix = weights.count / delays.count
                var rows = 0
                for tap in delays.indices {
                    let spikes = unsafe source.history.spikes(delay: delays[tap])
                    rows += spikes.count
                    unsafe accumulate(
                        spikes, weights: base + tap * matrix, targets: targets, into: currents, isWide: isWide)
                }
                return rows * targets
            }
        }
    }

    /// A population with its synapses and state, ready to run.
    final class Layer {
        let population: Population
        let output: Source
        let synapses: [Synapses]
        let state: PopulationState
        /// Synaptic operations so far.
        var operations = 0
        private let isWide: Bool

        init(_ population: Population, output: Source, synapses: [Synapses], isWide: Bool) {
            self.isWide = isWide
            self.population = population
            self.output = output
            self.synapses = synapses
            state = PopulationState(size: population.size)
        }

        /// Sums bias and synapses into the currents of this tick; returns the synaptic operations.
        func gatherCurrents() -> Int {
            unsafe population.biases.withUnsafeBufferPointer { biases in
                guard let base = biases.baseAddress else { return }
                unsafe state.current.update(from: base, count: state.size)
            }
            var operations = 0
            for synapse in synapses { operations += unsafe synapse.deliver(into: state.current) }
            return operations
        }

        /// Advances every neuron by one tick.
        func update() {
            SpikeNetwork.advance(population, state, fired: &output.history, isWide: isWide)
        }
    }
}
