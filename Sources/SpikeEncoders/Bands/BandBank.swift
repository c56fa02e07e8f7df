import SpikeSignals

/// The bands of a sensor: how loud each band of each of its channels is in each tick.
///
/// ```
/// sample -> Baseline -> Gammatone, scaled to the rate -> rectify, mean of a tick
/// 24 bit                Int32, Q30                      E, units of 2^-30 of full scale
/// ```
/// Samples that are missing between two blocks are a jump of the tick counter: the tick they belong to is dropped, and
/// filters go on as they were. After the first block nothing is allocated.
final class BandBank {
    /// What was chosen.
    let parameters: BandParameters
    private let place: String
    private let logarithm = BinaryLogarithm()
    /// What the parameters come to; known after the first block.
    private(set) var fit: BandParameters.Fit?
    /// What the bands stand for; known after the first block.
    private(set) var legend: ChannelLegend?
    /// E of the tick that ended last: band `b` of channel `a` of the sensor at `a * bands + b`.
    private(set) var energies: [UInt64] = []
    /// The level of the tick that ended last, in hundredths of a dB.
    private(set) var level = SpikeBatch.unknownLevel
    /// The tick that is being filled.
    private(set) var tick: Int64 = 0
    private var rate = 0
    private var coefficients: Gammatone.Coefficients
    /// What turns the sum of a tick into E, 32 fraction bits.
    private var scale: [UInt64] = []
    private var axes: [Gammatone.State] = []
    private var baselines: [Baseline] = []
    private var samples = Gammatone.Input(longestRun: 0)
    private var samplesPerTick = 1
    private var fill = 0
    /// The sum of squares of the tick; at most 192,000 samples of 64 axes times 2^46.
    private var squares: UInt64 = 0
    private var nextSample: Int64 = 0
    private var resumeSample: Int64 = 0

    /// Bands that have heard nothing.
    init(_ parameters: BandParameters, place: String) {
        self.parameters = parameters
        self.place = place
        coefficients = Gammatone.Coefficients(centreFrequencies: [], sampleRate: BandParameters.referenceRate)
    }

    /// Meets a block before it is heard.
    ///
    /// - Returns: the first frame of it that will be heard.
    /// - Throws: if the bands do not fit the sample rate, or the sensor changes.
    func begin(_ input: AudioBatch) throws(SpikelineError) -> Int {
        try meet(input)
        if input.firstSample != nextSample { skipGap(to: input.firstSample) }
        nextSample = input.firstSample + Int64(input.frames)
        return Int(min(max(0, resumeSample - input.firstSample), Int64(input.frames)))
    }

    /// Hears a block from `frame` on, up to the end of a tick.
    ///
    /// - Returns: true if a tick has ended; then ``energies`` and ``level`` hold it, and ``tick`` is the next one.
    func hear(_ input: AudioBatch, from frame: inout Int) -> Bool {
        guard frame < input.frames else { return false }
        let count = min(samplesPerTick - fill, input.frames - frame)
        for axis in axes.indices {
            for offset in 0..<count {
                let sample = input.samples[(frame + offset) * axes.count + axis].fullScale24
                let rest = baselines[axis].remove(from: sample)
                samples.set(offset, to: rest)
                squares &+= UInt64(truncatingIfNeeded: Int64(rest) &* Int64(rest))
            }
            // Each axis has a past of its own, the sample before the run.
            samples.lanes[0] = axes[axis].before
            axes[axis].run(coefficients, over: &samples, count: count)
            axes[axis].before = samples.lanes[0]
        }
        frame += count
        fill += count
        guard fill == samplesPerTick else { return false }
        endTick()
        return true
    }

    private func endTick() {
        let bands = parameters.bands
        for axis in axes.indices {
            for band in 0..<bands {
                let sum = axes[axis].rectifiedSum(of: band)
                energies[axis * bands + band] = (sum &* scale[band] &+ (1 &<< 31)) &>> 32
            }
            axes[axis].clearSums()
        }
        let mean = logarithm.log2(squares) &- logarithm.log2(UInt64(samplesPerTick * axes.count)) &- 46 &<< 16
        level = Int16(truncatingIfNeeded: max(-14_449, (mean &* 30_103) / 6_553_600))
        (fill, squares) = (0, 0)
        tick += 1
    }

    /// Drops the tick that is being filled and waits for the first whole one that begins at `sample` or later.
    private func skipGap(to sample: Int64) {
        if fill > 0 {
            for axis in axes.indices { axes[axis].clearSums() }
        }
        (fill, squares) = (0, 0)
        let length = Int64(samplesPerTick)
        tick = (sample + length - 1) / length
        resumeSample = tick * length
    }

    /// Learns rate and channels with the first block, and checks them with every other.
    private func meet(_ input: AudioBatch) throws(SpikelineError) {
        if fit != nil {
            guard rate == input.sampleRate, axes.count == input.channels else {
                throw SpikelineError(
                    "expected \(axes.count) channels at \(rate) Hz as before, found \(input.channels) at "
                        + "\(input.sampleRate) Hz", at: place, cause: .defect)
            }
        } else {
            guard (1...BandEncoder.mostAxes).contains(input.channels) else {
                throw SpikelineError(
                    "expected 1 to \(BandEncoder.mostAxes) channels, found \(input.channels)", at: place,
                    hint: "Choose one with \"channel\" of the source")
            }
            try setUp(rate: input.sampleRate, axes: input.channels)
        }
        // Nine billion seconds are what a stream time holds.
        guard input.firstSample >= nextSample, input.firstSample / Int64(input.sampleRate) < 9_000_000_000 else {
            throw SpikelineError(
                "expected a block that begins with sample \(nextSample) or a later one, found sample "
                    + "\(input.firstSample)", at: place, cause: .defect)
        }
    }

    private func setUp(rate: Int, axes: Int) throws(SpikelineError) {
        let fit = try parameters.fit(sampleRate: rate, place: place)
        coefficients = Gammatone.Coefficients(
            centreFrequencies: fit.scaledFrequencies, sampleRate: BandParameters.referenceRate)
        let units = Double(1 << 30) / Double(fit.samplesPerTick)
        scale = coefficients.unit.map { UInt64(SetUpMath.fixed($0 * units, bits: 32)) }
        self.axes = Array(repeating: Gammatone.State(coefficients), count: axes)
        baselines = Array(repeating: Baseline(samplesPerTick: fit.samplesPerTick), count: axes)
        samples = Gammatone.Input(longestRun: fit.samplesPerTick)
        energies = Array(repeating: 0, count: axes * parameters.bands)
        legend = ChannelLegend(.bands(centres: fit.centreFrequencies, axes: axes))
        samplesPerTick = fit.samplesPerTick
        self.rate = rate
        self.fit = fit
    }
}
