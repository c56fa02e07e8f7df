import SpikeSignals

/// Values to spikes by one of the codings, tick by tick.
///
/// ```swift
/// var parameters = CodingParameters(.latency)
/// let encoder = try CodingEncoder(parameters, values: 16)
/// encoder.encode(levels)              // sixteen values from 0 to 65,536
/// for channel in encoder.counts.indices where encoder.counts[channel] > 0 { ... }
/// ```
/// Whole numbers throughout: the same values and seed give the same spikes on any machine. After it was made it allocates
/// nothing. Not for two threads at once.
public final class CodingEncoder {
    /// What was chosen.
    public let parameters: CodingParameters
    /// Values in a tick.
    public let values: Int
    /// Channels of spikes: ``CodingParameters/channelsPerValue`` for each value, those of a value side by side.
    public var channels: Int { counts.count }
    /// The tick that is coded next.
    public private(set) var tick: Int64 = 0
    /// The spikes of each channel in the tick that was coded last.
    public private(set) var counts: [UInt8]
    private var coder: any SpikeCoder

    /// A coder of `values` values, 1 to 8,192; throws what is wrong with the parameters.
    public init(_ parameters: CodingParameters, values: Int, place: String = "coding") throws(SpikelineError) {
        try parameters.check(place: place)
        guard (1...8_192).contains(values), values * parameters.channelsPerValue <= 65_536 else {
            throw SpikelineError(
                "expected 1 to 8192 values and at most 65536 channels, found \(values) values of "
                    + "\(parameters.channelsPerValue) channels", at: place)
        }
        self.parameters = parameters
        self.values = values
        counts = Array(repeating: 0, count: values * parameters.channelsPerValue)
        coder =
            switch parameters.method {
            case .poisson: PoissonCoder(parameters)
            case .regular: RegularCoder(parameters, values: values)
            case .latency: LatencyCoder(parameters, values: values)
            case .logLatency: LogLatencyCoder(parameters, values: values)
            case .firstSpike: FirstSpikeCoder(parameters, values: values)
            case .rankOrder: RankOrderCoder(parameters, values: values)
            case .phase: PhaseCoder(parameters, values: values)
            case .weightedPhase: WeightedPhaseCoder(parameters, values: values)
            case .population: PopulationCoder(parameters, values: values)
            case .delta: DeltaCoder(parameters, values: values)
            }
    }

    /// Codes one tick: `input` has ``values`` values; they saturate at 0 and ``CodingParameters/one``.
    public func encode(_ input: inout [Int64]) {
        precondition(input.count == values, "a tick has a value for each place")
        for index in input.indices { input[index] = min(max(input[index], 0), CodingParameters.one) }
        var counts = self.counts.mutableSpan
        coder.code(input.span, tick: tick, into: &counts)
        tick &+= 1
    }

    /// The ticks before `tick`, which is not before the next one, are missing.
    public func skip(to tick: Int64) {
        guard tick != self.tick else { return }
        self.tick = tick
        coder.restart()
    }
}

/// Spikes back to values.
public final class CodingDecoder {
    /// The estimate of each value after the tick that was decoded last, from 0 to ``CodingParameters/one``.
    public private(set) var estimates: [Int64]
    /// The tick that is decoded next.
    public private(set) var tick: Int64 = 0
    private let channels: Int
    private var decoder: any SpikeDecoder

    /// A decoder for the spikes of a ``CodingEncoder`` of the same parameters and values.
    public init(_ parameters: CodingParameters, values: Int, place: String = "coding") throws(SpikelineError) {
        channels = try CodingEncoder(parameters, values: values, place: place).channels
        estimates = Array(repeating: 0, count: values)
        decoder =
            switch parameters.method {
            case .poisson, .regular: RateDecoder(parameters, values: values)
            case .latency: LatencyCoder.decoder(parameters, values: values)
            case .logLatency: LogLatencyCoder.decoder(parameters, values: values)
            case .firstSpike: FirstSpikeCoder.decoder(parameters, values: values)
            case .rankOrder: RankOrderDecoder(parameters, values: values)
            case .phase: PhaseCoder.decoder(parameters, values: values)
            case .weightedPhase: WeightedPhaseDecoder(parameters, values: values)
            case .population: PopulationDecoder(parameters, values: values)
            case .delta: DeltaDecoder(parameters, values: values)
            }
    }

    /// How much older than the tick is the value that an estimate fits best, in ticks: what the coding costs in time.
    public var delay: Int { decoder.delay }
    /// The largest error for a value that does not change, as a value; nil for Poisson spikes, where chance decides, and for ranks, which say
    /// nothing about how large a value is.
    public var bound: Double? { decoder.bound }

    /// Takes the spikes of one tick.
    public func decode(_ counts: [UInt8]) {
        precondition(counts.count == channels, "a tick has a count for each channel")
        var estimates = self.estimates.mutableSpan
        decoder.decode(counts.span, tick: tick, into: &estimates)
        tick &+= 1
    }

    /// The ticks before `tick`, which is not before the next one, are missing.
    public func skip(to tick: Int64) {
        guard tick != self.tick else { return }
        self.tick = tick
        decoder.restart()
    }
}
