import SpikeSignals

/// How often each class was taken for each other: `counts[truth][decided]`.
public struct ConfusionMatrix: Hashable, Sendable {
    /// The class names, in the order of rows and columns.
    public let labels: [String]
    /// Row = the class that was spoken, column = the class that was decided.
    public private(set) var counts: [[Int]]

    /// A matrix of zeros.
    public init(labels: [String]) {
        self.labels = labels
        counts = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
    }

    /// Counts one clip of class `truth` for which `decided` was chosen; an index outside the labels is an error.
    public mutating func add(truth: Int, decided: Int) throws(SpikelineError) {
        guard labels.indices.contains(truth), labels.indices.contains(decided) else {
            throw SpikelineError(
                "expected class indices below \(labels.count), found \(truth) and \(decided)", at: "confusion matrix",
                cause: .defect)
        }
        counts[truth][decided] += 1
    }

    /// All clips.
    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// The clips that were decided rightly.
    public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

    /// Clips of class `index`.
    public func spoken(_ index: Int) -> Int { counts[index].reduce(0, +) }

    /// Clips that were taken for class `index`.
    public func decided(_ index: Int) -> Int { counts.reduce(0) { $0 + $1[index] } }

    /// The share of all clips that were decided rightly, or nil without clips.
    public var accuracy: Double? { ratio(correct, total) }

    /// The share of the clips of class `index` that were found, or nil if there are none.
    public func recall(_ index: Int) -> Double? { ratio(counts[index][index], spoken(index)) }

    /// The share of the decisions for class `index` that were right, or nil if it was never decided.
    public func precision(_ index: Int) -> Double? { ratio(counts[index][index], decided(index)) }
}

/// `part / whole`, or nil if `whole` is 0.
func ratio(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
