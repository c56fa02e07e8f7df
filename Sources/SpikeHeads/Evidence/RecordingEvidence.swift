import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Which label a whole recording has: the product of what its windows say, each of which counts alike.
///
/// With the potential `u_k[t]` of output `k` in octaves and the windows `w` of equal length that make up the recording:
/// ```
/// A_k(w) = sum over t in w of 2^(u_k[t] + 24)     (ExponentialTable)
/// L_k    = sum over w of log2 A_k(w)              Q16, each rounded down
/// decision = the label with the largest L_k       share_k = 2^(L_k / windows) / sum over j of 2^(L_j / windows)
/// ```
/// Windows are taken for independent witnesses (naive Bayes), so that none of them, however sure, decides alone, as the
/// loudest moment does in a sum over all ticks. What is left over at the end counts as a window if it is half of one or
/// all there is. All is in integers but for the share. Nothing is allocated after the start; a tick costs a table look-up
/// for each label.
/// ```
/// var evidence = try RecordingEvidence(labels: 11, windowTicks: 20, scaleBits: 8)
/// for tick in 0..<batch.count { evidence.add(batch.potentials, at: tick * 11) }
/// let decision = evidence.decision.map { names[$0] } ?? "unknown"
/// ```
public struct RecordingEvidence: Sendable {
    /// The number of labels.
    public let labels: Int
    /// The length of a window.
    public let windowTicks: Int

    private let table: ExponentialTable
    /// The evidence of the window that is being filled, and of how many ticks.
    private var sums: [UInt64]
    private var filled = 0
    /// The logarithms of the full windows, and how many these are.
    private var logarithms: [Int64]
    private var windows = 0

    /// No evidence yet.
    ///
    /// - Throws: as ``EvidenceWindow``.
    public init(labels: Int, windowTicks: Int, scaleBits: Int) throws(SpikelineError) {
        _ = try EvidenceWindow(labels: labels, ticks: windowTicks, scaleBits: scaleBits)
        self.labels = labels
        self.windowTicks = windowTicks
        table = ExponentialTable(scaleBits: scaleBits)
        sums = [UInt64](repeating: 0, count: labels)
        logarithms = [Int64](repeating: 0, count: labels)
    }

    /// Forgets everything.
    public mutating func reset() {
        for label in 0..<labels { (sums[label], logarithms[label]) = (0, 0) }
        (filled, windows) = (0, 0)
    }

    /// Takes in one tick, whose potentials are the ``labels`` elements of `potentials` from index `start` on.
    public mutating func add(_ potentials: [Int32], at start: Int = 0) {
        for label in 0..<labels { sums[label] += table.evidence(potentials[start + label]) }
        filled += 1
        guard filled == windowTicks else { return }
        for label in 0..<labels {
            logarithms[label] += RecordingEvidence.logarithm(sums[label])
            sums[label] = 0
        }
        (filled, windows) = (0, windows + 1)
    }

    /// The label that the windows agree on most; the first of equals, nil before the first tick.
    public var decision: Int? {
        guard windows > 0 || filled > 0 else { return nil }
        var best = 0
        for label in 1..<labels where total(label) > total(best) { best = label }
        return best
    }

    /// The share of the decision in the geometric mean of the windows, 0 to 1; 0 before the first tick.
    public var decisionShare: Double {
        guard let decision else { return 0 }
        let most = total(decision)
        let unit = Double(windows + (countsRest ? 1 : 0)) * Double(1 << RecordingEvidence.fractionBits)
        return 1 / (0..<labels).reduce(0) { $0 + exp2(Double(total($1) - most) / unit) }
    }

    private static let fractionBits: Int64 = 16

    /// Whether the window that is being filled counts.
    private var countsRest: Bool { filled > 0 && (windows == 0 || 2 * filled >= windowTicks) }

    private func total(_ label: Int) -> Int64 {
        logarithms[label] + (countsRest ? RecordingEvidence.logarithm(sums[label]) : 0)
    }

    /// `floor(2^16 log2 value)` for a value of at least 1, bit by bit: squaring a number doubles its logarithm.
    static func logarithm(_ value: UInt64) -> Int64 {
        let whole = Int64(63 - value.leadingZeroBitCount)
        var mantissa = value << UInt64(value.leadingZeroBitCount)
        var result = whole
        for _ in 0..<fractionBits {
            let square = mantissa.multipliedFullWidth(by: mantissa)
            let bit = square.high >> 63
            mantissa = bit == 1 ? square.high : square.high << 1 | square.low >> 63
            result = result << 1 | Int64(bit)
        }
        return result
    }
}
