import SpikeSignals
import Testing

@testable import SpikePlasticity

@Suite("A pattern in noise")
struct PatternTests {
    static func small() -> PatternInNoise.Settings {
        var settings = PatternInNoise.Settings()
        settings.neurons = 200
        settings.involved = 100
        settings.sections = 200
        return settings
    }

    @Test("repeats for the neurons involved, a quarter of the time, and no two in a row")
    func sections() throws {
        var settings = Self.small()
        settings.jitterMicroseconds = 0
        settings.spontaneousHertz = 0
        let trains = try PatternInNoise(settings, seed: 4)
        #expect(trains.patternSections.count == 50)
        #expect(zip(trains.patternSections, trains.patternSections.dropFirst()).allSatisfy { $1 - $0 >= 2 })
        func spikes(_ section: Int, _ neurons: Range<Int>) -> [Bool] {
            (0..<50).flatMap { tick in neurons.map { trains.raster[section * 50 + tick, $0] } }
        }
        let first = trains.patternSections[0]
        #expect(trains.patternSections.allSatisfy { spikes($0, 0..<100) == spikes(first, 0..<100) })
        #expect(spikes(trains.patternSections[1], 100..<200) != spikes(first, 100..<200))
        #expect(spikes(first + 1, 0..<100) != spikes(first, 0..<100))
        // Each neuron fires at least once in 50 ms.
        for neuron in 0..<100 { #expect((0..<50).contains { trains.raster[first * 50 + $0, neuron] }) }
    }

    @Test("has the published mean rate of 64 Hz, in the pattern and outside")
    func rate() throws {
        let trains = try PatternInNoise(Self.small(), seed: 2)
        #expect((61...67).contains(trains.meanHertz))
        let isPattern = Set(trains.patternSections)
        var counts = (inside: 0, outside: 0)
        for section in 0..<200 {
            for tick in 0..<50 {
                for neuron in 0..<100 where trains.raster[section * 50 + tick, neuron] {
                    if isPattern.contains(section) { counts.inside += 1 } else { counts.outside += 1 }
                }
            }
        }
        let ratio = Double(counts.inside) / 50 / (Double(counts.outside) / 150)
        #expect((0.9...1.1).contains(ratio), "\(ratio)")
    }

    @Test("the population fires as evenly at the beginning as later")
    func evenness() throws {
        var settings = PatternInNoise.Settings()
        settings.sections = 40
        let trains = try PatternInNoise(settings, seed: 1)
        let counts = (0..<trains.raster.ticks).map { tick in (1_000..<2_000).filter { trains.raster[tick, $0] }.count }
        // 1,000 neurons at 63 Hz: a standard deviation of 7.7 around 63.
        #expect(counts.allSatisfy { (25...101).contains($0) }, "\(counts.min() ?? 0) to \(counts.max() ?? 0)")
    }

    @Test("jitter moves spikes by its standard deviation")
    func jitter() throws {
        var settings = Self.small()
        settings.spontaneousHertz = 0
        settings.jitterMicroseconds = 0
        let exact = try PatternInNoise(settings, seed: 4)
        settings.jitterMicroseconds = 1_000
        let moved = try PatternInNoise(settings, seed: 4)
        #expect(exact.patternSections == moved.patternSections)
        let first = exact.patternSections[0]
        var (same, all) = (0, 0)
        for tick in 5..<45 {
            for neuron in 0..<100 where exact.raster[first * 50 + tick, neuron] {
                all += 1
                if moved.raster[first * 50 + tick, neuron] { same += 1 }
            }
        }
        // A normal variable of variance 1 rounds to 0 in 38.3 % of the cases; other spikes hit the place in 6 %.
        #expect((0.3...0.56).contains(Double(same) / Double(all)), "\(same) of \(all)")
    }

    @Test("the spontaneous rate is what was asked for, in every neuron's bit and no other")
    func spontaneous() throws {
        var settings = Self.small()
        settings.neurons = 100
        settings.involved = 1
        settings.sections = 2_000
        settings.spontaneousHertz = 0
        let without = try PatternInNoise(settings, seed: 8).meanHertz
        settings.spontaneousHertz = 100
        let with = try PatternInNoise(settings, seed: 8)
        // A spontaneous spike is lost where there is one already.
        #expect(abs(with.meanHertz - without - 100 * (1 - without / 1_000)) < 1)
        var spikes: [ChannelSpikes] = []
        for tick in 0..<1_000 {
            with.raster.read(tick, into: &spikes)
            #expect(spikes.allSatisfy { $0.channel < 100 })
            #expect(spikes.count == (0..<100).filter { with.raster[tick, $0] }.count)
        }
    }

    @Test("refuses settings out of range")
    func refusals() {
        func changed(_ change: (inout PatternInNoise.Settings) -> Void) -> PatternInNoise.Settings {
            var settings = PatternInNoise.Settings()
            change(&settings)
            return settings
        }
        for settings in [
            changed { $0.neurons = 63 }, changed { $0.involved = 2_001 }, changed { $0.sections = Int.max },
            changed { $0.patternPercent = 34 }, changed { $0.jitterMicroseconds = -1 },
            changed { $0.spontaneousHertz = 101 },
            changed {
                $0.neurons = 10_000
                $0.sections = 3_001
            },
        ] {
            #expect(throws: SpikelineError.self) { try PatternInNoise(settings, seed: 1) }
        }
        var experiment = PatternExperiment.Settings()
        experiment.passes = 0
        let settings = experiment
        #expect(throws: SpikelineError.self) { try PatternExperiment(settings).run(seed: 1) }
    }

    @Test("one neuron finds it, from ignorance; the same seed gives the same spikes", .timeLimit(.minutes(3)))
    func experiment() throws {
        let one = try PatternExperiment().run(seed: 1)
        #expect(one.isSuccess, "\(one.hits) of \(one.patterns), \(one.falseAlarms) false, \(one.meanLatency ?? -1) ms")
        // It fired all the time at first, whatever came.
        let first = one.spikes.filter { $0.tick < 1_000 }
        #expect(first.count > 40 && first.filter { $0.latency == nil }.count > 20)
        // It listens to the neurons of the pattern, and to no others.
        #expect(one.weights[..<1_000].filter { $0 > 63 }.count > 150)
        #expect(one.weights[1_000...].filter { $0 > 63 }.count < 30)
        var short = PatternExperiment.Settings()
        short.trains.sections = 100
        let settings = short
        let two = try PatternExperiment(settings).run(seed: 3)
        let three = try PatternExperiment(settings).run(seed: 3)
        #expect(two.spikes == three.spikes && two.weights == three.weights)
    }

    @Test("without a pattern to find, the neuron does not pretend to")
    func noise() throws {
        var settings = PatternExperiment.Settings()
        settings.trains.sections = 600
        settings.trains.involved = 1
        let outcome = try PatternExperiment(settings).run(seed: 1)
        #expect(!outcome.isSuccess)
    }
}
