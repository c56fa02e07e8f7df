#if canImport(Glibc)
import Glibc
#endif

/// A layer of leaky integrate-and-fire neurons over all ticks of a batch: the engine's integers forward, a surrogate
/// gradient backward.
///
/// Rows are time-major: tick `t` of clip `b` is row `t * clips + b`. Forward is the engine's rule with subtractive
/// reset; the potential before the reset, in units of the threshold, is kept as `x` for the way back:
/// ```
/// spikes(x) = min(floor(x), maximum)  for x >= 1        surrogate  h(x), see SurrogateGradient
/// x[t+1] = decay * (x[t] - spikes[t]) + input[t+1]      dL/dx[t] = dL/ds[t] h + decay * dL/dx[t+1] * (1 - h)
/// ```
/// The surrogate also stands inside the reset: with the straight line through the steps, `h = 1` from 0 to maximum + 1, a
/// neuron in its linear range passes its residue's gradient on at once.
struct LIFScan {
    let clips: Int
    let width: Int
    let decayQ15: Int32
    let maximumSpikes: Int32
    /// What stands for the derivative of the staircase.
    var surrogate = SurrogateGradient.straightLine
    /// Replaces the staircase by the smooth function that the surrogate is the derivative of. Only gradient checks do.
    var isSmoothed = false

    /// Runs `ticks` ticks from rest.
    ///
    /// - Parameters:
    ///   - currents: whole numbers, `[ticks * clips][width]`.
    ///   - membranes: scratch of `clips * width`.
    ///   - spikes: receives the spike counts.
    ///   - potentials: receives the potentials before the reset in units of the threshold.
    func forward(
        _ currents: UnsafePointer<Float>, ticks: Int, thresholds: [Int32], biases: [Int32],
        membranes: UnsafeMutablePointer<Int32>, spikes: UnsafeMutablePointer<Float>,
        potentials: UnsafeMutablePointer<Float>
    ) {
        unsafe membranes.update(repeating: 0, count: clips * width)
        let inverses = thresholds.map { 1 / Float($0) }
        unsafe thresholds.withUnsafeBufferPointer { thresholds in
            unsafe biases.withUnsafeBufferPointer { biases in
                unsafe inverses.withUnsafeBufferPointer { inverses in
                    guard let threshold = thresholds.baseAddress, let bias = biases.baseAddress,
                        let inverse = inverses.baseAddress
                    else { return }
                    // Eight neurons at a time; where they smooth, and what is left over, one by one.
                    let whole = isSmoothed ? 0 : width & ~7
                    for row in 0..<ticks * clips {
                        let start = row * width
                        let v = unsafe membranes + (row % clips) * width
                        func one(_ neuron: Int) {
                            unsafe step(
                                &v[neuron], current: Int32(currents[start + neuron]) &+ bias[neuron],
                                threshold: threshold[neuron], inverse: inverse[neuron],
                                spikes: &spikes[start + neuron], potential: &potentials[start + neuron])
                        }
                        for first in stride(from: 0, to: whole, by: 8) {
                            let isDone = unsafe step(
                                eight: v + first, currents: currents + start + first, bias: bias + first,
                                threshold: threshold + first, inverse: inverse + first,
                                spikes: spikes + start + first, potentials: potentials + start + first)
                            if !isDone { for neuron in first..<first + 8 { one(neuron) } }
                        }
                        for neuron in whole..<width { one(neuron) }
                    }
                }
            }
        }
    }

