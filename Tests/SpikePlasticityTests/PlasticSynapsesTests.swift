import SpikePlasticity
import SpikeSignals
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite("Plastic synapses")
struct PlasticSynapsesTests {
    /// One synapse and the spikes on its two sides.
    struct Pairs {
        var presynaptic: [Int]
        var postsynaptic: [Int]
    }

    /// The rule written down as sums over explicit spikes, in floating point and without traces.
    static func twin(_ rule: STDPRule, _ spikes: Pairs, weight: Double) -> Double {
        func trace(_ times: [Int], before tick: Int, same: Bool, tau: Double, nearest: Bool) -> Double {
            let earlier = times.filter { same ? $0 <= tick : $0 < tick }
            let counted = nearest ? Array(earlier.suffix(1)) : earlier
            return counted.reduce(0) { $0 + exp(-Double(tick - $1) / tau) }
        }
        let nearest = rule.pairing != .allToAll
        let (low, high) = (Double(rule.minimum), Double(rule.maximum))
        var w = weight
        func change(_ amount: Double) {
            let share = rule.bounds == .hard ? 1 : (amount > 0 ? high - w : w - low) / (high - low)
            w = min(max(w + amount * share, low), high)
        }
        for tick in 0...((spikes.presynaptic + spikes.postsynaptic).max() ?? 0) {
            if spikes.presynaptic.contains(tick) {
                var posts = spikes.postsynaptic
                if rule.pairing == .nearestToPostsynaptic {
                    let last = spikes.presynaptic.last { $0 < tick } ?? -1
                    posts = posts.filter { $0 >= last }
                }
                if rule.pairing == .reducedSymmetric {
                    let last = spikes.presynaptic.last { $0 < tick } ?? -1
                    posts = posts.last { $0 < tick }.map { $0 >= last ? [$0] : [] } ?? []
                }
                let o1 = trace(
                    posts, before: tick, same: false, tau: rule.depressionTicks, nearest: rule.pairing == .nearest)
                let r2 = trace(
                    spikes.presynaptic, before: tick, same: false, tau: rule.tripletDepressionTicks, nearest: nearest)
                change(-o1 * (rule.depression + rule.tripletDepression * r2))
            }
            if spikes.postsynaptic.contains(tick) {
                var before = spikes.presynaptic
                if rule.pairing == .reducedSymmetric {
                    let last = spikes.postsynaptic.last { $0 < tick } ?? -1
                    before = before.filter { $0 > last }
                }
                let r1 = trace(
                    before, before: tick, same: true, tau: rule.potentiationTicks, nearest: nearest)
                let o2 = trace(
                    spikes.postsynaptic, before: tick, same: false, tau: rule.tripletPotentiationTicks,
                    nearest: nearest)
                change(r1 * (rule.potentiation + rule.tripletPotentiation * o2))
            }
        }
        return w
    }

    /// The mean weight of many synapses that all see the same spikes.
    static func mean(_ rule: STDPRule, _ spikes: Pairs, weight: Int8, synapses count: Int, seed: UInt64) throws
        -> Double
    {
        let synapses = try PlasticSynapses(
            sources: count, targets: 1, weights: [Int8](repeating: weight, count: count), rule: rule, seed: seed)
        let all = (0..<count).map { ChannelSpikes(channel: UInt16($0), count: 1) }
        for tick in 0...((spikes.presynaptic + spikes.postsynaptic).max() ?? 0) {
            try synapses.learn(
                presynaptic: spikes.presynaptic.contains(tick) ? all : [],
                postsynaptic: spikes.postsynaptic.contains(tick) ? [ChannelSpikes(channel: 0, count: 1)] : [])
        }
        return synapses.weights.reduce(0) { $0 + Double($1) } / Double(count)
    }

    static func rule(_ pairing: STDPRule.Pairing, isTriplet: Bool, _ bounds: STDPRule.Bounds) -> STDPRule {
        var rule = STDPRule(potentiation: 0.62, depression: 0.27, potentiationTicks: 16.8, depressionTicks: 33.7)
        if isTriplet {
            rule.tripletPotentiation = 0.4
            rule.tripletDepression = 0.15
        }
        rule.pairing = pairing
        rule.bounds = bounds
        return rule
    }

