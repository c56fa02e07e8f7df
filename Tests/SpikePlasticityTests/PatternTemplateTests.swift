import SpikeSignals
import Testing

@testable import SpikePlasticity

@Suite("A template that finds a pattern") struct PatternTemplateTests {
    static func trains(jitter: Int = 1_000, involved: Int = 50, seed: UInt64 = 3) throws -> PatternInNoise {
        var settings = PatternInNoise.Settings()
        (settings.neurons, settings.involved, settings.sections) = (100, involved, 100)
        settings.jitterMicroseconds = jitter
        return try PatternInNoise(settings, seed: seed)
    }

    @Test("scores are counts of coincidences, spike by spike", arguments: [0, 1_000, 5_000]) func scores(jitter: Int)
        throws
    {
        let trains = try Self.trains(jitter: jitter)
        let found = PatternTemplate(of: trains).find(in: trains)
        let all = Set(trains.spikes(in: 0..<5_000))
        #expect(all.count == trains.raster.count && found.scores.count == 4_951)
        for tick in stride(from: 0, to: 4_951, by: 97) {
            var pairs = Set<PatternInNoise.PatternSpike>()
            for spike in trains.pattern {
                for shift in -1...1 where (0..<50).contains(spike.tick + shift) {
                    pairs.insert(.init(tick: spike.tick + shift, neuron: spike.neuron))
                }
            }
            let expected = pairs.filter { all.contains(.init(tick: tick + $0.tick, neuron: $0.neuron)) }.count
            #expect(found.scores[tick] == expected)
        }
    }

    @Test("without jitter the whole pattern coincides, wherever it was pasted") func exact() throws {
        let trains = try Self.trains(jitter: 0)
        let found = PatternTemplate(of: trains).find(in: trains)
        for section in trains.patternSections { #expect(found.scores[section * 50] >= trains.pattern.count) }
        #expect(found.hits == trains.patternSections.count && found.falseAlarms == 0)
        #expect(trains.pattern.allSatisfy { (0..<50).contains($0.tick) && (0..<50).contains($0.neuron) })
    }

    @Test("other trains do not show it") func others() throws {
        let found = PatternTemplate(of: try Self.trains()).find(in: try Self.trains(seed: 4))
        #expect(found.hits == 0 && found.falseAlarms == 0 && found.meanInPattern < found.threshold)
    }

    @Test("too weak a pattern is missed or seen everywhere") func weak() throws {
        let trains = try Self.trains(jitter: 10_000, involved: 1)
        let found = PatternTemplate(of: trains).find(in: trains)
        #expect(found.hits < trains.patternSections.count || found.falseAlarms > 10)
    }
}
