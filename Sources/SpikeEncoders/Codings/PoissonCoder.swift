import SpikeSignals

/// A rate coding with random times: in each tick a neuron fires with a chance in proportion to its value.
///
/// ```
/// P(spike in a tick) = x * rate * tick                   Bernoulli trials, which tend to a Poisson process of rate x * rate
/// x^ = count over a window / (rate * window)             as the tick gets short (Dayan and Abbott, "Theoretical
/// sd(x^) = sqrt(x (1 - x p) / (rate * window))           Neuroscience", 2001, section 1.4)
/// ```
/// `p` is the chance at a value of 1. The draws are those of a ``SeededGenerator`` for each tick, so they depend on the seed,
/// the tick and the place of the value alone: lost ticks change no spike after them. Whole numbers throughout. Cost: one
/// draw for each value and tick.
struct PoissonCoder: SpikeCoder {
    /// The chance at a value of 1, Q32, at most 2^32.
    private let chance: UInt64
    private let seed: UInt64

    init(_ parameters: CodingParameters) {
        chance = UInt64(SetUpMath.fixed(parameters.spikesPerTick, bits: 32))
        seed = parameters.seed
    }

    mutating func restart() {}

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        var generator = SeededGenerator(seed, UInt64(bitPattern: tick))
        for value in 0..<min(values.count, counts.count) {
            // The product is at most 2^48 and the draw below that, so a chance of 1 always fires and one of 0 never.
            counts[value] = generator.next() &>> 16 < UInt64(bitPattern: values[value]) &* chance ? 1 : 0
        }
    }
}
