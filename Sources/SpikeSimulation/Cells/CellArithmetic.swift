/// How the potentials of a population are stored and advanced: the one thing in which the float reference and the integer
/// twin differ.
///
/// Potentials are relative to the level at which the membrane rests, `rest + drive`.
public protocol CellArithmetic: Sendable {
    /// What a potential and a synaptic current are stored as.
    associatedtype Value: Sendable

    /// Prepares the constants of `population` for a step of `stepMs`.
    init(_ population: CellPopulation, stepMs: Double)

    /// The potential above which a neuron fires.
    var threshold: Value { get }
    /// The potential after a spike.
    var reset: Value { get }
    /// The potential at the start.
    var start: Value { get }
    /// No current.
    static var zero: Value { get }

    /// What a spike of `millivolts` adds to the potential (delta synapses) or to the current (exponential ones).
    func weight(_ millivolts: Double) -> Value
    /// The potential `value` in mV, from zero and not from rest.
    func millivolts(_ value: Value) -> Double

    /// Advances one potential by one step without input.
    func advance(_ potential: Value) -> Value
    /// Advances `count` potentials by one step without input, and writes the indices of those that are then above the
    /// threshold, plus `first`, to `fired`, which has room for all; how many there are.
    func advance(
        _ potentials: UnsafeMutablePointer<Value>, count: Int, first: Int, fired: UnsafeMutablePointer<UInt32>
    ) -> Int
    /// Advances one potential by one step under the current at the step's start.
    func advance(_ potential: Value, current: Value) -> Value
    /// Advances one current by one step.
    func advance(current: Value) -> Value
    /// The sum of two values whose range is known to allow it.
    static func sum(_ a: Value, _ b: Value) -> Value
    /// Whether `potential` is above the threshold.
    func isAbove(_ potential: Value) -> Bool
    /// Complains if what may arrive in a step, in mV, is more than the values can hold.
    static func canHold(mostIncomingMv: Double) -> Bool
}

extension CellArithmetic {
    /// One potential after the other.
    @inline(__always)
    public func advance(
        _ potentials: UnsafeMutablePointer<Value>, count: Int, first: Int, fired: UnsafeMutablePointer<UInt32>
    ) -> Int {
        for index in 0..<count { unsafe potentials[index] = advance(potentials[index]) }
        // Mostly nobody is above the threshold, and this loop has no branch.
        var above = 0
        for index in 0..<count { unsafe above &+= isAbove(potentials[index]) ? 1 : 0 }
        guard above > 0 else { return 0 }
        var found = 0
        for index in 0..<count where unsafe isAbove(potentials[index]) {
            unsafe fired[found] = UInt32(truncatingIfNeeded: first &+ index)
            found &+= 1
        }
        return found
    }
}
