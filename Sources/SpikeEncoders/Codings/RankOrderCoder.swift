import SpikeSignals

/// A rank order coding: in each window the values fire one after another, the largest first, and only the order counts.
///
/// ```
/// value of rank r, from 0:  fires r ticks after the window began; ranks from L on, and values of 0, do not fire
/// equal values:             the lower channel first
/// x^ = s^r                  0 without a spike                      s: the sensitivity that each spike leaves
/// ```
/// Thorpe and Gautrais, "Rank order coding", in: Computational Neuroscience: Trends in Research, 1998, 113: a neuron is less and less
/// sensitive to spikes the more of them have come, `activation = sum s^r w`, and so reads who came first without a clock. Nothing
/// changes when all values are multiplied by the same factor, and a value alone has no rank. The rank is that among all values of
/// the tick. A spike that is lost moves all later ones up by a rank.
struct RankOrderCoder: SpikeCoder {
    private var line: DelayLine
    private let window: Int64
    /// The values of a window's first tick, each with its channel: the largest value, then the lowest channel, is the least key.
    private var keys: [UInt32]
    /// Bits of the channel in a key: 8,192 values, of 17 bits.
    private static let channelBits: UInt32 = 13

    init(_ parameters: CodingParameters, values: Int) {
        window = Int64(parameters.windowTicks)
        line = DelayLine(window: parameters.windowTicks, channels: values)
        keys = Array(repeating: 0, count: values)
    }

    mutating func restart() { line.restart() }

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        if line.begins(at: tick) { rank(values) }
        line.fire(tick, into: &counts)
    }

    /// Lets the values fire in their order.
    private mutating func rank(_ values: Span<Int64>) {
        let count = min(values.count, keys.count)
        var firing = 0
        for channel in 0..<count {
            line.set(channel, to: .max)
            guard values[channel] > 0 else { continue }
            let below = UInt32(truncatingIfNeeded: CodingParameters.one &- values[channel])
            keys[firing] = below &<< Self.channelBits | UInt32(truncatingIfNeeded: channel)
            firing += 1
        }
        // A heap with the least key on top, from which no more are taken than may fire: nothing is allocated.
        for root in stride(from: firing / 2 - 1, through: 0, by: -1) { sink(root, below: firing) }
        var (left, next) = (firing, Int64(0))
        while left > 0, next < window {
            let channel = Int(keys[0] & (1 &<< Self.channelBits &- 1))
            line.set(channel, to: next)
            next += 1
            left -= 1
            keys[0] = keys[left]
            sink(0, below: left)
        }
    }

    /// Moves the key at `place` down until none of its two children is less.
    private mutating func sink(_ place: Int, below count: Int) {
        var place = place
        while true {
            var least = place
            for child in 2 * place + 1...2 * place + 2 where child < count && keys[child] < keys[least] {
                least = child
            }
            guard least != place else { return }
            keys.swapAt(place, least)
            place = least
        }
    }
}

/// Ranks as values: the sensitivity to the power of the rank. What a window says is held over the next one.
///
/// Spikes in one tick share a rank, and only the first one of a channel counts, so it reads the order of any first spikes.
struct RankOrderDecoder: SpikeDecoder {
    let delay: Int
    /// Nothing bounds the error: the order does not say how large the values are.
    let bound: Double? = nil
    private let window: Int64
    /// s^r for each rank, Q16.
    private let table: [Int64]
    /// The rank of each channel in this window; -1 before it fires.
    private var ranks: [Int32]
    /// Channels that have fired in this window.
    private var fired: Int32 = 0
    private var held: [Int64]
    private var isWhole = false

    init(_ parameters: CodingParameters, values: Int) {
        window = Int64(parameters.windowTicks)
        // As of a latency: the value is that of the window's first tick, and held over the next window.
        delay = parameters.windowTicks + parameters.windowTicks / 2
        let logarithm = SetUpMath.log(parameters.sensitivity)
        table = (0..<values).map { SetUpMath.fixed(SetUpMath.exp(logarithm * Double($0)), bits: 16) }
        ranks = Array(repeating: -1, count: values)
        held = Array(repeating: 0, count: values)
    }

    mutating func restart() { isWhole = false }

    mutating func decode(_ counts: Span<UInt8>, tick: Int64, into estimates: inout MutableSpan<Int64>) {
        if tick % window == 0 { endWindow() }
        var new: Int32 = 0
        for value in 0..<min(counts.count, estimates.count, ranks.count) {
            if counts[value] > 0, ranks[value] < 0 {
                ranks[value] = fired
                new &+= 1
            }
            estimates[value] = held[value]
        }
        fired &+= new
    }

    private mutating func endWindow() {
        for value in held.indices {
            // A rank is below the number of values: each fires once at most.
            if isWhole { held[value] = ranks[value] < 0 ? 0 : table[Int(ranks[value])] }
            ranks[value] = -1
        }
        fired = 0
        isWhole = true
    }
}
