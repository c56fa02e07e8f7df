/// A coding at work: the values of each tick in, the spikes of each channel out.
///
/// One call a tick; nothing is allocated.
protocol SpikeCoder {
    /// Codes the values of one tick, each from 0 to ``CodingParameters/one``.
    ///
    /// `counts` has a place for each channel, those of a value side by side, and every one of them is written. `tick` grows by 1 from
    /// call to call, except after ``restart()``.
    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>)
    /// Ticks are missing: a window that has begun stays silent to its end.
    mutating func restart()
}

/// The other way: the spikes of each tick in, and what they say about the values out.
protocol SpikeDecoder {
    /// Takes the spikes of one tick and writes an estimate for each value, from 0 to ``CodingParameters/one``.
    mutating func decode(_ counts: Span<UInt8>, tick: Int64, into estimates: inout MutableSpan<Int64>)
    /// Ticks are missing: a window of which spikes were lost says nothing, and the estimates before it stay.
    mutating func restart()
    /// How much older than the tick is the value that an estimate fits best, in ticks.
    var delay: Int { get }
    /// The largest error of the estimate of a value that does not change, as a value; nil where chance decides or only the order counts.
    var bound: Double? { get }
}

/// Estimates once in a window: gathers its spikes, and holds what they say over the next one.
///
/// What differs from coding to coding is `read`: the estimate for the tick of the window at which the only spike came
/// (-1: none).
struct SingleSpikeDecoder: SpikeDecoder {
    let delay: Int
    let bound: Double?
    private let window: Int64
    /// The estimate for a spike at each tick of the window; the last one is for none.
    private let table: [Int64]
    private var first: [Int32]
    private var held: [Int64]
    private var isWhole = false

    /// `table` has a value for each tick of the window, and one for no spike.
    init(table: [Int64], values: Int, delay: Int, bound: Double?) {
        self.table = table
        (self.delay, self.bound) = (delay, bound)
        window = Int64(table.count - 1)
        first = Array(repeating: -1, count: values)
        held = Array(repeating: 0, count: values)
    }

    mutating func restart() { isWhole = false }

    mutating func decode(_ counts: Span<UInt8>, tick: Int64, into estimates: inout MutableSpan<Int64>) {
        let position = Int32(truncatingIfNeeded: tick % window)
        let count = min(first.count, counts.count, estimates.count)
        // What the window before has said is shown while this one is gathered.
        if position == 0 { endWindow() }
        for value in 0..<count {
            if counts[value] > 0 {
                let earlier = first[value]
                first[value] = earlier < 0 ? position : earlier
            }
            estimates[value] = held[value]
        }
    }

    private mutating func endWindow() {
        for value in held.indices {
            if isWhole { held[value] = table[first[value] < 0 ? Int(window) : Int(first[value])] }
            first[value] = -1
        }
        isWhole = true
    }
}
