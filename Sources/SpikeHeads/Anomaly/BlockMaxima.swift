/// The highest score of each block of ticks, over any length of time in fixed memory.
///
/// When ``capacity`` blocks are full, neighbours are joined and blocks become twice as long, until a block lasts
/// ``longest`` ticks; from then on the oldest are dropped.
struct BlockMaxima: Hashable, Sendable {
    /// The most blocks that are kept.
    static let capacity = 512
    /// Blocks grow to so many ticks.
    let longest: Int64
    /// Ticks of a block.
    private(set) var length: Int64
    /// The highest score of each block, oldest first.
    private(set) var maxima: [Int64] = []
    private var fill: Int64 = 0
    private var highest: Int64 = 0

    /// No blocks yet, of that many ticks each.
    init(length: Int, longest: Int) {
        self.length = Int64(max(length, 1))
        self.longest = Int64(max(longest, length, 1))
        maxima.reserveCapacity(BlockMaxima.capacity)
    }

    /// Ticks in full blocks.
    var ticks: Int64 { Int64(maxima.count) * length }

    /// Adds the score of a tick.
    mutating func add(_ score: Int64) {
        highest = max(highest, score)
        fill += 1
        guard fill >= length else { return }
        if maxima.count == BlockMaxima.capacity {
            makeRoom()
            // Blocks have become longer: this one is not full any more.
            guard fill >= length else { return }
        }
        maxima.append(highest)
        (fill, highest) = (0, 0)
    }

    /// Takes a score into the block that is being filled, in a time that does not count.
    mutating func hold(_ score: Int64) { highest = max(highest, score) }

    /// Multiplies all that is known by a factor of at least 1.
    mutating func scale(by factor: Double) {
        func scaled(_ score: Int64) -> Int64 {
            Int64(min((Double(score) * factor).rounded(), Double(LateralPredictor.mostScore)))
        }
        for index in maxima.indices { maxima[index] = scaled(maxima[index]) }
        highest = scaled(highest)
    }

    /// Drops the block that is being filled.
    mutating func interrupt() { (fill, highest) = (0, 0) }

    private mutating func makeRoom() {
        guard length * 2 <= longest else {
            maxima.removeFirst()
            return
        }
        for index in 0..<(maxima.count / 2) { maxima[index] = max(maxima[2 * index], maxima[2 * index + 1]) }
        maxima.removeLast(maxima.count - maxima.count / 2)
        length *= 2
    }

    init(length: Int64, longest: Int64, maxima: [Int64], fill: Int64, highest: Int64) {
        (self.length, self.longest) = (length, longest)
        self.maxima = maxima
        (self.fill, self.highest) = (fill, highest)
    }

    /// What the block that is being filled holds: ticks and the highest score.
    var partial: (fill: Int64, highest: Int64) { (fill, highest) }
}
