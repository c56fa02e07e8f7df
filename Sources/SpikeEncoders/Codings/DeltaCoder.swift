import SpikeSignals

/// Delta modulation: a spike up for each step by which the value has risen since the last one, a spike down for each by which it has
/// fallen.
///
/// ```
/// going up     x >= r + step:            n = floor((x - r) / step) spikes up,     r += n step
/// going down   x <= r - step:            n = floor((r - x) / step) spikes down,   r -= n step
/// against the direction of the last spike the first of them needs step + hysteresis
/// x^ = r = step (spikes up - spikes down)                    |x^ - x| < step + hysteresis
/// ```
/// Send-on-delta (Miskowicz, Sensors 6 (2006) 49) or level-crossing sampling (Mark and Todd, IEEE Trans. Commun. 29 (1981) 24), with
/// the ON and OFF channels of neuromorphic sensors (Corradi and Indiveri, IEEE TBioCAS 9 (2015) 699). No window and no clock: a value that
/// rests costs nothing. But the decoder adds up, so a lost spike is never forgotten. Channel `2 value` is down and `2 value + 1` up. At
/// most 255 spikes a tick and channel; the rest follows. After lost ticks it goes on from where it was.
struct DeltaCoder: SpikeCoder {
    private let step: Int64
    private let hysteresis: Int64
    /// r, Q16.
    private var references: [Int64]
    /// 1: the last spike was up, -1: down, 0: none yet.
    private var directions: [Int8]

    init(_ parameters: CodingParameters, values: Int) {
        step = Self.step(parameters)
        hysteresis = SetUpMath.fixed(parameters.hysteresis, bits: 16)
        references = Array(repeating: 0, count: values)
        directions = Array(repeating: 0, count: values)
    }

    /// The step, Q16, at least 16.
    static func step(_ parameters: CodingParameters) -> Int64 { SetUpMath.fixed(parameters.threshold, bits: 16) }

    mutating func restart() {}

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        for value in 0..<min(values.count, counts.count / 2, references.count) {
            let difference = values[value] &- references[value]
            let direction: Int8 = difference < 0 ? -1 : 1
            let distance = abs(difference)
            (counts[2 &* value], counts[2 &* value &+ 1]) = (0, 0)
            guard distance >= step &+ (directions[value] == 0 &- direction ? hysteresis : 0) else { continue }
            let spikes = min(distance / step, 255)
            counts[2 &* value &+ (direction > 0 ? 1 : 0)] = UInt8(truncatingIfNeeded: spikes)
            references[value] &+= Int64(direction) &* spikes &* step
            directions[value] = direction
        }
    }
}

/// Adds up steps.
struct DeltaDecoder: SpikeDecoder {
    let delay = 0
    let bound: Double?
    private let step: Int64
    private var references: [Int64]

    init(_ parameters: CodingParameters, values: Int) {
        step = DeltaCoder.step(parameters)
        bound = parameters.threshold + parameters.hysteresis
        references = Array(repeating: 0, count: values)
    }

    mutating func restart() {}

    mutating func decode(_ counts: Span<UInt8>, tick: Int64, into estimates: inout MutableSpan<Int64>) {
        for value in 0..<min(counts.count / 2, estimates.count, references.count) {
            // Spikes of a foreign coder may add up to anything; the sum stays where it can be a value.
            let change = (Int64(counts[2 &* value &+ 1]) &- Int64(counts[2 &* value])) &* step
            references[value] = min(max(references[value] &+ change, 0), CodingParameters.one)
            estimates[value] = references[value]
        }
    }
}
