/// How a network is trained; equal configurations, seeds and data give equal weights, bit for bit.
public struct TrainingConfiguration: Hashable, Sendable {
    /// Passes over the pool of examples.
    public var epochs = 80
    /// Clips in a step; split into ``shards`` of equal size.
    public var batch = 64
    /// Parts of a batch that are normalised and run on their own; as many threads as that are used.
    public var shards = 2
    /// The largest learning rate.
    public var learningRate: Float = 5e-3
    /// The share by which weights shrink per step, times the learning rate.
    public var weightDecay: Float = 0
    /// The share of a label that is spread over all labels.
    public var labelSmoothing: Float = 0.05
    /// The share of the teacher in the loss, if there is one.
    public var teacherShare: Float = 0.6
    /// Examples of each word in an epoch.
    public var examplesPerWord = 420
    /// Examples of unknown words for each example of a word.
    public var unknownShare: Float = 2.2
    /// Examples of silence for each example of a word.
    public var silenceShare: Float = 0.8
    /// In how many epochs the examples are all drawn anew.
    public var refreshEpochs = 4
    /// Epochs without a better dev accuracy after which training stops.
    public var patience = 40
    /// Epochs of the teacher, 0 for none.
    public var teacherEpochs = 40
    /// The teacher's largest learning rate.
    public var teacherRate: Float = 4e-3
    /// What stands for the derivative of the spikes.
    public var surrogate = SurrogateGradient.straightLine
    /// Seeds the weights, the order and the examples.
    public var seed: UInt64 = 1
    /// How examples differ from the recordings.
    public var augmentation = Augmentation()

    /// The defaults.
    public init() {}

    /// The examples of an epoch for `words` words, unknown words and silence.
    func slots(words: Int) -> [ExamplePool.Slot] {
        let perWord = Float(examplesPerWord)
        let counts =
            [Int](repeating: examplesPerWord, count: words)
            + [Int(perWord * unknownShare), Int(perWord * silenceShare)]
        return counts.enumerated().flatMap { label, count in
            (0..<count).map { index in
                ExamplePool.Slot(isStream: Float(index) < Float(count) * augmentation.streams, label: label)
            }
        }
    }
}

/// What an epoch of training came to.
public struct EpochReport: Sendable {
    /// The epoch, from 1.
    public var epoch: Int
    /// The mean loss of its examples.
    public var loss: Float
    /// The share of its examples that were classified rightly while learning.
    public var trainAccuracy: Double
    /// The accuracy of the integer network on the dev clips.
    public var devAccuracy: Double
    /// Whether that is the best so far.
    public var isBest: Bool
    /// The learning rate at the end of the epoch.
    public var learningRate: Float
    /// Seconds for drawing and encoding examples.
    public var encodingSeconds: Double
    /// Seconds for the whole epoch.
    public var seconds: Double
}
