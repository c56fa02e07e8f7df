/// The recordings that training examples are made of, 16-bit mono at the ear's rate.
public struct SpeechMaterial: Sendable {
    /// The labels in the order of the network's outputs; the last two are `unknown` and `silence`.
    public var labels: [String]
    /// The clips of each label; those of `silence` may be empty, since silence is cut from ``noise``.
    public var clips: [[[Int16]]]
    /// Further clips of each label, of lesser worth, as synthesised voices are; may be empty.
    public var supplement: [[[Int16]]]
    /// Stretches without speech.
    public var noise: [[Int16]]
    /// Longer stretches of speech without any of the words; may be empty.
    public var speech: [[Int16]]

    /// The label of everything that is spoken and not a word of the list.
    public static let unknown = "unknown"
    /// The label of everything that is not speech.
    public static let silence = "silence"

    /// Material for these `words`; `unknown` and `silence` are added to the labels.
    public init(
        words: [String], clips: [[[Int16]]], supplement: [[[Int16]]] = [], noise: [[Int16]], speech: [[Int16]] = []
    ) {
        labels = words + [Self.unknown, Self.silence]
        self.clips = clips
        self.supplement = supplement.isEmpty ? [[[Int16]]](repeating: [], count: words.count + 2) : supplement
        self.noise = noise
        self.speech = speech
    }

    /// The number of words.
    public var words: Int { labels.count - 2 }
}