    /// As the step of one neuron, bit for bit, for the eight from these places on; does nothing and returns false where
    /// one of them has a number too large for that.
    @inline(__always)
    private func step(
        eight v: UnsafeMutablePointer<Int32>, currents: UnsafePointer<Float>, bias: UnsafePointer<Int32>,
        threshold: UnsafePointer<Int32>, inverse: UnsafePointer<Float>, spikes: UnsafeMutablePointer<Float>,
        potentials: UnsafeMutablePointer<Float>
    ) -> Bool {
        @inline(__always)
        func load<Value>(_ place: UnsafePointer<Value>) -> SIMD8<Value> {
            unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Value>.self)
        }
        let old = unsafe load(v)
        let (input, level) = unsafe (load(currents), load(threshold))
        // The product with a decay of at most 1 in two halves, each of which stays within 32 bits.
        let decay = SIMD8<Int32>(repeating: decayQ15)
        let low = ((old & 0x7FFF) &* decay &+ (1 << 14)) &>> 15
        var next = unsafe (old &>> 15) &* decay &+ low &+ Self.integers(input) &+ load(bias)
        let sizes = next ^ (next &>> 31)
        guard !any(sizes .> Self.largest) && !any((input .> 4e6) .| (input .< -4e6)) else { return false }
        let potential = unsafe Self.floats(next) * load(inverse)
        // The nearest whole number of thresholds is at most one more than there are, and the product tells.
        let top = SIMD8<Float>(repeating: Float(maximumSpikes))
        var bounded = potential.replacing(with: top, where: potential .> top)
        bounded = bounded.replacing(with: 0, where: bounded .< 0)
        var count = Self.integers(bounded)
        count = count.replacing(with: count &- 1, where: count &* level .> next)
        count = count.replacing(with: 0, where: next .< level)
        next &-= count &* level
        unsafe UnsafeMutableRawPointer(v).storeBytes(of: next, as: SIMD8<Int32>.self)
        unsafe UnsafeMutableRawPointer(potentials).storeBytes(of: potential, as: SIMD8<Float>.self)
        unsafe UnsafeMutableRawPointer(spikes).storeBytes(of: Self.floats(count), as: SIMD8<Float>.self)
        return true
    }

    /// Numbers up to this size are in both forms exact, and turned into each other by adding 1.5 * 2^23.
    private static let largest: SIMD8<Int32> = SIMD8(repeating: (1 << 22) - 1)

    @inline(__always)
    private static func integers(_ x: SIMD8<Float>) -> SIMD8<Int32> {
        unsafe unsafeBitCast(x + 12_582_912, to: SIMD8<Int32>.self) &- 0x4B40_0000
    }

    @inline(__always)
    private static func floats(_ n: SIMD8<Int32>) -> SIMD8<Float> {
        unsafe unsafeBitCast(n &+ 0x4B40_0000, to: SIMD8<Float>.self) - 12_582_912
    }

    @inline(__always)
    private func step(
        _ v: inout Int32, current: Int32, threshold: Int32, inverse: Float, spikes: inout Float,
        potential: inout Float
    ) {
        v = Int32(truncatingIfNeeded: (Int64(v) &* Int64(decayQ15) &+ (1 << 14)) >> 15) &+ current
        potential = Float(v) * inverse
        var count: Int32 = 0
        if v >= threshold {
            count = min(v / threshold, maximumSpikes)
            v &-= count &* threshold
        }
        spikes = Float(count)
        if isSmoothed { smooth(&v, threshold: threshold, spikes: &spikes, potential: potential) }
    }

    /// Fires the fraction of a spike that the smooth function gives, from the potential before the reset.
    private func smooth(_ v: inout Int32, threshold: Int32, spikes: inout Float, potential: Float) {
        spikes = surrogate.smoothed(potential, maximum: maximumSpikes)
        v = Int32((potential - spikes) * Float(threshold))
    }

    /// Turns the gradient of the spikes into the gradient of the input in units of the threshold.
    ///
    /// - Parameters:
    ///   - gradients: on entry `dL/d spikes`, on return `dL/d input`, `[ticks * clips][width]`.
    ///   - potentials: as `forward` left them.
    func backward(_ gradients: UnsafeMutablePointer<Float>, potentials: UnsafePointer<Float>, ticks: Int) {
        let top = Float(maximumSpikes) + 1
        let steps = maximumSpikes
        let inverse = 1 / surrogate.width
        /// The sum of the slopes of all steps.
        @inline(__always)
        func sum(_ x: Float, _ slope: (_ z: Float) -> Float) -> Float {
            var sum: Float = 0
            for step in 0..<steps { sum += slope((x - Float(step &+ 1)) * inverse) }
            return sum * inverse
        }
        switch surrogate.shape {
        case .straightLine:
            unsafe backward(gradients, potentials, ticks) { $0 >= 0 && $0 <= top ? 1 : 0 }
        case .fastSigmoid:
            unsafe backward(gradients, potentials, ticks) { x in
                sum(x) { z in
                    let base = 1 + abs(z)
                    return 0.5 / (base * base)
                }
            }
        case .exponential: unsafe backward(gradients, potentials, ticks) { x in sum(x) { 0.5 * exp(-abs($0)) } }
        case .arctangent: unsafe backward(gradients, potentials, ticks) { x in sum(x) { 1 / (.pi * (1 + $0 * $0)) } }
        case .triangular: unsafe backward(gradients, potentials, ticks) { x in sum(x) { max(0, 1 - abs($0)) } }
        }
    }

    /// The way back with the surrogate `h`, compiled anew for each.
    @inline(__always)
    private func backward(
        _ gradients: UnsafeMutablePointer<Float>, _ potentials: UnsafePointer<Float>, _ ticks: Int,
        _ h: (_ x: Float) -> Float
    ) {
        let decay = Float(decayQ15) / 32_768
        let row = clips * width
        for tick in stride(from: ticks - 1, through: 0, by: -1) {
            let g = unsafe gradients + tick * row
            let x = unsafe potentials + tick * row
            if tick == ticks - 1 {
                for index in 0..<row { unsafe g[index] = g[index] * h(x[index]) }
            } else {
                let later = unsafe g + row
                for index in 0..<row {
                    let slope = unsafe h(x[index])
                    unsafe g[index] = g[index] * slope + decay * later[index] * (1 - slope)
                }
            }
        }
    }
}
