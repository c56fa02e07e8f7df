import SpikeSignals

/// An ``STDPRule`` in integers: amplitudes in 1/65,536 of a unit of the weight, traces in 1/65,536.
struct STDPCoefficients: Sendable {
    let potentiation: Int64
    let depression: Int64
    let tripletPotentiation: Int64
    let tripletDepression: Int64
    let minimum: Int64
    let maximum: Int64
    let isSoft: Bool

    /// The largest change at once: the whole range of an `Int8`, so that nothing after it can overflow.
    private static let largest: Int64 = 255 << 16

    /// Checks `rule` and rounds it.
    init(_ rule: STDPRule) throws(SpikelineError) {
        func amplitude(_ value: Double, _ name: String) throws(SpikelineError) -> Int64 {
            guard value.isFinite, (0...255).contains(value) else {
                throw SpikelineError("expected an amplitude from 0 to 255, found \(value)", at: "STDP rule, \(name)")
            }
            return SetUpMath.fixed(value, bits: 16)
        }
        potentiation = try amplitude(rule.potentiation, "A2+")
        depression = try amplitude(rule.depression, "A2-")
        tripletPotentiation = try amplitude(rule.tripletPotentiation, "A3+")
        tripletDepression = try amplitude(rule.tripletDepression, "A3-")
        guard rule.minimum < rule.maximum else {
            throw SpikelineError(
                "expected a least weight below the greatest, found \(rule.minimum) and \(rule.maximum)", at: "STDP rule"
            )
        }
        minimum = Int64(rule.minimum)
        maximum = Int64(rule.maximum)
        isSoft = rule.bounds == .soft
    }

    /// The rise at a postsynaptic spike, for traces of at most 2^24: at most 2^24 (2^24 + 2^24 2^24 / 2^16) < 2^57.
    @inline(__always)
    func rise(r1: Int64, o2: Int64) -> Int64 {
        min((r1 &* (potentiation &+ (tripletPotentiation &* o2) >> 16)) >> 16, Self.largest)
    }

    /// The fall at a presynaptic spike, as ``rise(r1:o2:)``.
    @inline(__always)
    func fall(o1: Int64, r2: Int64) -> Int64 {
        min((o1 &* (depression &+ (tripletDepression &* r2) >> 16)) >> 16, Self.largest)
    }

    /// The weight after a change and what it differs from the sum of all changes, in 1/65,536 of a unit: from -1/2 to 1/2. What goes
    /// beyond a bound is lost.
    @inline(__always)
    func changed(_ weight: Int8, remainder: Int16, by change: Int64) -> (weight: Int8, remainder: Int16) {
        let old = Int64(weight) << 16 &+ Int64(remainder)
        let (least, most) = (minimum << 16, maximum << 16)
        var change = change
        if isSoft {
            // A change of at most 2^24, and room of at most 2^24.
            let room = change > 0 ? most &- old : old &- least
            change = change &* room / (most &- least)
        }
        let sum = min(max(old &+ change, least), most)
        let new = (sum &+ 1 << 15) >> 16
        return (Int8(truncatingIfNeeded: new), Int16(truncatingIfNeeded: sum &- new << 16))
    }

    /// The weight after a change, rounded up or down at random (`random` has 16 bits) so that its mean is exact.
    @inline(__always)
    func changed(_ weight: Int8, by change: Int64, random: Int64) -> Int8 {
        let old = Int64(weight)
        var change = change
        if isSoft {
            let room = change > 0 ? maximum &- old : old &- minimum
            change = change &* room / (maximum &- minimum)
        }
        let new = old &+ (change &+ random) >> 16
        return Int8(truncatingIfNeeded: min(max(new, minimum), maximum))
    }
}
