import SpikeSignals

/// The running mean of each label's score over the last ticks; ticks before the start of the stream count as zero.
///
/// ```
/// mean_k = floor(sum over the last n ticks of score_k / n)
/// ```
struct ScoreSmoother {
    /// The mean of each label in Q16.
    private(set) var means: [Int32]

    private var sums: [Int64]
    private var ring: [Int32]
    private var newest = 0
    private let ticks: Int

    /// A mean over `ticks`, at least 1, for each of `labels` labels.
    init(labels: Int, ticks: Int) {
        self.ticks = ticks
        means = [Int32](repeating: 0, count: labels)
        sums = [Int64](repeating: 0, count: labels)
        ring = [Int32](repeating: 0, count: labels * ticks)
    }

    /// Takes in the scores of one tick.
    mutating func add(_ scores: [Int32]) {
        newest = newest + 1 == ticks ? 0 : newest + 1
        for label in means.indices {
            let cell = newest * means.count + label
            sums[label] += Int64(scores[label]) - Int64(ring[cell])
            ring[cell] = scores[label]
            means[label] = Int32(truncatingIfNeeded: sums[label] / Int64(ticks))
        }
    }

    /// Appends what the mean is taken over.
    func write(to writer: inout IntegerWriter) {
        writer.append(ring)
        writer.append(Int64(newest))
    }

    /// Takes over what ``write(to:)`` wrote; false if that cannot belong to a mean like this one, which then is as it was.
    mutating func read(from reader: inout IntegerReader) -> Bool {
        guard let ring = reader.list(limit: self.ring.count, of: Int32.self), ring.count == self.ring.count,
            ring.allSatisfy({ (0...EvidenceWindow.unity).contains($0) }), let newest = reader.integer(Int64.self),
            (0..<Int64(ticks)).contains(newest)
        else { return false }
        (self.ring, self.newest) = (ring, Int(newest))
        for label in means.indices {
            sums[label] = 0
            for tick in 0..<ticks { sums[label] += Int64(ring[tick * means.count + label]) }
            means[label] = Int32(truncatingIfNeeded: sums[label] / Int64(ticks))
        }
        return true
    }
}
