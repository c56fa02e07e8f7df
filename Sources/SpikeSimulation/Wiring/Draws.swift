import SpikeSignals

/// Picks members of a long row with the same probability each, at the cost of those that are picked.
///
/// The distance to the next one is geometric: `floor(log(u) / log(1 - p))` for an even `u` in (0, 1] (Devroye,
/// Non-Uniform Random Variate Generation, 1986, section X.2). The logarithm is that of coefficients, so every machine
/// picks the same.
struct SparseDraw {
    private var random: SeededGenerator
    /// log(1 - p); nil if all are picked.
    private let scale: Double?
    private let isEmpty: Bool

    /// Draws with `probability`, 0 to 1.
    init(probability: Double, from random: SeededGenerator) {
        self.random = random
        isEmpty = probability <= 0
        // 1 - p is 1 for the least of p; then nothing within reach is picked.
        scale = probability >= 1 ? nil : SetUpMath.log(1 - probability)
    }

    /// How many are passed over before the next that is picked; `limit` if that many or more.
    mutating func gap(limit: Int) -> Int {
        guard !isEmpty else { return limit }
        guard let scale else { return 0 }
        let even = (Double(random.next() >> 11) + 1) * 0x1p-53
        let distance = scale < 0 ? SetUpMath.log(even) / scale : Double.infinity
        return distance < Double(limit) ? Int(distance) : limit
    }
}
