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
    private let place: String
    private let logarithm = BinaryLogarithm()
    /// In units of 2^-30 of full scale.
    private let floor: UInt64
    /// log2 of the floor, Q16.
    private let rest: Int64
    private var sensor: Sensor?
    private var fill = 0
    /// The sum of squares of the tick; at most 192,000 samples of 64 axes times 2^46.
    private var squares: UInt64 = 0
    private var counts: [UInt8] = []
    private var nextSample: Int64 = 0
    private var resumeSample: Int64 = 0
    private var tick: Int64 = 0

    /// What depends on the rate and the channels of the sensor.
    private struct Sensor {
        let rate: Int
        let fit: BandParameters.Fit
        let legend: ChannelLegend
        let coefficients: Gammatone.Coefficients
        /// What turns the sum of a tick into E, 32 fraction bits.
        let scale: [UInt64]
        var axes: [Gammatone.State]
        var baselines: [Baseline]
        var samples: Gammatone.Input
        var drives: [Int64]
        var generator: SpikeGenerator
    }

    /// Bands that have heard nothing.
    public init(_ parameters: BandParameters = BandParameters(), place: String = "bands") {
        self.parameters = parameters
        self.place = place
        floor = UInt64(max(1, SetUpMath.fixed(SetUpMath.amplitude(decibels: parameters.floorDecibels), bits: 30)))
        rest = logarithm.log2(floor)
    }

    /// The centre frequencies in hertz; known after the first block.
    public var centreFrequencies: [Double] { sensor?.fit.centreFrequencies ?? [] }

    /// Hears a block and appends the ticks that end in it.
    ///
    /// - Throws: if the bands do not fit the sample rate, or the sensor changes.
    public func process(_ input: AudioBatch, into output: SpikeBatch) throws(SpikelineError) {
        try meet(input)
        guard let fit = sensor?.fit else { return }
        if input.firstSample != nextSample { skipGap(to: input.firstSample, fit) }
        nextSample = input.firstSample + Int64(input.frames)
        output.channels = counts.count
        output.tickNanoseconds = fit.tickNanoseconds
        output.legend = sensor?.legend
        if output.count == 0 { output.firstTick = tick }
        output.upTo = StreamTime(nanoseconds: tick * fit.tickNanoseconds)
        var frame = Int(min(max(0, resumeSample - input.firstSample), Int64(input.frames)))
        while frame < input.frames {
            let count = min(fit.samplesPerTick - fill, input.frames - frame)
            hear(input.samples, from: frame, count: count)
            frame += count
            fill += count
            guard fill == fit.samplesPerTick else { break }
            endTick(output)
        }
    }

    private func hear(_ samples: [Int32], from first: Int, count: Int) {
        guard var sensor else { return }
        self.sensor = nil
        let axes = sensor.axes.count
        for axis in 0..<axes {
            for offset in 0..<count {
                let sample = sensor.baselines[axis].remove(from: samples[(first + offset) * axes + axis].fullScale24)
                sensor.samples.set(offset, to: sample)
                squares &+= UInt64(truncatingIfNeeded: Int64(sample) &* Int64(sample))
            }
            // Each axis has a past of its own, the sample before the run.
            sensor.samples.lanes[0] = sensor.axes[axis].before
            sensor.axes[axis].run(sensor.coefficients, over: &sensor.samples, count: count)
            sensor.axes[axis].before = sensor.samples.lanes[0]
        }
        self.sensor = sensor
    }

    private func endTick(_ output: SpikeBatch) {
        guard var sensor else { return }
        self.sensor = nil
        let bands = parameters.bands
        for axis in sensor.axes.indices {
            for band in 0..<bands {
                let energy = (sensor.axes[axis].rectifiedSum(of: band) &* sensor.scale[band] &+ (1 &<< 31)) &>> 32
                sensor.drives[axis * bands + band] = max(logarithm.log2(energy &+ floor) &- rest, 0)
            }
            sensor.axes[axis].clearSums()
        }
        sensor.generator.integrate(sensor.drives)
        sensor.generator.fire(into: &counts, from: 0)
        for channel in counts.indices where counts[channel] > 0 {
            output.append(channel: channel, count: Int(counts[channel]))
        }
        output.endTick(level: level(samples: sensor.fit.samplesPerTick * sensor.axes.count))
        self.sensor = sensor
        (fill, squares) = (0, 0)
        tick += 1
    }

    /// The level of the tick in hundredths of a dB.
    private func level(samples: Int) -> Int16 {
        let mean = logarithm.log2(squares) &- logarithm.log2(UInt64(samples)) &- 46 &<< 16
        return Int16(truncatingIfNeeded: max(-14_449, (mean &* 30_103) / 6_553_600))
    }

    /// Drops the tick that is being filled and waits for the first whole one that begins at `sample` or later.
    private func skipGap(to sample: Int64, _ fit: BandParameters.Fit) {
        if fill > 0, var sensor {
            self.sensor = nil
            for axis in sensor.axes.indices { sensor.axes[axis].clearSums() }
            self.sensor = sensor
        }
        (fill, squares) = (0, 0)
        let length = Int64(fit.samplesPerTick)
        tick = (sample + length - 1) / length
        resumeSample = tick * length
    }

    /// Learns rate and channels with the first block, and checks them with every other.
    private func meet(_ input: AudioBatch) throws(SpikelineError) {
        if let sensor {
            guard sensor.rate == input.sampleRate, sensor.axes.count == input.channels else {
                throw SpikelineError(
                    "expected \(sensor.axes.count) channels at \(sensor.rate) Hz as before, found \(input.channels) at "
                        + "\(input.sampleRate) Hz", at: place, cause: .defect)
            }
        } else {
            guard (1...BandEncoder.mostAxes).contains(input.channels) else {
                throw SpikelineError(
                    "expected 1 to \(BandEncoder.mostAxes) channels, found \(input.channels)", at: place,
                    hint: "Choose one with \"channel\" of the source")
            }
            sensor = try make(rate: input.sampleRate, axes: input.channels)
        }
        // Nine billion seconds are what a stream time holds.
        guard input.firstSample >= nextSample, input.firstSample / Int64(input.sampleRate) < 9_000_000_000 else {
            throw SpikelineError(
                "expected a block that begins with sample \(nextSample) or a later one, found sample "
                    + "\(input.firstSample)", at: place, cause: .defect)
        }
    }

    private func make(rate: Int, axes: Int) throws(SpikelineError) -> Sensor {
        let fit = try parameters.fit(sampleRate: rate, place: place)
        let coefficients = Gammatone.Coefficients(
            centreFrequencies: fit.scaledFrequencies, sampleRate: BandParameters.referenceRate)
        let units = Double(1 << 30) / Double(fit.samplesPerTick)
        let channels = axes * parameters.bands
        counts = Array(repeating: 0, count: channels)
        return Sensor(
            rate: rate, fit: fit, legend: ChannelLegend(.bands(centres: fit.centreFrequencies, axes: axes)),
            coefficients: coefficients,
            scale: coefficients.unit.map { UInt64(SetUpMath.fixed($0 * units, bits: 32)) },
            axes: Array(repeating: Gammatone.State(coefficients), count: axes),
            baselines: Array(repeating: Baseline(samplesPerTick: fit.samplesPerTick), count: axes),
            samples: Gammatone.Input(longestRun: fit.samplesPerTick), drives: Array(repeating: 0, count: channels),
            generator: SpikeGenerator(channels: channels, gainPerFrame: parameters.spikesPerDoubling, limit: 255))
    }
}
