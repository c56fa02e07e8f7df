import SpikeSignals

/// An ear in integers: audio in, spikes per channel and tick out.
///
/// ```
/// sample -> Gammatone -> rectify, mean over a frame -> GainControl -> SpikeGenerator -> counts per phase and tick
/// 24 bit    Int32, Q30   E, units of 2^-30 FS          drive, Q16     v, Q16            1 ... 255
/// ```
/// From the sample to the spike there is no floating point, so the same samples give the same spikes on any machine, in
/// any build and however they are cut into blocks. Channel `phase * filters + filter` counts the
/// spikes of `filter` in `phase` of the tick. After the first block it allocates nothing. An instance serves one
/// stream or, with ``appendCounts(of:to:)-(Span<Int16>,_)``, one clip after another; it is not for two threads at once.
public final class Cochlea: Transform {
    /// Takes audio.
    public typealias Input = AudioBatch
    /// Makes spikes.
    public typealias Output = SpikeBatch

    /// What was chosen.
    public let parameters: Parameters
    /// The centre frequencies of the channels in hertz, ascending.
    public var centreFrequencies: [Double] { coefficients.centreFrequencies }
    /// The number of channels of the spikes: for every phase of a tick, that of the filters.
    public var channels: Int { parameters.channels }

    let place: String
    let samplesPerFrame: Int
    let samplesPerPhase: Int
    let samplesPerTick: Int
    private let coefficients: Gammatone.Coefficients
    private let logarithm = BinaryLogarithm()
    /// What turns the sum of a frame into E, 32 fraction bits.
    private let frameScale: [UInt64]
    private var filters: Gammatone.State
    private var samples: Gammatone.Input
    private var energies: [UInt64]
    private var drives: [Int64]
    private var gain: GainControl.Runner
    private var generator: SpikeGenerator
    /// Samples in the frame and in the tick that are being filled.
    private var frameFill = 0
    private var tickFill = 0
    /// The sum of squares of the tick; at most 96,000 times 2^46.
    private var squares: UInt64 = 0
    /// The spikes of the tick that ended last.
    var counts: [UInt8]
    /// The level of the tick that ended last, in hundredths of a dB.
    var level = SpikeBatch.unknownLevel
    /// The sample that the next block of the stream should begin with, and the first one that will be heard.
    var nextSample: Int64 = 0
    var resumeSample: Int64 = 0
    /// The tick that is being filled.
    var tick: Int64 = 0

    /// An ear that has heard nothing; throws what is wrong with the parameters.
    public init(_ parameters: Parameters = Parameters(), place: String = "cochlea") throws(SpikelineError) {
        try parameters.check(place: place)
        self.parameters = parameters
        self.place = place
        samplesPerFrame = parameters.samplesPerFrame
        samplesPerPhase = parameters.samplesPerPhase
        samplesPerTick = parameters.samplesPerTick
        let coefficients = Gammatone.Coefficients.designed(parameters.filters)
        let unitsPerFrame = Double(1 << 30) / Double(parameters.samplesPerFrame)
        frameScale = coefficients.unit.map { UInt64(SetUpMath.fixed($0 * unitsPerFrame, bits: 32)) }
        filters = Gammatone.State(coefficients)
        samples = Gammatone.Input(longestRun: parameters.samplesPerFrame)
        let channels = parameters.filters.channels
        energies = Array(repeating: 0, count: channels)
        drives = Array(repeating: 0, count: channels)
        counts = Array(repeating: 0, count: parameters.channels)
        gain = GainControl.Runner(
            parameters.gain, channels: channels, frameMilliseconds: parameters.frameMilliseconds, logarithm: logarithm)
        generator = SpikeGenerator(
            channels: channels,
            gainPerFrame: parameters.spikeRateHertz * Double(parameters.frameMilliseconds) / 1_000,
            limit: parameters.maxSpikesPerPhase)
        self.coefficients = coefficients
    }

    /// Forgets everything: the next sample is the first of a new stream.
    public func reset() {
        filters.reset()
        samples.reset()
        gain.reset()
        generator.reset()
        beginTick()
        (nextSample, resumeSample, tick) = (0, 0, 0)
    }

    /// Drops the part of a tick that has been heard; filters and gain stay.
    func beginTick() {
        if frameFill > 0 { filters.clearSums() }
        frameFill = 0
        tickFill = 0
        squares = 0
    }

    /// Hears samples from `index` on, up to the end of a tick.
    ///
    /// - Returns: true if a tick has ended; then ``counts`` and ``level`` hold it.
    func hear<Sample: AudioSample>(_ audio: Span<Sample>, from index: inout Int) -> Bool {
        while index < audio.count {
            let count = min(samplesPerFrame - frameFill, audio.count - index)
            for offset in 0..<count {
                let sample = audio[index &+ offset].fullScale24
                samples.set(offset, to: sample)
                squares &+= UInt64(truncatingIfNeeded: Int64(sample) &* Int64(sample))
            }
            filters.run(coefficients, over: &samples, count: count)
            index += count
            frameFill += count
            if frameFill == samplesPerFrame {
                endFrame()
                if tickFill == samplesPerTick {
                    endTick()
                    return true
                }
            }
        }
        return false
    }

    private func endFrame() {
        for channel in energies.indices {
            energies[channel] = (filters.rectifiedSum(of: channel) &* frameScale[channel] &+ (1 &<< 31)) &>> 32
        }
        filters.clearSums()
        gain.compress(energies, into: &drives)
        generator.integrate(drives)
        tickFill += frameFill
        frameFill = 0
        if tickFill % samplesPerPhase == 0 {
            generator.fire(into: &counts, from: (tickFill / samplesPerPhase - 1) * energies.count)
        }
    }

    private func endTick() {
        let mean = logarithm.log2(squares) &- logarithm.log2(UInt64(samplesPerTick)) &- 46 &<< 16
        // A doubling of the mean square is 301.03 hundredths of a dB; the least level is one unit of 24 bits.
        level = Int16(truncatingIfNeeded: max(-14_449, (mean &* 30_103) / 6_553_600))
        tickFill = 0
        squares = 0
    }
}

/// A sample as it comes: 16 bits, or 24 bits in 32.
protocol AudioSample: BitwiseCopyable {
    /// The sample on the scale of ``AudioBatch/fullScale``, beyond which it saturates.
    var fullScale24: Int32 { get }
}

extension Int16: AudioSample {
    @inline(__always) var fullScale24: Int32 { Int32(self) &<< 8 }
}

extension Int32: AudioSample {
    @inline(__always) var fullScale24: Int32 { Swift.min(Swift.max(self, -(1 << 23)), 1 << 23) }
}
