import SpikeSignals

/// Bands of sound or vibration as spikes: how loud each band of each channel of a sensor is, on one fixed scale.
///
/// ```
/// sample -> Baseline -> Gammatone, scaled to the rate -> rectify, mean of a tick -> log2 above the floor -> SpikeGenerator
/// 24 bit                Int32, Q30                      E, units of 2^-30 FS       doublings, Q16          0 ... 255
/// ```
/// Unlike the ``Cochlea`` it has no gain control: that a machine became louder is what one wants to know. The filters are
/// those of the ear, stretched over the range of the sensor: an accelerometer at 200 Hz has bands from 1 to 90 Hz, a
/// microphone at 16 kHz from 80 Hz to 7.2 kHz. Channel `axis * bands + band` counts the spikes of a band of one channel of
/// the sensor. Integers throughout: the same samples give the same spikes on any machine and however they are cut into
/// blocks. Samples that are missing between two blocks are a jump of the tick counter. After the first block nothing is
/// allocated.
public final class BandEncoder: Transform {
    /// How pipelines name, check and make the stage.
    public static let descriptor = StageDescriptor(
        type: "bands", role: .transform, input: .audio, output: .spikes,
        summary: "How loud each band of each channel of a microphone or accelerometer is, as spikes on a fixed scale.",
        options: BandParameters.specs,
        make: { (options, context) throws(SpikelineError) in
            .transform(AnyTransform(BandEncoder(BandParameters(options), place: context.stage)))
        })
    /// The most channels of a sensor.
    public static let mostAxes = 64

    /// What was chosen.
    public let parameters: BandParameters
    private let bank: BandBank
    private let logarithm = BinaryLogarithm()
    /// In units of 2^-30 of full scale.
    private let floor: UInt64
    /// log2 of the floor, Q16.
    private let rest: Int64
    private var drives: [Int64] = []
    private var counts: [UInt8] = []
    private var generator: SpikeGenerator?

    /// Bands that have heard nothing.
    public init(_ parameters: BandParameters = BandParameters(), place: String = "bands") {
        self.parameters = parameters
        bank = BandBank(parameters, place: place)
        floor = UInt64(max(1, SetUpMath.fixed(SetUpMath.amplitude(decibels: parameters.floorDecibels), bits: 30)))
        rest = logarithm.log2(floor)
    }

    /// The centre frequencies in hertz; known after the first block.
    public var centreFrequencies: [Double] { bank.fit?.centreFrequencies ?? [] }

    /// Hears a block and appends the ticks that end in it.
    ///
    /// - Throws: if the bands do not fit the sample rate, or the sensor changes.
    public func process(_ input: AudioBatch, into output: SpikeBatch) throws(SpikelineError) {
        var frame = try bank.begin(input)
        guard let fit = bank.fit else { return }
        if generator == nil {
            drives = Array(repeating: 0, count: bank.energies.count)
            counts = Array(repeating: 0, count: drives.count)
            generator = SpikeGenerator(
                channels: drives.count, gainPerFrame: parameters.spikesPerDoubling, limit: 255)
        }
        output.channels = counts.count
        output.tickNanoseconds = fit.tickNanoseconds
        output.legend = bank.legend
        if output.count == 0 { output.firstTick = bank.tick }
        output.upTo = StreamTime(nanoseconds: bank.tick * fit.tickNanoseconds)
        while frame < input.frames {
            if bank.hear(input, from: &frame) { endTick(output) }
        }
    }

    private func endTick(_ output: SpikeBatch) {
        for channel in drives.indices {
            drives[channel] = max(logarithm.log2(bank.energies[channel] &+ floor) &- rest, 0)
        }
        generator?.integrate(drives)
        generator?.fire(into: &counts, from: 0)
        for channel in counts.indices where counts[channel] > 0 {
            output.append(channel: channel, count: Int(counts[channel]))
        }
        output.endTick(level: bank.level)
    }
}
