/// The spikes of a group in the last steps, for delivery after a delay.
@safe final class SpikeQueue {
    private let size: Int
    private let depth: Int
    private var slot = 0
    private let lists: UnsafeMutablePointer<UInt32>
    private let counts: UnsafeMutablePointer<Int>

    /// A queue for `size` neurons that remembers this step and the `depth - 1` before it.
    init(size: Int, depth: Int) {
        (self.size, self.depth) = (size, depth)
        unsafe lists = .allocate(capacity: size * depth)
        unsafe counts = .allocate(capacity: depth)
        unsafe counts.initialize(repeating: 0, count: depth)
    }

    deinit {
        unsafe lists.deallocate()
        unsafe counts.deallocate()
    }

    /// Forgets all spikes.
    func restart() { unsafe counts.update(repeating: 0, count: depth) }

    /// Begins the next step, in which nobody has fired yet.
    func advance() {
        slot = slot + 1 == depth ? 0 : slot + 1
        unsafe counts[slot] = 0
    }

    /// Begins the next step with the spikes of an input.
    func push(_ train: SpikeTrain, step: Int) {
        advance()
        let range = train.range(ofStep: step)
        precondition(range.count <= size)
        for index in range { unsafe lists[slot * size + index - range.lowerBound] = train.neurons[index] }
        unsafe counts[slot] = range.count
    }

    /// Adds a spike to this step; each neuron fires at most once in a step.
    @inline(__always) func append(_ neuron: Int) {
        unsafe lists[slot &* size &+ counts[slot]] = UInt32(truncatingIfNeeded: neuron)
        unsafe counts[slot] &+= 1
    }

    /// Adds to this step, in which nobody has fired yet, those that `body` writes; it gives their number.
    @inline(__always) func append(_ body: (UnsafeMutablePointer<UInt32>) -> Int) {
        unsafe counts[slot] = body(lists + slot &* size)
    }

    /// The spikes of this step.
    var now: UnsafeBufferPointer<UInt32> { unsafe spikes(ago: 0) }

    /// The spikes of the step `ago` steps before this one, less than the depth.
    func spikes(ago: Int) -> UnsafeBufferPointer<UInt32> {
        precondition(ago < depth)
        let place = slot >= ago ? slot - ago : slot - ago + depth
        return unsafe UnsafeBufferPointer(start: lists + place * size, count: counts[place])
    }
}
