import SpikeSignals

/// What the codings with a delay have in common: the value at the beginning of a window decides when in it the channel fires.
struct DelayLine {
    private let window: Int64
    /// The tick of the window at which each channel fires; `window` or more: not in this one.
    private var due: [Int32]
    private var isWhole = false

    init(window: Int, channels: Int) {
        self.window = Int64(window)
        due = Array(repeating: .max, count: channels)
    }

    mutating func restart() { isWhole = false }

    /// Whether `tick` begins a window: then the delays are due, by ``set(_:to:)``.
    mutating func begins(at tick: Int64) -> Bool {
        guard tick % window == 0 else { return false }
        isWhole = true
        return true
    }

    /// Lets `channel` fire `ticks` after the window began, or not at all if that is not within it.
    @inline(__always)
    mutating func set(_ channel: Int, to ticks: Int64) { due[channel] = Int32(truncatingIfNeeded: min(ticks, window)) }

    /// Writes who fires in `tick`.
    func fire(_ tick: Int64, into counts: inout MutableSpan<UInt8>) {
        let position = isWhole ? Int32(truncatingIfNeeded: tick % window) : -1
        let count = min(due.count, counts.count)
        for channel in 0..<count { counts[channel] = due[channel] == position ? 1 : 0 }
    }
}

/// A latency coding: one spike in a window, the earlier the larger the value was when the window began.
///
/// ```
/// t = round((1 - x) L)  ticks after the window began, L ticks long; none if t = L
/// x^ = 1 - t / L,  0 without a spike                        |x^ - x| <= 1 / 2L
/// ```
/// As intensity-to-latency conversion in Thorpe, Delorme and Van Rullen, "Spike-based strategies for rapid processing",
/// Neural Networks 14 (2001) 715. Needs a reference: somebody must say when the window began.
struct LatencyCoder: SpikeCoder {
    private var line: DelayLine
    private let window: Int64

    init(_ parameters: CodingParameters, values: Int) {
        window = Int64(parameters.windowTicks)
        line = DelayLine(window: parameters.windowTicks, channels: values)
    }

    mutating func restart() { line.restart() }

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        if line.begins(at: tick) {
            for value in 0..<min(values.count, counts.count) {
                line.set(value, to: ((CodingParameters.one &- values[value]) &* window &+ (1 &<< 15)) &>> 16)
            }
        }
        line.fire(tick, into: &counts)
    }

    static func decoder(_ parameters: CodingParameters, values: Int) -> SingleSpikeDecoder {
        let window = parameters.windowTicks
        let table = (0...window).map { CodingParameters.one * Int64(window - $0) / Int64(window) }
        // The value is that of the window's first tick; held over a window, it fits the half before and the half after.
        return SingleSpikeDecoder(
            table: table, values: values, delay: window + window / 2, bound: 0.5 / Double(window))
    }
}

/// A latency coding on a logarithmic scale: twice the value comes a fixed time earlier.
///
/// ```
/// t = round(-log2(x) L / R)  ticks after the window began; R octaves are the range, none if t >= L
/// x^ = 2^(-t R / L),  0 without a spike                      x^ / x within 2^(+-R / 2L), for x above 2^-R
/// ```
/// Hopfield, "Pattern recognition computation using action potential timing for stimulus representation", Nature 376
/// (1995) 33: with delays in proportion to the logarithm of the stimulus, a change of scale moves all spikes alike.
struct LogLatencyCoder: SpikeCoder {
    private var line: DelayLine
    private let logarithm = BinaryLogarithm()
    /// L / R, Q16.
    private let ticksPerOctave: Int64

    init(_ parameters: CodingParameters, values: Int) {
        line = DelayLine(window: parameters.windowTicks, channels: values)
        ticksPerOctave = SetUpMath.fixed(Double(parameters.windowTicks) / parameters.octaves, bits: 16)
    }

    mutating func restart() { line.restart() }

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        if line.begins(at: tick) {
            for value in 0..<min(values.count, counts.count) {
                // Octaves below 1 in Q16, at most 16; with 2^12 ticks an octave at most the product is below 2^49.
                let octaves = 16 &<< 16 &- logarithm.log2(UInt64(bitPattern: values[value]))
                let ticks = (octaves &* ticksPerOctave &+ (1 &<< 31)) &>> 32
                line.set(value, to: values[value] > 0 ? ticks : .max)
            }
        }
        line.fire(tick, into: &counts)
    }

    static func decoder(_ parameters: CodingParameters, values: Int) -> SingleSpikeDecoder {
        let window = parameters.windowTicks
        let factor = -parameters.octaves / Double(window) * SetUpMath.log(2)
        let table = (0..<window).map { SetUpMath.fixed(SetUpMath.exp(Double($0) * factor), bits: 16) } + [0]
        // Half a step off at a value of 1, or silence for what is just too small.
        let half = SetUpMath.exp(-factor / 2)
        let silence = SetUpMath.exp(-parameters.octaves * SetUpMath.log(2)) * half
        return SingleSpikeDecoder(
            table: table, values: values, delay: window + window / 2, bound: max(1 - 1 / half, silence))
    }
}
