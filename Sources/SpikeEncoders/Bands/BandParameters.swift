import SpikeSignals

/// What one chooses about the bands in which a machine is heard or felt.
public struct BandParameters: Hashable, Sendable {
    /// Bands of each channel of the sensor, 1 to 128.
    public var bands = 32
    /// The centre of the lowest band in hertz; nil: a 200th of the sample rate.
    public var lowHertz: Double?
    /// The upper end of the scale in hertz; nil: 0.45 of the sample rate.
    public var highHertz: Double?
    /// The length of a tick in milliseconds; nil: the shortest of ``usualTicks`` that holds ten samples or more.
    public var tickMilliseconds: Int?
    /// What counts as silence, in dB relative to full scale (of the mean rectified output of a band).
    public var floorDecibels = -102.0
    /// Spikes of a band in a tick for each doubling of its amplitude above the floor.
    public var spikesPerDoubling = 4.0

    /// 32 bands over the whole range of any sensor.
    public init() {}

    /// Lengths of a tick that are tried when none is chosen, in milliseconds.
    public static let usualTicks = [10, 20, 25, 40, 50, 100, 200, 500, 1_000]

    /// What the parameters come to at a sample rate.
    public struct Fit: Hashable, Sendable {
        /// Centre frequencies in hertz, ascending.
        public var centreFrequencies: [Double]
        /// Samples of a channel in a tick.
        public var samplesPerTick: Int
        /// The length of a tick in nanoseconds.
        public var tickNanoseconds: Int64
        /// The centre frequencies as if the sensor delivered ``referenceRate`` samples per second.
        var scaledFrequencies: [Double]
    }

    /// The rate at which the filters are designed: a sensor of any other rate sees the same shapes, scaled.
    static let referenceRate = 16_000

    /// Fits the parameters to a sample rate in hertz.
    ///
    /// - Throws: if the bands do not fit below half of the rate, or no whole number of samples makes a tick.
    public func fit(sampleRate: Int, place: String = "bands") throws(SpikelineError) -> Fit {
        let rate = Double(sampleRate)
        let (low, high) = (lowHertz ?? rate / 200, highHertz ?? rate * 0.45)
        guard low < high, high <= rate * 0.475, low >= rate / 800 else {
            throw SpikelineError(
                "expected bands from \(rate / 800) to \(rate * 0.475) Hz at \(sampleRate) samples per second, found "
                    + "\(low) to \(high) Hz", at: place, hint: "Change \"low_hz\" and \"high_hz\", or leave them out")
        }
        let tick = try tick(sampleRate, place)
        let scale = Double(BandParameters.referenceRate) / rate
        var scaled = Gammatone.Parameters()
        (scaled.channels, scaled.sampleRate) = (bands, BandParameters.referenceRate)
        (scaled.lowHertz, scaled.highHertz) = (low * scale, high * scale)
        let frequencies = scaled.centreFrequencies
        return Fit(
            centreFrequencies: frequencies.map { $0 / scale }, samplesPerTick: sampleRate * tick / 1_000,
            tickNanoseconds: Int64(tick) * 1_000_000, scaledFrequencies: frequencies)
    }

    private func tick(_ rate: Int, _ place: String) throws(SpikelineError) -> Int {
        if let tick = tickMilliseconds {
            guard rate * tick % 1_000 == 0, rate * tick >= 1_000 else {
                throw SpikelineError(
                    "a tick of \(tick) ms is not a whole number of samples at \(rate) Hz", at: place,
                    hint: "Choose another \"tick_ms\"")
            }
            return tick
        }
        guard let tick = Self.usualTicks.first(where: { rate * $0 % 1_000 == 0 && rate * $0 >= 10_000 }) else {
            throw SpikelineError(
                "no usual length of a tick is a whole number of samples at \(rate) Hz", at: place,
                hint: "Set \"tick_ms\" so that it is one")
        }
        return tick
    }
}

extension BandParameters {
    /// The options by name, type and range.
    public static let specs: [OptionSpec] = [
        OptionSpec("bands", .integer(1...128), help: "Bands of each channel of the sensor. Default 32."),
        OptionSpec(
            "low_hz", .number(0.125...100_000), help: "Centre of the lowest band. Default: a 200th of the sample rate."),
        OptionSpec(
            "high_hz", .number(0.5...190_000), help: "Upper end of the bands. Default: 0.45 of the sample rate."),
        OptionSpec(
            "tick_ms", .integer(1...1_000),
            help: "Length of a tick. Default: 10, or longer at rates below 1 kHz, for ten samples in it."),
        OptionSpec("floor_dbfs", .number(-140...0), help: "What counts as silence in a band. Default -102."),
        OptionSpec(
            "spikes_per_doubling", .number(0.1...15),
            help: "Spikes in a tick for each doubling of a band's amplitude above the floor. Default 4."),
    ]

    /// The parameters as an option map, without what is left to the sensor.
    public var options: [String: OptionValue] {
        var map: [String: OptionValue] = [
            "bands": .integer(bands), "floor_dbfs": .number(floorDecibels),
            "spikes_per_doubling": .number(spikesPerDoubling),
        ]
        if let lowHertz { map["low_hz"] = .number(lowHertz) }
        if let highHertz { map["high_hz"] = .number(highHertz) }
        if let tickMilliseconds { map["tick_ms"] = .integer(tickMilliseconds) }
        return map
    }

    /// The parameters that checked options give, and the defaults for the rest.
    public init(_ options: Options) {
        self.init()
        bands = options.integer("bands") ?? bands
        lowHertz = options.number("low_hz")
        highHertz = options.number("high_hz")
        tickMilliseconds = options.integer("tick_ms")
        floorDecibels = options.number("floor_dbfs") ?? floorDecibels
        spikesPerDoubling = options.number("spikes_per_doubling") ?? spikesPerDoubling
    }
}
