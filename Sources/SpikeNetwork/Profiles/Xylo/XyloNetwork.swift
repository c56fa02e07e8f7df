import SpikeSignals

/// A whole network as Xylo runs it: input channels, a recurrent hidden population with two synaptic currents, and a
/// readout population with one.
///
/// ```
/// input (0...15 spikes) --win[0], win[1]--> hidden (0...31 spikes) --wout, one step later--> readout (0 or 1)
///                                            ^   |
///                                            +---+  wrec[0], wrec[1], one step later
/// ```
/// In each step the spikes of this step's input arrive, then those of the hidden neurons' previous step, one spike at
/// a time in ascending order of the source; each addition saturates at 16 bits, so the order is part of the result.
/// Then everything decays, also what has just arrived. See ``XyloNeuron`` for the equations and their source.
public struct XyloNetwork: Sendable {
    /// What is fixed: weights, decays and thresholds.
    public struct Parameters: Hashable, Sendable {
        /// The generation of the chip.
        public var version: XyloNeuron.Version
        /// The input weights `[synapse][channel][neuron]`, of two synapses.
        public var input: [Int8]
        /// The recurrent weights `[synapse][source][target]`, of two synapses.
        public var recurrent: [Int8]
        /// The readout's weights `[hidden][output]`.
        public var output: [Int8]
        /// The bits by which input, recurrent and readout weights are shifted to the left, 0...15.
        public var shifts: (input: Int32, recurrent: Int32, output: Int32) {
            get { (inputShift, recurrentShift, outputShift) }
            set { (inputShift, recurrentShift, outputShift) = newValue }
        }
        private var inputShift: Int32
        private var recurrentShift: Int32
        private var outputShift: Int32
        /// The hidden neurons.
        public var hidden: [Neuron]
        /// The readout's neurons; of their synapses the first counts.
        public var readout: [Neuron]

        /// Parameters; ``XyloNetwork/init(_:)`` checks them.
        public init(
            version: XyloNeuron.Version, input: [Int8], recurrent: [Int8], output: [Int8],
            shifts: (input: Int32, recurrent: Int32, output: Int32), hidden: [Neuron], readout: [Neuron]
        ) {
            self.version = version
            self.input = input
            self.recurrent = recurrent
            self.output = output
            (inputShift, recurrentShift, outputShift) = shifts
            self.hidden = hidden
            self.readout = readout
        }
    }

    /// One neuron's constants.
    public struct Neuron: Hashable, Sendable {
        /// The potential that fires and is given back, 1...32,767.
        public var threshold: Int32
        /// The shift by which the potential decays, 0...15.
        public var membraneDash: Int32
        /// The shifts by which the two currents decay, 0...15.
        public var synapseDashes: (Int32, Int32) {
            get { (firstDash, secondDash) }
            set { (firstDash, secondDash) = newValue }
        }
        private var firstDash: Int32
        private var secondDash: Int32
        /// What is added in each step, -32,768...32,767; version 1 has none.
        public var bias: Int32

        /// One neuron's constants.
        public init(threshold: Int32, membraneDash: Int32, synapseDashes: (Int32, Int32), bias: Int32 = 0) {
            self.threshold = threshold
            self.membraneDash = membraneDash
            (firstDash, secondDash) = synapseDashes
            self.bias = bias
        }
    }

    /// What changes: potentials and currents after the latest step.
    public struct State: Hashable, Sendable {
        /// The hidden potentials.
        public internal(set) var hidden: [Int32]
        /// The first and second synaptic currents of the hidden neurons.
        public internal(set) var first: [Int32]
        /// The second synaptic currents of the hidden neurons.
        public internal(set) var second: [Int32]
        /// The readout's potentials.
        public internal(set) var readout: [Int32]
        /// The readout's synaptic currents.
        public internal(set) var readoutCurrent: [Int32]
    }

    /// What is fixed.
    public let parameters: Parameters
    /// What changes.
    public private(set) var state: State
    /// The hidden neurons' spikes in the latest step, 0...31 each.
    public private(set) var hiddenSpikes: [Int32]
    /// The readout's spikes in the latest step, 0 or 1 each.
    public private(set) var readoutSpikes: [Int32]
    /// The number of input channels.
    public let channels: Int

