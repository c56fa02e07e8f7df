import SpikeSignals

/// A dense matrix of 8-bit weights that learns by an ``STDPRule`` from the spikes on its two sides.
///
/// ```
/// let synapses = try PlasticSynapses(sources: 2, targets: 1, weights: [60, 60], rule: rule, seed: 1)
/// try synapses.learn(presynaptic: [ChannelSpikes(channel: 0, count: 1)], postsynaptic: [])
/// ```
/// Event-driven: a presynaptic spike costs one row of weights, a postsynaptic one a column, a silent neuron nothing. All
/// arithmetic is in integers; a change smaller than a unit of the weight becomes one with the right probability, from a
/// generator with a seed, or is carried over to the next change (``STDPRule/Rounding``), so that the same spikes and
/// seed give the same weights on any machine. A tick allocates nothing.
public final class PlasticSynapses {
    /// The rule.
    public let rule: STDPRule
    /// The number of presynaptic neurons.
    public let sources: Int
    /// The number of postsynaptic neurons.
    public let targets: Int
    /// Ticks so far.
    public private(set) var ticks: Int64 = 0

    private var matrix: [Int8]
    private let coefficients: STDPCoefficients
    private let isCentred: Bool
    private let isReduced: Bool
    /// What each weight differs from the sum of its changes, in 1/65,536; empty where roundings are random.
    private var remainders: [Int16]
    private let r1: SpikeTraces
    private let r2: SpikeTraces
    private let o1: SpikeTraces
    private let o2: SpikeTraces
    /// `o1` of each target at the latest spike of each source, `[source][target]`, where that is needed: what it has
    /// risen since then is owed to spikes that no presynaptic one has followed yet.
    private var followed: [Int32]
    /// `o1` of each target in this tick.
    private var falling: [Int64]
    private var generator: SeededGenerator

    /// Synapses with these `weights`, `[source][target]`.
    ///
    /// - Throws: if the rule's parameters are out of range, the numbers do not fit, or a weight is outside its bounds.
    public init(sources: Int, targets: Int, weights: [Int8], rule: STDPRule, seed: UInt64) throws(SpikelineError) {
        guard (1...65_535).contains(sources), (1...65_535).contains(targets), sources * targets <= 64_000_000,
            weights.count == sources * targets
        else {
            throw SpikelineError(
                "expected 1 to 65,535 neurons on either side and a weight for each pair, found \(sources), \(targets) "
                    + "and \(weights.count) weights", at: "plastic synapses")
        }
        coefficients = try STDPCoefficients(rule)
        if let outside = weights.first(where: { $0 < rule.minimum || $0 > rule.maximum }) {
            throw SpikelineError(
                "expected weights from \(rule.minimum) to \(rule.maximum), found \(outside)", at: "plastic synapses")
        }
        self.rule = rule
        self.sources = sources
        self.targets = targets
        matrix = weights
        let isNearest = rule.pairing != .allToAll
        isCentred = rule.pairing == .nearestToPostsynaptic
        isReduced = rule.pairing == .reducedSymmetric
        remainders = [Int16](repeating: 0, count: rule.rounding == .carried ? sources * targets : 0)
        r1 = try SpikeTraces(size: sources, ticks: rule.potentiationTicks, isNearest: isNearest, name: "tau+")
        r2 = try SpikeTraces(size: sources, ticks: rule.tripletDepressionTicks, isNearest: isNearest, name: "tau x")
        o1 = try SpikeTraces(
            size: targets, ticks: rule.depressionTicks, isNearest: isNearest && !isCentred, name: "tau-")
        o2 = try SpikeTraces(size: targets, ticks: rule.tripletPotentiationTicks, isNearest: isNearest, name: "tau y")
        followed = [Int32](repeating: 0, count: isCentred ? sources * targets : 0)
        falling = [Int64](repeating: 0, count: targets)
        generator = SeededGenerator(seed, 0x5354_4450)
    }

    /// The weights now, `[source][target]`.
    public var weights: [Int8] { matrix }

    /// Calls `body` with the weights, without a copy.
    func withWeights<Result>(_ body: (UnsafeBufferPointer<Int8>) -> Result) -> Result {
        unsafe matrix.withUnsafeBufferPointer(body)
    }

    /// Advances by one tick in which these neurons fired; each list ascends.
    ///
    /// - Throws: if a channel does not exist, comes twice or comes out of order; nothing has been learned then.
    public func learn(presynaptic: [ChannelSpikes], postsynaptic: [ChannelSpikes]) throws(SpikelineError) {
        try Self.check(presynaptic, below: sources, "presynaptic")
        try Self.check(postsynaptic, below: targets, "postsynaptic")
        unsafe presynaptic.withUnsafeBufferPointer { before in
            unsafe postsynaptic.withUnsafeBufferPointer { after in unsafe advance(before, after) }
        }
    }

