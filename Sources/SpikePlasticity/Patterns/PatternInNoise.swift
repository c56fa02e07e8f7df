import SpikeSignals

/// Spike trains of many neurons in which half of them repeat the same 50 ms again and again, and nothing but the
/// coincidence tells: their rates are the same all the time.
///
/// As Masquelier, Guyonneau and Thorpe, "Spike timing dependent plasticity finds the start of repeating patterns in
/// continuous spike trains", PLoS ONE 3 (2008), methods. A tick is 1 ms. Each neuron fires as a Poisson process whose
/// rate wanders between 0 and 90 Hz: its slope changes by up to ±360 Hz/s each tick and stays within ±1,800 Hz/s; a
/// neuron that was silent for 50 ms fires. Time is cut into sections of 50 ms; one is copied, for the first half of the
/// neurons, over a quarter of the sections, no two of them in a row, each spike moved by a normal jitter of 1 ms. At
/// last every neuron gets 10 Hz of spontaneous spikes. All draws are integers from a generator with a seed.
public struct PatternInNoise: Sendable {
    /// What is drawn.
    public struct Settings: Hashable, Sendable {
        /// The number of neurons, 64 to 10,000.
        public var neurons = 2_000
        /// How many of them take part in the pattern.
        public var involved = 1_000
        /// The length in sections of 50 ms, 20 to 100,000.
        public var sections = 3_000
        /// The share of sections that show the pattern in per cent, 1 to 33.
        public var patternPercent = 25
        /// The standard deviation of the jitter in microseconds, 0 to 10,000.
        public var jitterMicroseconds = 1_000
        /// The spontaneous rate in Hz, 0 to 100.
        public var spontaneousHertz = 10

        /// The published baseline.
        public init() {}
    }

    /// Ticks of a section.
    public static let sectionTicks = 50

    /// What was drawn.
    public let settings: Settings
    /// The sections that show the pattern, ascending.
    public let patternSections: [Int]
    /// The spikes of the pattern, relative to the beginning of its section.
    public let pattern: [PatternSpike]
    /// The spikes.
    let raster: BitRaster

    /// A spike of a neuron.
    public struct PatternSpike: Hashable, Sendable {
        /// When, in ticks.
        public var tick: Int
        /// Whose.
        public var neuron: Int
    }

    /// Draws spike trains.
    ///
    /// - Throws: if a setting is out of range.
    public init(_ settings: Settings, seed: UInt64) throws(SpikelineError) {
        try settings.check()
        self.settings = settings
        var generator = SeededGenerator(seed, 0x7061_7474)
        var raster = BitRaster(ticks: settings.sections * Self.sectionTicks, neurons: settings.neurons)
        Self.wander(&raster, &generator)
        patternSections = Self.choose(settings, &generator)
        pattern = Self.paste(settings, patternSections, into: &raster, &generator)
        Self.addSpontaneous(settings.spontaneousHertz, to: &raster, &generator)
        self.raster = raster
    }

    /// The mean rate of a neuron in Hz.
    public var meanHertz: Double { Double(raster.count) * 1_000 / Double(raster.ticks) / Double(raster.neurons) }

    /// The spikes of a stretch of ticks, tick by tick.
    public func spikes(in ticks: Range<Int>) -> [PatternSpike] {
        ticks.clamped(to: 0..<raster.ticks).flatMap { tick in
            (0..<raster.neurons).filter { raster[tick, $0] }.map { PatternSpike(tick: tick, neuron: $0) }
        }
    }

    /// Rates in mHz, slopes in mHz per ms: all below 2^17.
    private static func wander(_ raster: inout BitRaster, _ generator: inout SeededGenerator) {
        let neurons = raster.neurons
        var rates = (0..<neurons).map { _ in Int32(generator.index(below: 90_001)) }
        var slopes = (0..<neurons).map { _ in Int32(generator.index(below: 3_601)) - 1_800 }
        // As if each had fired at a random time before; else those that are due would fire together, again and again at first.
        var silence = (0..<neurons).map { _ in Int32(generator.index(below: 50)) }
        for tick in 0..<raster.ticks {
            for neuron in 0..<neurons {
                let draw = generator.next()
                // The upper 32 bits change the slope, the lower 32 decide about a spike.
                let change = Int32(truncatingIfNeeded: ((draw >> 32) &* 721) >> 32) &- 360
                let slope = min(max(slopes[neuron] &+ change, -1_800), 1_800)
                let rate = min(max(rates[neuron] &+ slope, 0), 90_000)
                slopes[neuron] = slope
                rates[neuron] = rate
                let chance = ((draw & 0xFFFF_FFFF) &* 1_000_000) >> 32
                silence[neuron] &+= 1
                if chance < UInt64(rate) || silence[neuron] >= 50 {
                    silence[neuron] = 0
                    raster[tick, neuron] = true
                }
            }
        }
    }

