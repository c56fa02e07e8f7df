import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The watchdog of event cameras") struct EventWatchdogTests {
    /// An event: sensor time in microseconds, column and row.
    private struct Event: Hashable {
        var time: Int64
        var x: Int
        var y: Int
    }

    private static let side = 64
    /// The sensor time at which streams begin.
    private static let start: Int64 = 5_000_000

    /// Events all over a sensor of 64 x 64, 5,000 a second, without those that `isLost` takes out.
    private static func scene(
        seconds: Double, seed: UInt64 = 1, isLost: (Double, Int, Int) -> Bool = { _, _, _ in false }
    ) -> [Event] {
        var dice = Dice(state: seed)
        return stride(from: Int64(0), to: Int64(seconds * 1e6), by: 200).compactMap { time in
            let (x, y) = (dice.pick(0...side - 1), dice.pick(0...side - 1))
            return isLost(Double(time) / 1e6, x, y) ? nil : Event(time: start + time, x: x, y: y)
        }
    }

    /// What is reported of the events, in batches of at most `most` events; with `idles`, time is told in between.
    private static func faults(
        _ events: [Event], most: Int = 1_000, seed: UInt64 = 1, idles: Bool = false, size: Int = side,
        rules: EventWatchdog.Rules = EventWatchdog.Rules(), upTo: Double? = nil
    ) throws -> [SensorFaultRecord] {
        let dog = EventWatchdog(rules, context: StageContext(pipeline: "yard", stage: "dog", folder: ""))
        var dice = Dice(state: seed)
        let (input, output) = (EventBatch(), RecordBatch())
        (input.width, input.height, input.startTime) = (size, size, start)
        var next = 0
        while next < events.count {
            input.removeAll()
            let end = min(events.count, next + dice.pick(1...most))
            while next < end {
                let event = events[next]
                guard input.append(time: event.time, x: UInt16(event.x), y: UInt16(event.y), isOn: true) else { break }
                next += 1
            }
            input.upTo = StreamTime(nanoseconds: (events[next - 1].time - start) * 1_000)
            try dog.process(input, into: output)
            guard idles, next < events.count, events[next].time > events[next - 1].time else { continue }
            input.removeAll()
            let room = events[next].time - events[next - 1].time
            var told = events[next - 1].time
            while room < 100_000_000, told < events[next].time, dice.pick(0...3) > 0 {
                told = min(events[next].time, told + Int64(dice.pick(1...max(Int(min(room, 400_000)), 1))))
                input.upTo = StreamTime(nanoseconds: (told - start) * 1_000)
                try dog.process(input, into: output)
            }
        }
        if let upTo {
            input.removeAll()
            input.upTo = StreamTime(nanoseconds: Int64(upTo * 1e9))
            try dog.process(input, into: output)
        }
        return output.records.faults
    }

    @Test("a clean scene has no fault, nor has one that is dim somewhere") func clean() throws {
        #expect(try Self.faults(Self.scene(seconds: 30)).isEmpty)
        // A corner in which something comes only every two seconds is not called dead.
        let dim = Self.scene(seconds: 40) { time, x, y in
            x < 16 && y < 16 && time.truncatingRemainder(dividingBy: 2) > 0.1
        }
        #expect(try Self.faults(dim).isEmpty)
    }

    @Test("no event at all is a stall, told when it lasts long enough and not again before it was over")
    func stalled() throws {
        let scene = Self.scene(seconds: 60) { time, _, _ in (10..<14).contains(time) || (30..<33).contains(time) }
        let faults = try Self.faults(scene)
        #expect(faults.map(\.fault) == ["stalled", "stalled"])
        #expect(faults.map(\.place) == ["the whole sensor", "the whole sensor"])
        #expect(abs(faults[0].at.seconds - 11.5) < 0.01 && abs(faults[1].at.seconds - 31.5) < 0.01)
        // Within the quiet time it is the same fault; shorter silences are none.
        let again = Self.scene(seconds: 30) { time, _, _ in (10..<12).contains(time) || (15..<17).contains(time) }
        #expect(try Self.faults(again).count == 1)
        #expect(try Self.faults(Self.scene(seconds: 30) { time, _, _ in (10..<11.4).contains(time) }).isEmpty)
    }

    @Test("a stall is told while it goes on, by the time that the source tells") func stalledLive() throws {
        let scene = Self.scene(seconds: 10)
        #expect(try Self.faults(scene, upTo: 11.3).isEmpty)
        let faults = try Self.faults(scene, upTo: 11.6)
        #expect(faults.map(\.fault) == ["stalled"] && abs(faults[0].at.seconds - 11.5) < 0.01)
    }

    @Test("a quadrant that falls silent is dead, and its tiles are not told too", arguments: 0..<4)
    func quadrant(index: Int) throws {
        let (left, top) = (index % 2 * 32, index / 2 * 32)
        let scene = Self.scene(seconds: 25) { time, x, y in
            time >= 10 && (left..<left + 32).contains(x) && (top..<top + 32).contains(y)
        }
        let faults = try Self.faults(scene)
        #expect(faults.map(\.fault) == ["dead"])
        #expect(faults.first?.place == "pixels \(left) to \(left + 31), \(top) to \(top + 31)")
        #expect((10.8...11.3).contains(faults.first?.at.seconds ?? 0))
    }

    @Test("a quadrant speaks for its tiles though they fell silent one after the other", arguments: 0..<20)
    func quadrantOfFewEvents(seed: Int) throws {
        let death = 10 + 0.013 * Double(seed)
        // Every tenth event only: some 30 a second for each tile.
        var index = 0
        let scene = Self.scene(seconds: 25, seed: UInt64(seed)) { time, x, y in
            index += 1
            return index % 10 != 0 || (time >= death && x >= 32 && y < 32)
        }
        #expect(try Self.faults(scene).map(\.place) == ["pixels 32 to 63, 0 to 31"])
    }

    @Test("a tile that falls silent is dead, once, and again when it died anew much later", arguments: [0, 6, 15])
    func tile(index: Int) throws {
        let (left, top) = (index % 4 * 16, index / 4 * 16)
        let scene = Self.scene(seconds: 60) { time, x, y in
            let isDead = (10..<14).contains(time) || (16..<18).contains(time) || time > 45
            return isDead && (left..<left + 16).contains(x) && (top..<top + 16).contains(y)
        }
        let faults = try Self.faults(scene)
        #expect(faults.map(\.fault) == ["dead", "dead"])
        #expect(faults.allSatisfy { $0.place == "pixels \(left) to \(left + 15), \(top) to \(top + 15)" })
        #expect((45...55).contains(faults.last?.at.seconds ?? 0), "\(faults)")
    }

    @Test("sensors whose sides are no multiples of four have whole tiles") func oddSides() throws {
        var dice = Dice(state: 3)
        let events = stride(from: Int64(0), to: 20_000_000, by: 200).compactMap { time -> Event? in
            let (x, y) = (dice.pick(0...12), dice.pick(0...12))
            return time > 10_000_000 && x * 4 / 13 == 3 && y * 4 / 13 == 1
                ? nil : Event(time: Self.start + time, x: x, y: y)
        }
        #expect(try Self.faults(events, size: 13).map(\.place) == ["pixels 10 to 12, 4 to 6"])
    }

    @Test("a pixel that fires alone is hot, one with active neighbours is not") func hot() throws {
        var events = Self.scene(seconds: 40)
        for time in stride(from: Int64(5_000_000), to: 12_000_000, by: 4_000) {
            events.append(Event(time: Self.start + time, x: 20, y: 30))
            // A flickering patch of 3 x 3.
            for index in 0..<9 { events.append(Event(time: Self.start + time, x: 40 + index % 3, y: 8 + index / 3)) }
        }
        for time in stride(from: Int64(30_000_000), to: 36_000_000, by: 4_000) {
            events.append(Event(time: Self.start + time, x: 20, y: 30))
        }
        // One second alone is no fault.
        for time in stride(from: Int64(20_000_000), to: 21_000_000, by: 4_000) {
            events.append(Event(time: Self.start + time, x: 0, y: 0))
        }
        events.sort { $0.time < $1.time }
        let faults = try Self.faults(events)
        #expect(faults.map(\.fault) == ["hot", "hot"])
        #expect(faults.map(\.place) == ["pixel 20, 30", "pixel 20, 30"])
        #expect((7...8.1).contains(faults[0].at.seconds) && (32...33.1).contains(faults[1].at.seconds))
        var rules = EventWatchdog.Rules()
        rules.hotEventsPerSecond = 400
        #expect(try Self.faults(events, rules: rules).isEmpty)
    }

    @Test("time that steps back or leaps is a jump of the clock, a millisecond of disorder is not")
    func clockJump() throws {
        var events = Self.scene(seconds: 40)
        for index in events.indices where events[index].time > Self.start + 10_000_000 {
            events[index].time -= 2_000_000
        }
        for index in events.indices where index % 100 == 7 { events[index].time -= 900 }
        let back = try Self.faults(events)
        #expect(back.map(\.fault) == ["clock_jump"])
        #expect(back.first?.place.hasPrefix("time of the sensor, by -") == true)
        var leap = Self.scene(seconds: 40)
        for index in leap.indices where leap[index].time > Self.start + 20_000_000 { leap[index].time += 100_000_000 }
        let ahead = try Self.faults(leap)
        #expect(ahead.map(\.fault) == ["clock_jump"] && ahead.first?.place == "time of the sensor, by 100.000 s")
        #expect(ahead.first.map { abs($0.at.seconds - 120) < 0.01 } == true)
    }

    @Test("a header that claims a huge sensor takes no memory for its pixels") func hugeSensor() throws {
        let dog = EventWatchdog(context: StageContext(pipeline: "p", stage: "s", folder: ""))
        let (input, output) = (EventBatch(), RecordBatch())
        (input.width, input.height) = (EventWatchdog.longestSide, EventWatchdog.longestSide)
        #expect(input.append(time: 0, x: 32_767, y: 32_767, isOn: true))
        #expect(input.append(time: 2_000_000, x: 0, y: 0, isOn: true))
        let before = try Self.residentKilobytes()
        try dog.process(input, into: output)
        #expect(try Self.residentKilobytes() - before < 200_000)
        #expect(output.records.faults.map(\.fault) == ["stalled"])
    }

    /// What the process holds in memory.
    private static func residentKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return Int(line.split(separator: " ").dropFirst().first { Int($0) != nil } ?? "0") ?? 0
    }

    @Test("times at the ends of their range, places outside the sensor and a sensor of no size do no harm")
    func extremes() throws {
        let dog = EventWatchdog(context: StageContext(pipeline: "p", stage: "s", folder: ""))
        let (input, output) = (EventBatch(), RecordBatch())
        for (time, start) in [(Int64.max, Int64.min), (.min, .max), (0, 0), (.max, 0), (1 << 53, -(1 << 53))] {
            for size in [0, 40_000, 8] {
                input.removeAll()
                (input.width, input.height, input.startTime) = (size, size, start)
                #expect(input.append(time: time, x: 65_535, y: 0, isOn: true))
                #expect(input.append(time: time, x: 3, y: 3, isOn: true))
                for upTo in [StreamTime.zero, .end, StreamTime(nanoseconds: .max - 1), StreamTime(nanoseconds: .min)] {
                    input.upTo = upTo
                    try dog.process(input, into: output)
                }
            }
        }
        #expect(output.records.faults.allSatisfy { $0.at >= .zero })
    }

    @Test("any cutting into batches, with or without idle times, gives the same records", arguments: 0..<12)
    func cuts(seed: Int) throws {
        var events = Self.scene(seconds: 60, seed: UInt64(seed)) { time, x, y in
            switch time {
            case 8..<12: x < 32 && y >= 32
            case 14..<17, 17.2..<17.9: true
            case 25..<30: x >= 48 && y < 16
            case 37..<39: true
            default: false
            }
        }
        for time in stride(from: Int64(18_000_000), to: 37_000_000, by: 4_000) {
            events.append(Event(time: Self.start + time, x: 20, y: 30))
        }
        events.sort { $0.time < $1.time }
        for index in events.indices where events[index].time > Self.start + 50_000_000 {
            events[index].time -= 5_000_000
        }
        let whole = try Self.faults(events, most: 16_000)
        let most = [1, 3, 50, 700][seed % 4]
        for idles in [false, true] {
            let cut = try Self.faults(events, most: most, seed: UInt64(seed), idles: idles)
            #expect(
                cut == whole,
                "\(cut.map { "\($0.fault) \($0.at.seconds)" }) \(whole.map { "\($0.fault) \($0.at.seconds)" })")
        }
        #expect(Set(whole.map(\.fault)) == ["dead", "stalled", "hot", "clock_jump"])
    }

    @Test("the stage is made with its options") func descriptor() throws {
        let options = Options([
            "stalled_after_ms": .integer(100), "learn_s": .number(2), "hot_events_per_s": .integer(50),
            "quiet_s": .number(0),
        ])
        let context = StageContext(pipeline: "p", stage: "s", folder: "")
        guard case .transform(let stage) = try EventWatchdog.descriptor.make(options, context) else {
            Issue.record("not a transform")
            return
        }
        let (input, output) = (EventBatch(), RecordBatch())
        (input.width, input.height) = (8, 8)
        _ = input.append(time: 0, x: 0, y: 0, isOn: true)
        _ = input.append(time: 150_000, x: 0, y: 0, isOn: true)
        _ = input.append(time: 300_000, x: 0, y: 0, isOn: true)
        try stage.process(input, output)
        #expect(output.records.faults.map(\.at.seconds) == [0.1, 0.25])
        #expect(EventWatchdog.descriptor.options.allSatisfy { $0.complaint(about: .integer(-1)) != nil })
    }
}
