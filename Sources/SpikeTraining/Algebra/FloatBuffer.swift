/// A block of floats that lives as long as its owner and never moves, for kernels that work on pointers.
@safe
final class FloatBuffer {
    /// The number of elements.
    let count: Int
    /// The first element.
    let start: UnsafeMutablePointer<Float>

    /// `count` zeros.
    init(_ count: Int) {
        self.count = count
        unsafe start = .allocate(capacity: max(count, 1))
        unsafe start.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { unsafe start.deallocate() }

    /// Sets the first `count` elements to zero.
    func clear(_ count: Int? = nil) { unsafe start.update(repeating: 0, count: count ?? self.count) }

    /// The elements as an array, or the elements to copy from an array of the same length.
    var array: [Float] {
        get { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }
        set {
            precondition(newValue.count == count)
            for (index, value) in newValue.enumerated() { unsafe start[index] = value }
        }
    }
}