    /// As ``learn(presynaptic:postsynaptic:)`` for lists that have been checked.
    func advance(_ presynaptic: UnsafeBufferPointer<ChannelSpikes>, _ postsynaptic: UnsafeBufferPointer<ChannelSpikes>)
    {
        if presynaptic.count > 0 { unsafe weaken(presynaptic) }
        for index in 0..<presynaptic.count {
            let spike = unsafe presynaptic[index]
            r1.rise(Int(spike.channel), at: ticks, count: spike.count)
            r2.rise(Int(spike.channel), at: ticks, count: spike.count)
        }
        for index in 0..<postsynaptic.count {
            let spike = unsafe postsynaptic[index]
            strengthen(Int(spike.channel), count: Int64(spike.count))
            o1.rise(Int(spike.channel), at: ticks, count: spike.count)
            o2.rise(Int(spike.channel), at: ticks, count: spike.count)
        }
        ticks &+= 1
    }

    /// Lowers the rows of the sources that fired.
    private func weaken(_ spikes: UnsafeBufferPointer<ChannelSpikes>) {
        var any: Int64 = 0
        for target in 0..<targets {
            let value = o1.value(of: target, at: ticks)
            falling[target] = value
            any |= value
        }
        if any == 0 && !isCentred { return }
        var generator = generator
        unsafe withMutableWeights { weights, remainders in
            for index in 0..<spikes.count {
                let spike = unsafe spikes[index]
                let source = Int(spike.channel)
                let slow = r2.value(of: source, at: ticks)
                let count = rule.pairing == .allToAll ? Int64(spike.count) : 1
                for target in 0..<targets {
                    let place = source &* targets &+ target
                    if isReduced, o1.latestSpike(of: target) < r1.latestSpike(of: source) { continue }
                    let fast = isCentred ? notFollowed(source, target, place) : falling[target]
                    if fast <= 0 { continue }
                    let fall = coefficients.fall(o1: fast, r2: slow) &* count
                    if fall == 0 { continue }
                    unsafe change(weights, remainders, place, by: -fall, &generator)
                }
            }
        }
        self.generator = generator
    }

    /// Calls `body` with the weights and what they carry, which is nothing where roundings are random.
    private func withMutableWeights(
        _ body: (UnsafeMutableBufferPointer<Int8>, UnsafeMutableBufferPointer<Int16>) -> Void
    ) {
        unsafe remainders.withUnsafeMutableBufferPointer { remainders in
            unsafe matrix.withUnsafeMutableBufferPointer { weights in unsafe body(weights, remainders) }
        }
    }

    /// Changes the weight at `place`, which exists, in 1/65,536 of a unit.
    @inline(__always)
    private func change(
        _ weights: UnsafeMutableBufferPointer<Int8>, _ remainders: UnsafeMutableBufferPointer<Int16>, _ place: Int,
        by amount: Int64, _ generator: inout SeededGenerator
    ) {
        if remainders.isEmpty {
            let random = Int64(generator.next() >> 48)
            unsafe weights[place] = coefficients.changed(weights[place], by: amount, random: random)
        } else {
            unsafe (weights[place], remainders[place]) = coefficients.changed(
                weights[place], remainder: remainders[place], by: amount)
        }
    }

    /// `o1` of `target` from spikes since the latest one of `source`; from now on they are followed.
    @inline(__always)
    private func notFollowed(_ source: Int, _ target: Int, _ place: Int) -> Int64 {
        let all = falling[target]
        let before = o1.left(of: Int64(followed[place]), after: ticks &- r1.latestSpike(of: source))
        followed[place] = Int32(truncatingIfNeeded: all)
        // The two round apart by one at most.
        return all - before > 1 ? all - before : 0
    }

    /// Raises the column of a target that fired.
    private func strengthen(_ target: Int, count: Int64) {
        let slow = o2.value(of: target, at: ticks)
        let times = rule.pairing == .allToAll ? count : 1
        var generator = generator
        unsafe withMutableWeights { weights, remainders in
            for source in 0..<sources {
                if isReduced, r1.latestSpike(of: source) <= o1.latestSpike(of: target) { continue }
                let fast = r1.value(of: source, at: ticks)
                if fast == 0 { continue }
                let rise = coefficients.rise(r1: fast, o2: slow) &* times
                if rise == 0 { continue }
                unsafe change(weights, remainders, source &* targets &+ target, by: rise, &generator)
            }
        }
        self.generator = generator
    }

    private static func check(
        _ spikes: [ChannelSpikes], below count: Int, _ side: String
    ) throws(SpikelineError) {
        var next = 0
        for spike in spikes {
            guard Int(spike.channel) >= next, Int(spike.channel) < count else {
                throw SpikelineError(
                    "expected ascending \(side) channels below \(count), found channel \(spike.channel)",
                    at: "plastic synapses")
            }
            next = Int(spike.channel) + 1
        }
    }
}
