import SpikeNetwork

/// The shape of a feed-forward spiking network of dilated causal temporal convolutions with a leaky readout.
///
/// ```
/// input --taps--> layer 0 --taps--> layer 1 ... --taps--> layer n-1
///                                        \________________/  the last `readoutLayers` layers
///                                                 |
///                                           readout (one leaky integrator per label)
/// ```
/// The first layers may be two-dimensional convolutions at the same time.
///
/// Sources: van den Oord et al., "WaveNet" (2016) for dilated causal convolution; Weidel and Sheik, "WaveSense"
/// (2021) for its spiking form.
public struct TemporalArchitecture: Hashable, Sendable {
    /// One layer of firing neurons.
    public struct Layer: Hashable, Sendable {
        /// The number of neurons.
        public var width: Int
        /// The delays of the taps in ticks, ascending from 0.
        public var delays: [Int]
        /// How the layer sees its source at each of the delays, if not as a whole.
        public var convolution: Convolution?

        /// A layer of `width` neurons that see their source at these delays.
        public init(width: Int, delays: [Int]) {
            self.width = width
            self.delays = delays
        }

        /// A layer on a grid, whose cells see a part of their source at these delays and share their weights.
        public init(_ convolution: Convolution, delays: [Int]) {
            width = convolution.output.count
            self.delays = delays
            self.convolution = convolution
        }

        /// How many neurons have weights, threshold and bias of their own; the cells of a grid share them.
        public var features: Int { convolution?.channels ?? width }
        /// How many neurons share each feature.
        public var cells: Int { width / features }
    }

    /// The number of input channels.
    public var inputs: Int
    /// The most spikes of an input channel in a tick.
    public var maximumInputSpikes: Int
    /// The length of a tick in nanoseconds.
    public var tickNanoseconds: Int64
    /// The layers of firing neurons.
    public var layers: [Layer]
    /// The most spikes of a neuron in a tick.
    public var maximumSpikes: Int
    /// The decay of the membranes per tick in Q15.
    public var membraneDecay: Int32
    /// How many of the last layers the readout sees.
    public var readoutLayers: Int
    /// The decay of the readout per tick in Q15.
    public var readoutDecay: Int32
    /// The number of outputs.
    public var outputs: Int
    /// Readout potentials have this many fractional bits: potential / 2^bits is a logarithm to base 2.
    public var potentialScaleBits: Int

    /// An architecture of these parts.
    public init(
        inputs: Int, maximumInputSpikes: Int, tickNanoseconds: Int64, layers: [Layer], maximumSpikes: Int = 7,
        membraneDecay: Int32 = 1 << 14, readoutLayers: Int = 2, readoutDecay: Int32 = 26_214, outputs: Int,
        potentialScaleBits: Int = 8
    ) {
        self.inputs = inputs
        self.maximumInputSpikes = maximumInputSpikes
        self.tickNanoseconds = tickNanoseconds
        self.layers = layers
        self.maximumSpikes = maximumSpikes
        self.membraneDecay = membraneDecay
        self.readoutLayers = min(readoutLayers, layers.count)
        self.readoutDecay = readoutDecay
        self.outputs = outputs
        self.potentialScaleBits = potentialScaleBits
    }

    /// How many potential steps a readout weight of 1 stands for.
    ///
    /// Trained weights are natural logits and the readout is trained as an average (a leak of `1 - decay` scales its
    /// input), so one unit is `(1 - decay) * log2(e) * 2^potentialScaleBits` steps.
    var readoutUnit: Float {
        (1 - Float(readoutDecay) / 32_768) * 1.442_695_04 * Float(1 << potentialScaleBits)
    }

    /// The number of weights that a tap of layer `index` has.
    public func weightsPerTap(ofLayer index: Int) -> Int {
        layers[index].convolution?.weightCount ?? sources(ofLayer: index) * layers[index].width
    }

    /// The number of neurons or channels that feed layer `index`.
    public func sources(ofLayer index: Int) -> Int { index == 0 ? inputs : layers[index - 1].width }

    /// The indices of the layers that the readout sees.
    public var readoutSources: Range<Int> { layers.count - readoutLayers..<layers.count }

    /// The number of weights, which is the size of the model in bytes but for headers and thresholds.
    public var weightCount: Int {
        let hidden = layers.indices.reduce(0) { $0 + layers[$1].delays.count * weightsPerTap(ofLayer: $1) }
        return hidden + readoutSources.reduce(0) { $0 + layers[$1].width * outputs }
    }
}

extension TemporalArchitecture.Layer {
    /// One value for each neuron from one for each feature.
    func onAllCells(_ values: [Int32]) -> [Int32] {
        cells == 1 ? values : (0..<cells).flatMap { _ in values }
    }
}
