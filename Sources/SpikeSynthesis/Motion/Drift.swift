import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A smooth wandering about zero, of standard deviation about 0.7: three sines of random frequency and phase.
struct Drift: Hashable, Sendable {
    private var speeds = SIMD3<Float>.zero
    private var starts = SIMD3<Float>.zero

    /// A wandering whose frequencies lie around `hertz`.
    init(hertz: Float, using random: inout SeededGenerator) {
        for part in 0..<3 {
            speeds[part] = 2 * .pi * hertz * random.uniform(0.4...1.6)
            starts[part] = random.uniform(0...(2 * .pi))
        }
    }

    /// The value at `time` seconds, -1.7 to 1.7.
    func callAsFunction(_ time: Float) -> Float {
        let angle = speeds * time + starts
        return 0.57 * (sin(angle.x) + sin(angle.y) + sin(angle.z))
    }
}

/// A wandering place.
struct Drift3: Hashable, Sendable {
    private var parts: (Drift, Drift, Drift)

    /// A wandering in each direction.
    init(hertz: Float, using random: inout SeededGenerator) {
        parts = (
            Drift(hertz: hertz, using: &random), Drift(hertz: hertz, using: &random),
            Drift(hertz: hertz, using: &random)
        )
    }

    /// The place at `time` seconds.
    func callAsFunction(_ time: Float) -> Vector { Vector(parts.0(time), parts.1(time), parts.2(time)) }

    static func == (left: Drift3, right: Drift3) -> Bool { left.parts == right.parts }

    func hash(into hasher: inout Hasher) { hasher.combine(parts.0) }
}

/// The beat of a repeated motion: its phase and strength, both of which wander as those of people do.
struct Rhythm: Hashable, Sendable {
    /// Mean seconds for one cycle.
    var period: Float
    private var start: Float
    private var unsteadiness: Float
    private var skew: Float
    private var timing: Drift
    private var strength: Drift
    private var strengthRange: Float

    /// A beat of `period` seconds from a random phase on.
    init(period: Float, using random: inout SeededGenerator) {
        self.period = period
        start = random.uniform(0...(2 * .pi))
        unsteadiness = random.uniform(0.05...0.45)
        skew = random.uniform(-0.35...0.35)
        timing = Drift(hertz: 0.35 / max(period, 0.3), using: &random)
        strength = Drift(hertz: 0.3 / max(period, 0.3), using: &random)
        strengthRange = random.uniform(0.03...0.2)
    }

    /// The phase in radians at `time` seconds; it always grows.
    func phase(_ time: Float) -> Float { 2 * .pi * time / period + start + unsteadiness * timing(time) }

    /// The phase with the two halves of the cycle of unequal length.
    func skewed(_ time: Float) -> Float {
        let phase = phase(time)
        return phase + skew * sin(phase)
    }

    /// About 1: how large this cycle is.
    func size(_ time: Float) -> Float { 1 + strengthRange * strength(time) }
}
