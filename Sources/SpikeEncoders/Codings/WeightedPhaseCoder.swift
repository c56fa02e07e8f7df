import SpikeSignals

/// A phase coding with weights: the phases of a window are the binary digits of the value at its beginning, the first one the
/// greatest.
///
/// ```
/// q = min(round(x 2^L), 2^L - 1);  fires at tick t if bit L - 1 - t of q is set;  its weight is 2^-(t + 1)
/// x^ = sum of the weights                                    |x^ - x| <= 2^-(L + 1), for x = 1: 2^-L
/// ```
/// Kim, Kim, Huh, Lee and Choi, "Deep neural networks with weighted spikes", Neurocomputing 311 (2018) 373. Precision grows with each
/// tick, but one lost or false spike early in the window costs half the range.
struct WeightedPhaseCoder: SpikeCoder {
    private let digits: Int64
    private var codes: [Int64]

    init(_ parameters: CodingParameters, values: Int) {
        digits = Int64(parameters.windowTicks)
        codes = Array(repeating: 0, count: values)
    }

    mutating func restart() {
        for index in codes.indices { codes[index] = 0 }
    }

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        let position = tick % digits
        let (scale, half) = (16 &- digits, digits < 16 ? 1 &<< (15 &- digits) : 0)
        for value in 0..<min(values.count, counts.count, codes.count) {
            if position == 0 { codes[value] = min((values[value] &+ half) &>> scale, 1 &<< digits &- 1) }
            counts[value] = UInt8(truncatingIfNeeded: codes[value] &>> (digits &- 1 &- position) & 1)
        }
    }
}

/// Adds up weighted spikes; what a window says is held over the next one.
struct WeightedPhaseDecoder: SpikeDecoder {
    let delay: Int
    let bound: Double?
    private let digits: Int64
    private var codes: [Int64]
    private var held: [Int64]
    private var isWhole = false

    init(_ parameters: CodingParameters, values: Int) {
        digits = Int64(parameters.windowTicks)
        delay = parameters.windowTicks + parameters.windowTicks / 2
        bound = 1 / Double(1 << parameters.windowTicks)
        codes = Array(repeating: 0, count: values)
        held = Array(repeating: 0, count: values)
    }

    mutating func restart() { isWhole = false }

    mutating func decode(_ counts: Span<UInt8>, tick: Int64, into estimates: inout MutableSpan<Int64>) {
        let position = tick % digits
        for value in 0..<min(counts.count, estimates.count, codes.count) {
            if position == 0 {
                if isWhole { held[value] = codes[value] }
                codes[value] = 0
            }
            if counts[value] > 0 { codes[value] |= 1 &<< (15 &- position) }
            estimates[value] = held[value]
        }
        if position == 0 { isWhole = true }
    }
}