    /// A network at rest.
    ///
    /// - Throws: if weights and neurons do not fit together or a number does not fit its register.
    public init(_ parameters: Parameters) throws(SpikelineError) {
        let (neurons, outputs) = (parameters.hidden.count, parameters.readout.count)
        guard (1...4_096).contains(neurons), (1...4_096).contains(outputs) else {
            throw SpikelineError(
                "expected 1 to 4096 hidden and readout neurons, found \(neurons) and \(outputs)", at: "xylo")
        }
        guard parameters.input.count % (2 * neurons) == 0, (1...4_096).contains(parameters.input.count / (2 * neurons)),
            parameters.recurrent.count == 2 * neurons * neurons, parameters.output.count == neurons * outputs
        else {
            throw SpikelineError(
                "the numbers of weights (\(parameters.input.count) input, \(parameters.recurrent.count) recurrent, "
                    + "\(parameters.output.count) readout) do not fit \(neurons) hidden and \(outputs) readout neurons",
                at: "xylo")
        }
        let shifts = parameters.shifts
        for shift in [shifts.input, shifts.recurrent, shifts.output] {
            try checkRegister("weight shift", shift, 0...15, at: "xylo")
        }
        for neuron in parameters.hidden + parameters.readout {
            try XyloNetwork.check(neuron, version: parameters.version)
        }
        self.parameters = parameters
        channels = parameters.input.count / (2 * neurons)
        let (rest, outputRest) = ([Int32](repeating: 0, count: neurons), [Int32](repeating: 0, count: outputs))
        state = State(hidden: rest, first: rest, second: rest, readout: outputRest, readoutCurrent: outputRest)
        hiddenSpikes = rest
        readoutSpikes = outputRest
    }

    private static func check(_ neuron: Neuron, version: XyloNeuron.Version) throws(SpikelineError) {
        try checkRegister("threshold", neuron.threshold, 1...32_767, at: "xylo")
        try checkRegister("membrane dash", neuron.membraneDash, 0...15, at: "xylo")
        try checkRegister("synapse dash", neuron.synapseDashes.0, 0...15, at: "xylo")
        try checkRegister("synapse dash", neuron.synapseDashes.1, 0...15, at: "xylo")
        try checkRegister("bias", neuron.bias, version == .v1 ? 0...0 : -32_768...32_767, at: "xylo")
    }

    /// Advances by one step with so many spikes of each input channel; more than 15 count 15.
    ///
    /// - Throws: if there are not ``channels`` counts or one is negative; nothing has then happened.
    public mutating func step(_ counts: [Int32]) throws(SpikelineError) {
        guard counts.count == channels, counts.allSatisfy({ $0 >= 0 }) else {
            throw SpikelineError(
                "expected \(channels) counts of 0 or more, found \(counts.count)", at: "xylo")
        }
        let parameters = parameters
        let neurons = parameters.hidden.count
        let shifts = parameters.shifts
        let (input, recurrent) = (parameters.input.span, parameters.recurrent.span)
        for channel in counts.indices where counts[channel] > 0 {
            let spikes = min(counts[channel], XyloNeuron.maximumInputSpikes)
            let row = channel * neurons
            XyloNetwork.deliver(spikes, input, from: row, shift: shifts.input, into: &state.first)
            XyloNetwork.deliver(
                spikes, input, from: channels * neurons + row, shift: shifts.input, into: &state.second)
        }
        for source in hiddenSpikes.indices where hiddenSpikes[source] > 0 {
            let (spikes, row) = (hiddenSpikes[source], source * neurons)
            XyloNetwork.deliver(spikes, recurrent, from: row, shift: shifts.recurrent, into: &state.first)
            XyloNetwork.deliver(
                spikes, recurrent, from: neurons * neurons + row, shift: shifts.recurrent, into: &state.second)
            XyloNetwork.deliver(
                spikes, parameters.output.span, from: source * parameters.readout.count, shift: shifts.output,
                into: &state.readoutCurrent)
        }
        updateHidden()
        updateReadout()
    }

    /// Adds `spikes` spikes through the row of weights that begins at `row`, one at a time.
    private static func deliver(
        _ spikes: Int32, _ weights: Span<Int8>, from row: Int, shift: Int32, into currents: inout [Int32]
    ) {
        let row = weights.extracting(row..<row + currents.count)
        for index in currents.indices {
            // Additions of one weight saturate alike one by one and at once, and |sum| < 2^15 + 31 * 2^22.
            currents[index] = saturated16(currents[index] &+ spikes &* (Int32(row[index]) << shift))
        }
    }

    private mutating func updateHidden() {
        for (index, neuron) in parameters.hidden.enumerated() {
            state.first[index] = XyloNeuron.decay(state.first[index], dash: neuron.synapseDashes.0)
            state.second[index] = XyloNeuron.decay(state.second[index], dash: neuron.synapseDashes.1)
            var v = XyloNeuron.integrated(
                state.hidden[index], current: state.first[index] &+ state.second[index], dash: neuron.membraneDash,
                bias: neuron.bias, version: parameters.version)
            hiddenSpikes[index] = XyloNeuron.spikes(
                &v, threshold: neuron.threshold, maximum: XyloNeuron.maximumHiddenSpikes)
            state.hidden[index] = v
        }
    }

    private mutating func updateReadout() {
        for (index, neuron) in parameters.readout.enumerated() {
            state.readoutCurrent[index] = XyloNeuron.decay(state.readoutCurrent[index], dash: neuron.synapseDashes.0)
            var v = XyloNeuron.integrated(
                state.readout[index], current: state.readoutCurrent[index], dash: neuron.membraneDash,
                bias: neuron.bias, version: parameters.version)
            readoutSpikes[index] = XyloNeuron.spikes(&v, threshold: neuron.threshold, maximum: 1)
            state.readout[index] = v
        }
    }
}
