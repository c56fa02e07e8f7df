import SpikeSignals

/// How much each label has been heard in the last ticks, and its share of the whole.
///
/// With the potential `u_k[t]` of output `k` in octaves (``ExponentialTable``) and the ticks `t` of the window:
/// ```
/// A_k = sum over t of 2^(u_k[t] + 24)          score_k = floor(2^16 A_k / sum over j of A_j)
/// ```
/// This is the soft maximum over time that training maximises, so the decision about a clip is ``best`` after all its
/// ticks. The sums are exact: a tick that leaves the window takes away just what it brought. Labels times ticks is at
/// most ``maximumCells``, so a sum over both stays within 2^48 * 2^15 = 2^63.
/// ```
/// var window = try EvidenceWindow(labels: 12, ticks: 100, scaleBits: 8)
/// for tick in 0..<batch.count { window.add(batch.potentials, at: tick * 12) }
/// labels[window.best]
/// ```
public struct EvidenceWindow: Sendable {
    /// The most labels times ticks that a window can have.
    public static let maximumCells = 1 << 15
    /// A score of one.
    public static let unity: Int32 = 1 << 16

    /// The number of labels.
    public let labels: Int
    /// The length of the window.
    public let ticks: Int
    /// The share of each label in Q16, 0 to 65,536; all zero before the first tick. They add up to at most 65,536.
    public private(set) var scores: [Int32]
    /// How many ticks the window holds, at most ``ticks``.
    public private(set) var filled = 0

    private var sums: [UInt64]
    private var ring: [UInt64]
    private var newest = 0
    private let table: ExponentialTable

    /// An empty window over `ticks` ticks for potentials of `2^scaleBits` per octave.
    ///
    /// - Throws: if there is no label or no tick, or more than ``maximumCells`` of them, or `scaleBits` is not in
    ///   ``ExponentialTable/scaleRange``.
    public init(labels: Int, ticks: Int, scaleBits: Int) throws(SpikelineError) {
        guard labels >= 1, ticks >= 1, labels <= EvidenceWindow.maximumCells / ticks else {
            throw SpikelineError(
                "a window of \(ticks) ticks for \(labels) labels is impossible, expected at least one of each and at most "
                    + "\(EvidenceWindow.maximumCells) of ticks times labels")
        }
        guard ExponentialTable.scaleRange.contains(scaleBits) else {
            throw SpikelineError("a scale of \(scaleBits) bits is impossible, expected 0 to 24")
        }
        self.labels = labels
        self.ticks = ticks
        scores = [Int32](repeating: 0, count: labels)
        sums = [UInt64](repeating: 0, count: labels)
        ring = [UInt64](repeating: 0, count: labels * ticks)
        table = ExponentialTable(scaleBits: scaleBits)
    }

    /// Forgets everything.
    public mutating func reset() {
        for label in 0..<labels {
            sums[label] = 0
            scores[label] = 0
        }
        for cell in ring.indices { ring[cell] = 0 }
        newest = 0
        filled = 0
    }

    /// Takes in one tick, whose potentials are the ``labels`` elements of `potentials` from index `start` on.
    public mutating func add(_ potentials: [Int32], at start: Int = 0) {
        newest = newest + 1 == ticks ? 0 : newest + 1
        filled = min(filled + 1, ticks)
        var total: UInt64 = 0
        for label in 0..<labels {
            let cell = newest * labels + label
            let evidence = table.evidence(potentials[start + label])
            sums[label] = sums[label] - ring[cell] + evidence
            ring[cell] = evidence
            total += sums[label]
        }
        for label in 0..<labels {
            let share = sums[label].multipliedFullWidth(by: UInt64(EvidenceWindow.unity))
            scores[label] = Int32(truncatingIfNeeded: total.dividingFullWidth(share).quotient)
        }
    }

    /// Appends what the window holds.
    func write(to writer: inout IntegerWriter) {
        writer.append(ring)
        writer.append(Int64(newest))
        writer.append(Int64(filled))
    }

    /// Takes over what ``write(to:)`` wrote; false if that cannot be a window like this one, which then is as it was.
    mutating func read(from reader: inout IntegerReader) -> Bool {
        guard let ring = reader.list(limit: labels * ticks, of: UInt64.self), ring.count == labels * ticks,
            ring.allSatisfy({ $0 <= ExponentialTable.maximum }), let newest = reader.integer(Int64.self),
            (0..<Int64(ticks)).contains(newest), let filled = reader.integer(Int64.self),
            (0...Int64(ticks)).contains(filled)
        else { return false }
        (self.ring, self.newest, self.filled) = (ring, Int(newest), Int(filled))
        // The sums follow from the ring, so that they cannot contradict it.
        for label in 0..<labels {
            sums[label] = 0
            for tick in 0..<ticks { sums[label] += ring[tick * labels + label] }
        }
        let total = sums.reduce(0, +)
        for label in 0..<labels {
            let share = sums[label].multipliedFullWidth(by: UInt64(EvidenceWindow.unity))
            scores[label] = total == 0 ? 0 : Int32(truncatingIfNeeded: total.dividingFullWidth(share).quotient)
        }
        return true
    }

    /// The label with the most evidence; the first of equals, and 0 before the first tick.
    public var best: Int {
        var best = 0
        for label in 1..<max(labels, 1) where sums[label] > sums[best] { best = label }
        return best
    }

    /// The evidence of `label` in the whole window.
    public func sum(of label: Int) -> UInt64 { sums[label] }

    /// The evidence of `label` in the tick that many ticks before the newest, 0 to ``filled`` - 1.
    public func evidence(of label: Int, ago: Int) -> UInt64 {
        let slot = newest - ago
        return ring[(slot < 0 ? slot + ticks : slot) * labels + label]
    }
}
