import SpikeSignals

/// A trace for each neuron that rises with its spikes and decays exponentially, computed only when somebody asks.
///
/// A neuron keeps its value at its latest spike and that tick. What is left `n` ticks later is
/// `(value * table[n] + 2^29) >> 30` with `table[n] = round(2^30 exp(-n / tau))`; beyond the table it is 0. So a tick
/// costs nothing for neurons that neither fire nor are read, and the value does not depend on how often it was read.
/// Values are in 1/65,536 and saturate at 256.
@safe
struct SpikeTraces: ~Copyable {
    /// 1 as a trace.
    static let unity: Int64 = 1 << 16
    /// The greatest trace, 2^24.
    static let greatest: Int64 = 256 << 16
    /// A tick long before the first one.
    static let never: Int64 = -(1 << 40)

    private let values: UnsafeMutablePointer<Int32>
    private let latest: UnsafeMutablePointer<Int64>
    private let table: UnsafeMutablePointer<Int64>
    private let length: Int64
    private let size: Int
    private let isNearest: Bool

    /// Traces of `size` neurons that fall with `ticks`.
    init(size: Int, ticks: Double, isNearest: Bool, name: String) throws(SpikelineError) {
        guard ticks.isFinite, (0.1...10_000).contains(ticks) else {
            throw SpikelineError(
                "expected a time constant from 0.1 to 10,000 ticks, found \(ticks)", at: "STDP rule, \(name)")
        }
        // 256 * exp(-17.5) is below half a 65,536th.
        let count = SetUpMath.floor(ticks * 17.5) + 2
        self.size = size
        self.isNearest = isNearest
        length = Int64(count)
        unsafe table = .allocate(capacity: count)
        for tick in 0..<count {
            unsafe (table + tick).initialize(to: SetUpMath.fixed(SetUpMath.exp(-Double(tick) / ticks), bits: 30))
        }
        unsafe values = .allocate(capacity: size)
        unsafe latest = .allocate(capacity: size)
        unsafe values.initialize(repeating: 0, count: size)
        unsafe latest.initialize(repeating: Self.never, count: size)
    }

    deinit {
        unsafe values.deallocate()
        unsafe latest.deallocate()
        unsafe table.deallocate()
    }

    /// Forgets all spikes.
    func reset() {
        unsafe values.update(repeating: 0, count: size)
        unsafe latest.update(repeating: Self.never, count: size)
    }

    /// The trace of `neuron` (below the size) in `tick`, which is not before its latest spike.
    @inline(__always)
    func value(of neuron: Int, at tick: Int64) -> Int64 {
        unsafe left(of: Int64(values[neuron]), after: tick &- latest[neuron])
    }

    /// What is left of `value` (0 to 2^24) after `age` ticks, which is not below 0.
    @inline(__always)
    func left(of value: Int64, after age: Int64) -> Int64 {
        guard age < length else { return 0 }
        return unsafe (value &* table[Int(truncatingIfNeeded: age)] &+ (1 << 29)) >> 30
    }

    /// The tick of the latest spike of `neuron`.
    @inline(__always)
    func latestSpike(of neuron: Int) -> Int64 { unsafe latest[neuron] }

    /// Lets the trace of `neuron` rise by `count` spikes in `tick`.
    @inline(__always)
    func rise(_ neuron: Int, at tick: Int64, count: UInt16) {
        let value =
            isNearest
            ? Self.unity : min(value(of: neuron, at: tick) &+ Int64(count) &* Self.unity, Self.greatest)
        unsafe values[neuron] = Int32(truncatingIfNeeded: value)
        unsafe latest[neuron] = tick
    }
}
