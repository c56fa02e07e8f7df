import SpikeSignals

/// Sound or vibration as spikes, by any of the codings of ``CodingParameters/Method``.
///
/// ```
/// sample -> BandBank -> ValueScale -> coder -> counts
/// 24 bit    E           x, Q16        one for each value and tick
/// ```
/// Value `axis * bands + band` has the channels from `value * channelsPerValue` on. Whole numbers throughout: the same samples give the
/// same spikes on any machine and however they are cut into blocks. Samples that are missing between two blocks are a jump of the tick
/// counter; the window that they belong to stays silent. After the first block nothing is allocated.
public final class CodingStage: Transform {
    /// How pipelines name, check and make the stage.
    public static let descriptor = StageDescriptor(
        type: "coding", role: .transform, input: .audio, output: .spikes,
        summary: "Bands of a microphone or accelerometer as spikes, by a classical coding: rates, latencies, ranks, "
            + "phases, populations or steps.",
        options: Settings.specs,
        make: { (options, context) throws(SpikelineError) in
            let settings = try Settings(options, place: context.stage)
            return .transform(AnyTransform(try CodingStage(settings, place: context.stage)))
        })

    /// What was chosen.
    public let settings: Settings
    private let place: String
    private let bank: BandBank
    private var work: Work?

    /// What depends on the channels of the sensor.
    private final class Work {
        let encoder: CodingEncoder
        let legend: ChannelLegend?
        var scale: ValueScale
        var values: [Int64]

        init(encoder: CodingEncoder, legend: ChannelLegend?, scale: ValueScale) {
            (self.encoder, self.legend, self.scale) = (encoder, legend, scale)
            values = Array(repeating: 0, count: encoder.values)
        }
    }

    /// A stage that has heard nothing; throws what is wrong with the settings.
    public init(_ settings: Settings, place: String = "coding") throws(SpikelineError) {
        try settings.check(place: place)
        self.settings = settings
        self.place = place
        bank = BandBank(settings.bands, place: place)
    }

    /// The centre frequencies of the bands in hertz; known after the first block.
    public var centreFrequencies: [Double] { bank.fit?.centreFrequencies ?? [] }
    /// The values of the tick that was coded last, from 0 to ``CodingParameters/one``; empty before the first block.
    public var values: [Int64] { work?.values ?? [] }

    /// Hears a block and appends the ticks that end in it.
    ///
    /// - Throws: if the bands do not fit the sample rate, there are too many channels, or the sensor changes.
    public func process(_ input: AudioBatch, into output: SpikeBatch) throws(SpikelineError) {
        try process(input, into: output) { _ in }
    }

    /// The same, and shows the values of each tick to `look`.
    public func process(
        _ input: AudioBatch, into output: SpikeBatch, look: (_ values: [Int64]) -> Void
    ) throws(SpikelineError) {
        var frame = try bank.begin(input)
        guard let fit = bank.fit else { return }
        let work: Work
        if let known = self.work { work = known } else { work = try begin() }
        let tickNanoseconds = fit.tickNanoseconds
        output.channels = work.encoder.channels
        output.tickNanoseconds = tickNanoseconds
        output.legend = work.legend
        if output.count == 0 { output.firstTick = bank.tick }
        output.upTo = StreamTime(nanoseconds: bank.tick * tickNanoseconds)
        work.encoder.skip(to: bank.tick)
        while frame < input.frames {
            guard bank.hear(input, from: &frame) else { continue }
            work.scale.read(bank.energies, into: &work.values)
            work.encoder.encode(&work.values)
            look(work.values)
            for channel in 0..<work.encoder.channels where work.encoder.counts[channel] > 0 {
                output.append(channel: channel, count: Int(work.encoder.counts[channel]))
            }
            output.endTick(level: bank.level)
        }
    }

    private func begin() throws(SpikelineError) -> Work {
        let encoder = try CodingEncoder(settings.coding, values: bank.energies.count, place: place)
        let work = Work(
            encoder: encoder, legend: settings.coding.channelsPerValue == 1 ? bank.legend : nil,
            scale: ValueScale(
                settings.scale, values: encoder.values, tickMilliseconds: Double(settings.coding.tickMilliseconds)))
        self.work = work
        return work
    }
}
