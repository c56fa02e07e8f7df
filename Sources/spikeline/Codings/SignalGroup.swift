import SpikeEncoders
import SpikeSignals

/// The values that stand for one signal before a coder: the signal, and beside it what a coding of ranks needs, which says
/// nothing about a value alone.
enum SignalGroup {
    /// Values of a group of a coding that needs one.
    static let size = 8

    /// How many values `method` gets for one signal.
    static func count(_ method: CodingParameters.Method) -> Int { method == .rankOrder ? size : 1 }

    /// The rows `[tick][value]` for the signal `shape`; its neighbours are the same signal, each a sixteenth of its length ahead of the
    /// one before: half of it in all, a period of the sine.
    static func rows(_ shape: SignalShape, ticks: Int, _ method: CodingParameters.Method) -> [[Int64]] {
        let (values, count) = (shape.values(ticks: ticks), count(method))
        return values.indices.map { tick in (0..<count).map { values[(tick + $0 * ticks / (2 * count)) % ticks] } }
    }

    /// The rows for a `value` (Q16) that rests; its neighbours are 1/8, 2/8, ... 7/8.
    static func rows(value: Int64, ticks: Int, _ method: CodingParameters.Method) -> [[Int64]] {
        let count = Int64(count(method))
        let row = (0..<count).map { $0 == 0 ? value : CodingParameters.one * $0 / count }
        return Array(repeating: row, count: ticks)
    }
}
