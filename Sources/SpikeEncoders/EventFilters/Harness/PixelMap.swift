/// State for each pixel: allocated once, never moved.
@safe final class PixelMap<Cell: BitwiseCopyable> {
    /// How many cells there are.
    let count: Int
    private let cells: UnsafeMutablePointer<Cell>

    /// `count` cells that all hold `value`.
    init(_ count: Int, of value: Cell) {
        self.count = count
        unsafe cells = .allocate(capacity: count)
        unsafe cells.initialize(repeating: value, count: count)
    }

    deinit { unsafe cells.deallocate() }

    /// The cell at `index`, which is within bounds: the harness lets only events inside the sensor through.
    @inline(__always) subscript(index: Int) -> Cell {
        get {
            assert(index >= 0 && index < count, "the map has no such cell")
            return unsafe cells[index]
        }
        set {
            assert(index >= 0 && index < count, "the map has no such cell")
            unsafe cells[index] = newValue
        }
    }

    /// Writes `value` into all cells.
    func fill(with value: Cell) { unsafe cells.update(repeating: value, count: count) }
}

extension PixelMap<Int64> {
    /// The time of what never happened.
    ///
    /// Subtracted from a stream time, which is less than 2^55 µs either way, it gives more than 2^62 as an unsigned
    /// number: longer ago than any option can say, so "never" needs no case of its own.
    static var never: Int64 { .min }
}
