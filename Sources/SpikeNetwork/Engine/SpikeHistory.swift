import SpikeSignals

/// The spikes of one source in the latest ticks, for synapses that deliver them later.
///
/// A ring of lists, one list per tick, each with room for every neuron of the source:
/// ```
/// slot   0        1        2        3          depth = longest delay + 1 = 4
///        t - 2    t - 1    t        t - 3      current slot = 2
/// ```
/// The storage is allocated once; a tick costs as much as it has spikes.
@safe struct SpikeHistory: ~Copyable {
    private let lists: UnsafeMutablePointer<ChannelSpikes>
    private let counts: UnsafeMutablePointer<Int>
    let size: Int
    let depth: Int
    private var slot = 0

    /// A history of `size` neurons over `depth` ticks (both at least 1), all silent.
    init(size: Int, depth: Int) {
        self.size = size
        self.depth = depth
        unsafe lists = .allocate(capacity: size * depth)
        unsafe counts = .allocate(capacity: depth)
        unsafe lists.initialize(repeating: ChannelSpikes(channel: 0, count: 0), count: size * depth)
        unsafe counts.initialize(repeating: 0, count: depth)
    }

    deinit {
        unsafe lists.deallocate()
        unsafe counts.deallocate()
    }

    /// Forgets all spikes.
    mutating func reset() {
        unsafe counts.update(repeating: 0, count: depth)
        slot = 0
    }

    /// Begins the next tick with an empty list; the oldest tick is forgotten.
    @inline(__always)
    mutating func advance() {
        slot += 1
        if slot == depth { slot = 0 }
        unsafe counts[slot] = 0
    }

    /// Adds a neuron's spikes to the current tick. A tick has room for each neuron once.
    @inline(__always)
    mutating func append(_ spikes: ChannelSpikes) {
        let count = unsafe counts[slot]
        precondition(count < size, "a neuron fired twice in one list")
        unsafe lists[slot * size + count] = spikes
        unsafe counts[slot] = count + 1
    }

    /// Lets `body` write the list of the current tick, which is empty and has room for each neuron once; it returns how
    /// many it has written.
    @inline(__always)
    mutating func appendAll(_ body: (UnsafeMutablePointer<ChannelSpikes>) -> Int) {
        unsafe counts[slot] = body(lists + slot * size)
    }

    /// The spikes `delay` ticks ago; `delay` is below the depth.
    @inline(__always)
    func spikes(delay: Int) -> UnsafeBufferPointer<ChannelSpikes> {
        let index = slot >= delay ? slot - delay : slot - delay + depth
        return unsafe UnsafeBufferPointer(start: lists + index * size, count: counts[index])
    }
}
