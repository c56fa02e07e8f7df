import SpikeNetwork

/// What a chip holds, as published, and what of a network it does not.
struct ChipLimits {
    /// The chip.
    let name: String
    /// Neurons in all; nil where nothing is said.
    var neurons: Int?
    /// Synapses in all, one for each pair of neurons and tap.
    var synapses: Int?
    /// Synapses that end at one neuron.
    var fanIn: Int?
    /// Bits of a weight, sign included.
    var weightBits: Int?
    /// Ticks of the longest delay.
    var delay: Int?
    /// Spikes of a neuron in one tick.
    var spikes: Int?
    /// Input channels, and neurons of the readout.
    var inputs: Int?
    var outputs: Int?
    /// Where the limits stand.
    let source: String

    /// The chips that are compared.
    static let all = [
        ChipLimits(
            name: "Loihi", neurons: 131_072, weightBits: 9, delay: 62, spikes: 1,
            source: "Davies et al., IEEE Micro 38 (1) 2018: 128 cores of 1,024 neurons; delays above 8 only with "
                + "fewer neurons on a core"),
        ChipLimits(
            name: "Loihi 2", neurons: 1_000_000, synapses: 120_000_000, weightBits: 9,
            source: "Intel, \"Taking neuromorphic computing to the next level with Loihi 2\", technology brief, "
                + "2021: up to a million neurons; weights of 8 bits with mixed signs, steps of 2, as the Lava library "
                + "stores them"),
        ChipLimits(
            name: "TrueNorth", neurons: 1_048_576, synapses: 268_435_456, fanIn: 256, weightBits: 9, delay: 15,
            spikes: 1,
            source: "Merolla et al., Science 345, 2014: 4,096 cores of 256 axons and neurons; a "
                + "neuron chooses among four weights of 9 bits by the type of the axon"),
        ChipLimits(
            name: "SpiNNaker", neurons: 4_080, synapses: 33_554_432, weightBits: 16, delay: 144, spikes: 1,
            source: "sPyNNaker, its limits rather than the chip's: 255 neurons on each of 16 cores, 16-bit weights, "
                + "delays to 144 ticks; 128 MiB at 32 bits a synapse"),
        ChipLimits(
            name: "Xylo Audio 2", neurons: 1_008, weightBits: 8, delay: 0, spikes: 31, inputs: 16, outputs: 8,
            source:
                "SynSense, Rockpool documentation, overview of the Xylo family: 16 inputs, 1,000 hidden and 8 readout "
                + "neurons, 31 events of a hidden neuron in a tick"),
    ]

    /// What of `network` does not fit, in words; empty if all does.
    func misfits(of network: NetworkDescription, synapses count: Int) -> [String] {
        let checks: [(Int, Int?, String)] = [
            (network.neuronCount, neurons, "neurons"), (count, synapses, "synapses"),
            (network.largestFanIn, fanIn, "synapses at a neuron"), (network.weightBits, weightBits, "bits of a weight"),
            (network.longestDelay, delay, "ticks of delay"),
            (network.mostSpikes, spikes, "spikes of a neuron in a tick"),
            (network.inputs, inputs, "inputs"), (network.populations.last?.size ?? 0, outputs, "outputs"),
        ]
        return checks.compactMap { found, limit, what in
            guard let limit, found > limit else { return nil }
            return "\(found) of \(limit) \(what)"
        }
    }
}
