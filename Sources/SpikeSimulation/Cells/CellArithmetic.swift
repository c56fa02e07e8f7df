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
    /// Advances the eight potentials from `place` on by one step without input, each as one would be.
    ///
    /// - Returns: whether any of them is above the threshold then.
    func advanceEight(at place: UnsafeMutablePointer<Value>) -> Bool
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
    /// Advances `count` potentials by one step without input, and writes the indices of those that are then above the
    /// threshold to `fired`, which has room for all; how many there are.
    ///
    /// Eight at a time: mostly none of them is above the threshold, and one look says so. The vectors stay within the types
    /// that know their elements, as vectors of a generic type are not compiled to instructions.
    @inline(__always)
    func advance(
        _ potentials: UnsafeMutablePointer<Value>, count: Int, fired: UnsafeMutablePointer<UInt32>
    ) -> Int {
        var (found, index) = (0, 0)
        while index &+ 8 <= count {
            if unsafe advanceEight(at: potentials + index) {
                for lane in index..<index &+ 8 where unsafe isAbove(potentials[lane]) {
                    unsafe fired[found] = UInt32(truncatingIfNeeded: lane)
                    found &+= 1
                }
            }
            index &+= 8
        }
        while index < count {
            unsafe potentials[index] = advance(potentials[index])
            if unsafe isAbove(potentials[index]) {
                unsafe fired[found] = UInt32(truncatingIfNeeded: index)
                found &+= 1
            }
            index &+= 1
        }
        return found
    }
}