    /// Draws sections until there are enough; one beside another is drawn again.
    private static func choose(_ settings: Settings, _ generator: inout SeededGenerator) -> [Int] {
        var isPattern = [Bool](repeating: false, count: settings.sections)
        var left = settings.sections * settings.patternPercent / 100
        while left > 0 {
            let section = generator.index(below: settings.sections)
            let before = section > 0 && isPattern[section - 1]
            let after = section + 1 < settings.sections && isPattern[section + 1]
            if isPattern[section] || before || after { continue }
            isPattern[section] = true
            left -= 1
        }
        return isPattern.indices.filter { isPattern[$0] }
    }

    private static func paste(
        _ settings: Settings, _ sections: [Int], into raster: inout BitRaster, _ generator: inout SeededGenerator
    ) -> [PatternSpike] {
        guard let first = sections.first else { return [] }
        var pattern: [PatternSpike] = []
        for tick in 0..<sectionTicks {
            for neuron in 0..<settings.involved where raster[first * sectionTicks + tick, neuron] {
                pattern.append(PatternSpike(tick: tick, neuron: neuron))
            }
        }
        for section in sections {
            for tick in section * sectionTicks..<(section + 1) * sectionTicks {
                for neuron in 0..<settings.involved { raster[tick, neuron] = false }
            }
        }
        for section in sections {
            for spike in pattern {
                let jitter = jitter(settings.jitterMicroseconds, &generator)
                let place = section * sectionTicks + spike.tick + jitter
                raster[min(max(place, 0), raster.ticks - 1), spike.neuron] = true
            }
        }
        return pattern
    }

    /// A normal jitter in whole ticks: the sum of twelve even draws has variance 1 (Irwin and Hall).
    private static func jitter(_ microseconds: Int, _ generator: inout SeededGenerator) -> Int {
        var sum = 0
        for _ in 0..<3 {
            let draw = generator.next()
            for part in 0..<4 { sum += Int(draw >> UInt64(16 * part) & 0xFFFF) }
        }
        let normal = sum - 6 * 65_535
        return (normal * microseconds / 65_536 + 500 + 1_000_000) / 1_000 - 1_000
    }

    /// Sets each bit with a chance of `hertz` in 1,000, 64 at once: the chance's bits, from the lowest, decide between
    /// the "and" and the "or" with random words.
    private static func addSpontaneous(
        _ hertz: Int, to raster: inout BitRaster, _ generator: inout SeededGenerator
    ) {
        let chance = UInt64(hertz) * 65_536 / 1_000
        guard chance > 0 else { return }
        let last = raster.neurons & 63 == 0 ? UInt64.max : (1 << UInt64(raster.neurons & 63)) - 1
        for tick in 0..<raster.ticks {
            for word in 0..<raster.width {
                var bits: UInt64 = 0
                for bit in chance.trailingZeroBitCount..<16 {
                    let draw = generator.next()
                    bits = chance >> UInt64(bit) & 1 == 1 ? bits | draw : bits & draw
                }
                raster.words[tick * raster.width + word] |= word + 1 == raster.width ? bits & last : bits
            }
        }
    }
}

extension PatternInNoise.Settings {
    fileprivate func check() throws(SpikelineError) {
        func require(_ value: Int, _ range: ClosedRange<Int>, _ what: String) throws(SpikelineError) {
            guard range.contains(value) else {
                throw SpikelineError(
                    "expected \(what) from \(range.lowerBound) to \(range.upperBound), found \(value)",
                    at: "pattern in noise")
            }
        }
        try require(neurons, 64...10_000, "a number of neurons")
        try require(involved, 1...neurons, "a number of neurons in the pattern")
        try require(sections, 20...100_000, "a number of sections")
        try require(patternPercent, 1...33, "a share of sections with the pattern in per cent")
        try require(jitterMicroseconds, 0...10_000, "a jitter in microseconds")
        try require(spontaneousHertz, 0...100, "a spontaneous rate in Hz")
        guard neurons * sections <= 30_000_000 else {
            throw SpikelineError(
                "expected at most 30,000,000 neurons times sections, found \(neurons * sections)",
                at: "pattern in noise")
        }
    }
}
