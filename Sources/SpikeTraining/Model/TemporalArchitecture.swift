/// The shape of a feed-forward spiking network of dilated causal temporal convolutions with a leaky readout.
///
/// ```
/// input --taps--> layer 0 --taps--> layer 1 ... --taps--> layer n-1
///                                        \________________/  the last `readoutLayers` layers
///                                                 |
///                                           readout (one leaky integrator per label)
/// ```
/// Sources: van den Oord et al., "WaveNet" (2016) for dilated causal convolution; Weidel and Sheik, "WaveSense"
/// (2021) for its spiking form.
public struct TemporalArchitecture: Hashable, Sendable {
    /// One layer of firing neurons.
    public struct Layer: Hashable, Sendable {
        /// The number of neurons.
        public var width: Int
        /// The delays of the taps in ticks, ascending from 0.
        public var delays: [Int]

        /// A layer of `width` neurons that see their source at these delays.
        public init(width: Int, delays: [Int]) {
            self.width = width
            self.delays = delays
        }
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

    /// The number of neurons or channels that feed layer `index`.
    public func sources(ofLayer index: Int) -> Int { index == 0 ? inputs : layers[index - 1].width }

    /// The indices of the layers that the readout sees.
    public var readoutSources: Range<Int> { layers.count - readoutLayers..<layers.count }

    /// The number of weights, which is the size of the model in bytes but for headers and thresholds.
    public var weightCount: Int {
        let hidden = layers.indices.reduce(0) { $0 + layers[$1].delays.count * sources(ofLayer: $1) * layers[$1].width }
        return hidden + readoutSources.reduce(0) { $0 + layers[$1].width * outputs }
    }
}
