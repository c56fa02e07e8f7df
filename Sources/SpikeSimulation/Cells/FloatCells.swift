import SpikeSignals

/// The reference: potentials in mV as `Double`, advanced by the exact solution of the equations.
///
/// ```
/// v(t + h) = v(t) e^(-h/tau) + I(t) p       I(t + h) = I(t) e^(-h/tau_s)
/// p = tau_s / (tau_s - tau) (e^(-h/tau_s) - e^(-h/tau)),  or  h/tau e^(-h/tau)  if both are equal
/// ```
/// Source: Rotter and Diesmann, Biological Cybernetics 81:381, 1999, section 3.1.
public struct FloatCells: CellArithmetic {
    private let decay: Double
    private let currentDecay: Double
    private let propagator: Double
    private let level: Double
    /// The potential above which a neuron fires.
    public let threshold: Double
    /// The potential after a spike.
    public let reset: Double
    /// The potential at the start.
    public let start: Double
    /// No current.
    public static let zero = 0.0

    /// The constants of `population` for a step of `stepMs`.
    public init(_ population: CellPopulation, stepMs: Double) {
        let exact = ExactSolution(population, stepMs: stepMs)
        (decay, currentDecay, propagator) = (exact.decay, exact.currentDecay, exact.propagator)
        level = population.restMv + population.driveMv
        threshold = population.thresholdMv - level
        reset = population.resetMv - level
        start = population.restMv - level
    }

    /// What a spike of `millivolts` adds.
    public func weight(_ millivolts: Double) -> Double { millivolts }
    /// The potential `value` in mV.
    public func millivolts(_ value: Double) -> Double { value + level }
    /// One step without input.
    @inline(__always) public func advance(_ potential: Double) -> Double { potential * decay }
    /// One step without input of eight.
    @inline(__always) public func advanceEight(at place: UnsafeMutablePointer<Double>) -> Bool {
        let bytes = UnsafeMutableRawPointer(place)
        let next = unsafe bytes.loadUnaligned(as: SIMD8<Double>.self) * decay
        unsafe bytes.storeBytes(of: next, as: SIMD8<Double>.self)
        return any(next .> threshold)
    }
    /// One step under `current`.
    @inline(__always) public func advance(_ potential: Double, current: Double) -> Double {
        potential * decay + current * propagator
    }
    /// One step of a current.
    @inline(__always) public func advance(current: Double) -> Double { current * currentDecay }
    /// The sum of two values within the range that is stated.
    @inline(__always) public static func sum(_ a: Double, _ b: Double) -> Double { a + b }
    /// Whether `potential` is above the threshold.
    @inline(__always) public func isAbove(_ potential: Double) -> Bool { potential > threshold }
    /// Whether so much may arrive in a step.
    public static func canHold(mostIncomingMv: Double) -> Bool { mostIncomingMv < 1e15 }
}

/// The factors that advance a membrane and a current by one step; see ``FloatCells``.
struct ExactSolution {
    let decay: Double
    let currentDecay: Double
    let propagator: Double

    init(_ population: CellPopulation, stepMs: Double) {
        let tau = population.tauMs
        // Below e^-700 nothing is left.
        func factor(_ tau: Double) -> Double { SetUpMath.exp(-min(stepMs / tau, 700)) }
        decay = factor(tau)
        guard let synapse = population.synapseTauMs else {
            (currentDecay, propagator) = (0, 0)
            return
        }
        currentDecay = factor(synapse)
        // Where the two are nearly equal, the difference of the exponentials has few correct digits; the limit has all.
        propagator =
            abs(synapse - tau) < 1e-6 * tau
            ? stepMs / tau * decay : synapse / (synapse - tau) * (currentDecay - decay)
    }
}
