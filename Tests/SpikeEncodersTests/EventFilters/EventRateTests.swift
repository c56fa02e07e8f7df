import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("Filters that lower the rate of events") struct EventRateTests {
    @Test("refractory: the two kinds of dead time differ under a steady fire") func deadTimes() throws {
        let fire = Scene.stream((0..<100).map { SeenEvent(time: $0 * 300, x: 7, y: 7, isOn: $0 % 2 == 0) })
        // Every fourth passes at 1,200 us; if all restart the dead time, only the first.
        #expect(try run("refractory", ["dead_time_us": .integer(1_000)], fire).count == 25)
        #expect(
            try run("refractory", ["dead_time_us": .integer(1_000), "restart": .string("any")], fire).count == 1)
    }

    @Test("rate limit: of a steady rate the budget passes, spread over the window") func limit() throws {
        let steady = Scene.stream((0..<100_000).map { SeenEvent(time: $0, x: 1, y: 1, isOn: true) })
        let passed = try run("rate_limit", ["max_events_per_s": .integer(100_000)], steady)
        #expect(passed.count == 100 * 100)
        let gaps = zip(passed.dropFirst(200), passed.dropFirst(199)).map { $0.time - $1.time }
        #expect(gaps.allSatisfy { $0 == 10 })
        let first = try run(
            "rate_limit", ["max_events_per_s": .integer(100_000), "drop": .string("rest")], steady)
        #expect(first.allSatisfy { $0.time % 1_000 < 100 })
        #expect(first.count == 100 * 100)
    }

    @Test("rate limit: less than the budget passes whole, and no window gives more than its budget") func bursts()
        throws
    {
        var dice = Dice(state: 5)
        var times: [Int64] = []
        for window in 0..<50 {
            for _ in 0..<dice.pick(0...400) { times.append(Int64(window * 1_000 + dice.pick(0...999))) }
        }
        let bursts = Scene.stream(times.map { SeenEvent(time: $0, x: 1, y: 1, isOn: true) })
        let start = bursts.events[0].time
        let came = Dictionary(grouping: bursts.events) { ($0.time - start) / 1_000 }.mapValues(\.count)
        for drop in ["rest", "evenly"] {
            let passed = try run(
                "rate_limit", ["max_events_per_s": .integer(200_000), "drop": .string(drop)], bursts)
            let counts = Dictionary(grouping: passed) { ($0.time - start) / 1_000 }.mapValues(\.count)
            #expect(counts.values.allSatisfy { $0 <= 200 })
            if drop == "rest" { #expect(counts == came.mapValues { min($0, 200) }) }
        }
        let calm = try run("rate_limit", ["max_events_per_s": .integer(401_000)], bursts)
        #expect(calm == bursts.events)
    }
}
