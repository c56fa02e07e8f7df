#if canImport(Glibc)
import Glibc
#endif

/// How a gesture network is trained; equal configurations, seeds and recordings give equal weights, bit for bit.
public struct GestureTraining: Hashable, Sendable {
    /// Passes over the pool of recordings.
    public var epochs = 40
    /// Clips in a step; split into ``shards`` of equal size.
    public var batch = 32
    /// Parts of a batch that are normalised and run on their own; as many threads as that are used.
    public var shards = 2
    /// The largest learning rate.
    public var learningRate: Float = 4e-3
    /// The share by which weights shrink per step, times the learning rate.
    public var weightDecay: Float = 0.01
    /// The share of a label that is spread over all labels.
    public var labelSmoothing: Float = 0.05
    /// Recordings of each label in the pool.
    public var recordingsPerLabel = 200
    /// Recordings of label `other` for each recording of a gesture.
    public var otherShare: Float = 2
    /// In how many epochs the recordings are all drawn anew.
    public var refreshEpochs = 4
    /// Clips of each recording in an epoch.
    public var clipsPerRecording = 1
    /// Ticks of a clip.
    public var clipTicks = 100
    /// Ticks at the beginning of a clip that are not judged.
    public var warmUpTicks = 8
    /// Ticks over which evidence is summed; each part of a clip of that length is judged on its own.
    public var windowTicks = 20
    /// Epochs without a better accuracy after which training stops.
    public var patience = 100
    /// What stands for the derivative of the spikes.
    public var surrogate = SurrogateGradient.straightLine
    /// Seeds the weights, the order and the clips.
    public var seed: UInt64 = 1
    /// How clips differ from recordings.
    public var augmentation = GestureAugmentation()

    /// The defaults.
    public init() {}

    /// How often recordings of each label are drawn, relative to a gesture.
    func shares(_ labels: GestureLabels) -> [Float] { labels.names.map { $0 == "other" ? otherShare : 1 } }

    /// The octaves by which the output of each label is lowered when the network is exported.
    public func priors(_ labels: GestureLabels) -> [Float] { shares(labels).map { log2($0) } }

    /// The windows of a clip that are judged: its parts, as the head decides while a gesture goes on, and all of it, as is
    /// decided on a recording.
    var windows: [Range<Int>] {
        let parts = stride(from: warmUpTicks, through: clipTicks - windowTicks, by: windowTicks).map {
            $0..<$0 + windowTicks
        }
        return parts.count > 1 ? parts + [warmUpTicks..<clipTicks] : parts
    }
}
