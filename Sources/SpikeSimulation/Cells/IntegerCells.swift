import SpikeNetwork
import SpikeSignals

/// The twin in whole numbers: potentials in units of 2^-16 mV as `Int32`, advanced by the engine's `decay` in Q15.
///
/// ```
/// v = decay(v, membrane) + i      i = decay(i, synapse)      decay(x, d) = (x d + 2^14) >> 15
/// ```
/// This is the current-based neuron of ``SpikeNetwork/NeuronModel`` with its exact solution: a current is stored already
/// multiplied by what it adds to the membrane in a step. Potentials and currents are held within ±2^29 units, ±8,192 mV. Beside the
/// rounding of a product (half of 2^-16 mV a step) the twin differs from the reference by the rounding of the two decay
/// factors, at most 2^-16; that changes a time constant by at most 2^-16 tau / h: 0.15 % for 10 ms and steps of 0.1 ms.
/// A current also rounds to itself, and no longer decays, below half a unit times tau_s / h: 25 units for 5 ms, which hold
/// a membrane of 10 ms 0.04 mV off its rest.
public struct IntegerCells: CellArithmetic {
    /// Units per mV.
    public static let scale = 65_536.0
    private static let bound: Int32 = 1 << 30

    private let membraneDecay: Int32
    private let currentDecay: Int32
    private let gain: Double
    private let level: Double
    /// The potential above which a neuron fires.
    public let threshold: Int32
    /// The potential after a spike.
    public let reset: Int32
    /// The potential at the start.
    public let start: Int32
    /// No current.
    public static let zero: Int32 = 0

    /// The constants of `population` for a step of `stepMs`.
    public init(_ population: CellPopulation, stepMs: Double) {
        let exact = ExactSolution(population, stepMs: stepMs)
        membraneDecay = Int32((exact.decay * Double(NeuronModel.unity)).rounded())
        currentDecay = Int32((exact.currentDecay * Double(NeuronModel.unity)).rounded())
        gain = population.synapseTauMs == nil ? 1 : exact.propagator
        level = population.restMv + population.driveMv
        threshold = Self.units(population.thresholdMv - level)
        reset = Self.units(population.resetMv - level)
        start = Self.units(population.restMv - level)
    }

    /// What a spike of `millivolts` adds.
    public func weight(_ millivolts: Double) -> Int32 { Self.units(millivolts * gain) }
    /// The potential `value` in mV.
    public func millivolts(_ value: Int32) -> Double { Double(value) / Self.scale + level }
    /// One step without input.
    @inline(__always) public func advance(_ potential: Int32) -> Int32 {
        Self.held(decay(potential, by: membraneDecay))
    }
    /// One step without input of eight.
    ///
    /// A product of 45 bits is had from two of signed 16-bit numbers, which every x86-64 and ARM multiplies and adds eight at a time:
    /// with `x = 2^15 h + l`, `0 <= l < 2^15`,
    /// ```
    /// (x d + 2^14) >> 15  =  h d + ((l d + 2^14) >> 15)        |x| <= 2^29, 0 <= d < 2^15, so |h| <= 2^14
    /// ```
    /// The shifts and the mask tell the compiler that the factors are that short. What is held stays held, as `d` is below 1.
    @inline(__always) public func advanceEight(at place: UnsafeMutablePointer<Int32>) -> Bool {
        let bytes = UnsafeMutableRawPointer(place)
        var next = unsafe bytes.loadUnaligned(as: SIMD8<Int32>.self)
        // A decay of 1 in 15 bits leaves everything as it is.
        if membraneDecay < NeuronModel.unity {
            let factor = SIMD8<Int32>(repeating: membraneDecay & 0x7FFF)
            let low = ((next & 0x7FFF) &* factor &+ 0x4000) &>> 15
            next = ((next &+ next) &>> 16) &* factor &+ low
            unsafe bytes.storeBytes(of: next, as: SIMD8<Int32>.self)
        }
        // The sign of a difference, or of any of eight, says whether one is above; neither can overflow.
        let below = SIMD8<Int32>(repeating: threshold) &- next
        let four = below.lowHalf | below.highHalf
        let two = four.lowHalf | four.highHalf
        return two.x | two.y < 0
    }
    /// One step under `current`.
    @inline(__always) public func advance(_ potential: Int32, current: Int32) -> Int32 {
        // Held at ±2^29, and at most 2^29 arrived: both are within ±2^30, and their sum fits.
        Self.held(decay(potential, by: membraneDecay) &+ current)
    }
    /// One step of a current.
    @inline(__always) public func advance(current: Int32) -> Int32 { Self.held(decay(current, by: currentDecay)) }
    // Held at ±2^29 before, and all that arrives in a step is within ±2^29: see `canHold`.
    /// The sum of two values within the range that is stated, held again.
    @inline(__always) public static func sum(_ a: Int32, _ b: Int32) -> Int32 { held(a &+ b) }
    /// Whether `potential` is above the threshold.
    @inline(__always) public func isAbove(_ potential: Int32) -> Bool { potential > threshold }
    /// Whether so much may arrive in a step.
    public static func canHold(mostIncomingMv: Double) -> Bool { mostIncomingMv * scale < Double(bound / 2) }

    /// `value` within ±2^29, so that a potential, a current and what arrives in a step can be added.
    @inline(__always) private static func held(_ value: Int32) -> Int32 { min(max(value, -bound / 2), bound / 2) }

    private static func units(_ millivolts: Double) -> Int32 {
        let limit = Double(bound / 2)
        return Int32(min(max((millivolts * scale).rounded(), -limit), limit))
    }
}