    @Test(
        "agree with sums over explicit spikes in floating point",
        arguments: STDPRule.Pairing.allCases, [false, true])
    func twin(pairing: STDPRule.Pairing, isTriplet: Bool) throws {
        var largest = 0.0
        for bounds in STDPRule.Bounds.allCases {
            for seed in 1...4 as ClosedRange<UInt64> {
                var generator = SeededGenerator(seed, 7)
                func train() -> [Int] { (0..<150).filter { _ in generator.chance(0.08) } }
                let spikes = Pairs(presynaptic: train(), postsynaptic: train())
                let rule = Self.rule(pairing, isTriplet: isTriplet, bounds)
                let expected = Self.twin(rule, spikes, weight: 60)
                let found = try Self.mean(rule, spikes, weight: 60, synapses: 4_000, seed: seed)
                // A random rounding has a standard deviation of at most a half; at most 30 of them, and 4,000 synapses.
                #expect(abs(found - expected) < 0.17, "\(pairing) \(bounds) \(seed): \(found) and not \(expected)")
                largest = max(largest, abs(expected - 60))
            }
        }
        #expect(largest > 0.5, "too little was learned to compare")
    }

    @Test(
        "carry what is less than a unit: every synapse is the nearest whole number to the sum of its changes",
        arguments: STDPRule.Pairing.allCases, STDPRule.Bounds.allCases)
    func carried(pairing: STDPRule.Pairing, bounds: STDPRule.Bounds) throws {
        var differ = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed, 8)
            func train() -> [Int] { (0..<150).filter { _ in generator.chance(0.1) } }
            let spikes = Pairs(presynaptic: train(), postsynaptic: train())
            var rule = Self.rule(pairing, isTriplet: seed % 2 == 0, bounds)
            rule.rounding = .carried
            // Three synapses of the same spikes are one weight: nothing is left to chance. At last the upper bound is reached.
            if seed > 15 { rule.potentiation = 12 }
            let expected = Self.twin(rule, spikes, weight: 60)
            let found = try Self.mean(rule, spikes, weight: 60, synapses: 3, seed: seed)
            // Traces and changes are rounded to 1/65,536.
            #expect(abs(found - expected) < 0.5 + 0.01, "\(pairing) \(bounds) \(seed): \(found) and not \(expected)")
            #expect(found == found.rounded() && found <= 127)
            if try Self.mean(rule, spikes, weight: 60, synapses: 3, seed: seed + 100) != found { differ += 1 }
        }
        #expect(differ == 0)
    }

    @Test("what is carried is kept for every synapse alone, and at a bound nothing is")
    func carriedApart() throws {
        var rule = STDPRule(potentiation: 0.3, depression: 0, potentiationTicks: 1e4, depressionTicks: 1e4)
        (rule.rounding, rule.pairing, rule.maximum) = (.carried, .nearest, 10)
        let post = [ChannelSpikes(channel: 0, count: 1)]
        let slow = try PlasticSynapses(sources: 2, targets: 1, weights: [5, 9], rule: rule, seed: 1)
        var course: [Int8] = []
        for _ in 0..<6 {
            try slow.learn(presynaptic: [ChannelSpikes(channel: 0, count: 1)], postsynaptic: post)
            course.append(slow.weights[0])
        }
        // 5.3, 5.6, 5.9, 6.2, 6.5, 6.8; the other one has had no spike.
        #expect(course == [5, 6, 6, 6, 7, 7] && slow.weights[1] == 9)
        // From 9 by 3 to the bound, and from there by 0.4 and 0.4 down: 9.6 and 9.2.
        (rule.potentiation, rule.depression) = (3, 0.4)
        let fast = try PlasticSynapses(sources: 1, targets: 1, weights: [9], rule: rule, seed: 1)
        try fast.learn(presynaptic: [ChannelSpikes(channel: 0, count: 1)], postsynaptic: post)
        #expect(fast.weights == [10])
        for expected in [10, 9] as [Int8] {
            try fast.learn(presynaptic: [ChannelSpikes(channel: 0, count: 1)], postsynaptic: [])
            #expect(fast.weights == [expected])
        }
    }

    @Test("strengthen what comes before and weaken what comes after, by the published exponentials")
    func window() throws {
        let rule = STDPRule(potentiation: 20, depression: 10, potentiationTicks: 16.8, depressionTicks: 33.7)
        let before = try Self.mean(
            rule, Pairs(presynaptic: [5], postsynaptic: [15]), weight: 60, synapses: 10_000, seed: 1)
        let after = try Self.mean(
            rule, Pairs(presynaptic: [15], postsynaptic: [5]), weight: 60, synapses: 10_000, seed: 1)
        #expect(abs(before - (60 + 20 * exp(-10 / 16.8))) < 0.02)
        #expect(abs(after - (60 - 10 * exp(-10 / 33.7))) < 0.02)
    }

    @Test("the triplet rule depends on the frequency as slices of visual cortex do")
    func frequency() throws {
        // Sjöström, Turrigiano and Nelson (2001): pre 10 ms before post does nothing at 0.1 Hz and strengthens at 50 Hz.
        func pairs(every ticks: Int) -> Pairs {
            let times = (0..<8).map { $0 * ticks }
            return Pairs(presynaptic: times, postsynaptic: times.map { $0 + 10 })
        }
        let rule = STDPRule.visualCortex(unit: 100)
        let slow = try Self.mean(rule, pairs(every: 2_000), weight: 60, synapses: 10_000, seed: 1)
        let fast = try Self.mean(rule, pairs(every: 20), weight: 60, synapses: 10_000, seed: 1)
        #expect(abs(slow - 60) < 0.05)
        #expect(fast > 62)
    }

    @Test("keep to the bounds", arguments: STDPRule.Bounds.allCases)
    func bounds(_ bounds: STDPRule.Bounds) throws {
        var rule = STDPRule(potentiation: 255, depression: 255, potentiationTicks: 50, depressionTicks: 50)
        rule.minimum = -20
        rule.maximum = 30
        rule.bounds = bounds
        rule.tripletPotentiation = 255
        rule.tripletDepression = 255
        let synapses = try PlasticSynapses(
            sources: 3, targets: 2, weights: [-20, 30, 0, 1, 2, 3], rule: rule, seed: 3)
        var generator = SeededGenerator(9)
        func spikes(below count: Int) -> [ChannelSpikes] {
            (0..<count).filter { _ in generator.chance(0.5) }.map {
                ChannelSpikes(channel: UInt16($0), count: UInt16(1 + generator.index(below: 65_535)))
            }
        }
        for _ in 0..<2_000 {
            try synapses.learn(presynaptic: spikes(below: 3), postsynaptic: spikes(below: 2))
            #expect(synapses.weights.allSatisfy { (-20...30).contains($0) })
        }
    }

    @Test("the same spikes and seed give the same weights; another seed does not")
    func seeds() throws {
        func learn(_ seed: UInt64) throws -> [Int8] {
            let synapses = try PlasticSynapses(
                sources: 50, targets: 4, weights: [Int8](repeating: 40, count: 200),
                rule: Self.rule(.allToAll, isTriplet: true, .hard), seed: seed)
            var generator = SeededGenerator(5)
            for _ in 0..<400 {
                try synapses.learn(
                    presynaptic: (0..<50).filter { _ in generator.chance(0.1) }.map {
                        ChannelSpikes(channel: UInt16($0), count: 1)
                    },
                    postsynaptic: (0..<4).filter { _ in generator.chance(0.1) }.map {
                        ChannelSpikes(channel: UInt16($0), count: 1)
                    })
            }
            return synapses.weights
        }
        #expect(try learn(1) == learn(1))
        #expect(try learn(1) != learn(2))
    }

    @Test("a silent side changes nothing")
    func silence() throws {
        let rule = Self.rule(.allToAll, isTriplet: true, .hard)
        let only = try Self.mean(
            rule, Pairs(presynaptic: [1, 4, 9], postsynaptic: []), weight: 60, synapses: 10, seed: 1)
        let other = try Self.mean(
            rule, Pairs(presynaptic: [], postsynaptic: [1, 4, 9]), weight: 60, synapses: 10, seed: 1)
        #expect(only == 60 && other == 60)
    }

    @Test("refuse what does not fit")
    func refusals() throws {
        let good = Self.rule(.nearest, isTriplet: true, .hard)
        func make(_ rule: STDPRule, sources: Int = 2, weights: [Int8] = [0, 0]) throws -> PlasticSynapses {
            try PlasticSynapses(sources: sources, targets: 1, weights: weights, rule: rule, seed: 1)
        }
        func changed(_ change: (inout STDPRule) -> Void) -> STDPRule {
            var rule = good
            change(&rule)
            return rule
        }
        for rule in [
            changed { $0.potentiation = -1 }, changed { $0.depression = .nan }, changed { $0.tripletDepression = 256 },
            changed { $0.tripletPotentiation = .infinity }, changed { $0.potentiationTicks = 0 },
            changed { $0.depressionTicks = .nan }, changed { $0.tripletPotentiationTicks = 10_001 },
            changed { $0.tripletDepressionTicks = -.infinity }, changed { $0.minimum = 127 },
        ] {
            #expect(throws: SpikelineError.self) { try make(rule) }
        }
        #expect(throws: SpikelineError.self) { try make(good, sources: 0) }
        #expect(throws: SpikelineError.self) { try make(good, weights: [0]) }
        #expect(throws: SpikelineError.self) { try make(good, weights: [0, -1]) }
        let synapses = try make(good)
        for channels in [[2], [0, 0], [1, 0]] as [[UInt16]] {
            #expect(throws: SpikelineError.self) {
                try synapses.learn(
                    presynaptic: channels.map { ChannelSpikes(channel: $0, count: 1) }, postsynaptic: [])
            }
        }
        #expect(throws: SpikelineError.self) {
            try synapses.learn(presynaptic: [], postsynaptic: [ChannelSpikes(channel: 1, count: 1)])
        }
        #expect(synapses.ticks == 0)
    }
}
