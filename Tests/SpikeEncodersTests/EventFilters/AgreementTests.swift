import SpikeSignals
import SpikeTestSupport
import Testing

/// Every filter against its plain twin, however the stream is cut.
@Suite("Filters of events agree with their plain twins") struct AgreementTests {
    /// Sends the stream through new stages in small and large batches and compares with `expected`.
    private func check(
        _ type: String, _ options: [String: OptionValue], _ stream: EventStream, dice: inout Dice,
        _ expected: [SeenEvent], size: Place? = nil
    ) throws {
        for most in [3, 60, 16_000] {
            let seen = try run(makeStage(type, options), stream.batches(most: most, dice: &dice))
            #expect(seen.events == expected, "\(type) with batches of at most \(most)")
            #expect(seen.size == size ?? stream.size)
        }
        // A filter that passes all or nothing would not be tested by this.
        #expect(type == "mirror" || options["keep"] == .string("both_as_on") || expected.count < stream.events.count)
        #expect(expected.count > stream.events.count / 200)
    }

    private func small(_ dice: inout Dice, stepsBack: Bool = true) -> EventStream {
        .random(5_000, on: Place(x: 23, y: 17), gap: 40, stepsBack: stepsBack, dice: &dice)
    }

    @Test(arguments: 0..<4) func crop(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        let stream = small(&dice)
        for origin in ["shift", "keep"] {
            let options: [String: OptionValue] = [
                "x": .integer(4), "y": .integer(3), "width": .integer(19), "height": .integer(6),
                "origin": .string(origin),
            ]
            let expected = NaiveFilters(stream: stream).crop(
                left: 4, top: 3, width: 19, height: 6, isShifted: origin == "shift")
            let size = origin == "shift" ? Place(x: 19, y: 6) : stream.size
            try check("crop", options, stream, dice: &dice, expected, size: size)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 23, 1_000]) func downsample(factor: Int) throws {
        var dice = Dice(state: UInt64(factor))
        let stream = small(&dice)
        let size = Place(x: (23 + factor - 1) / factor, y: (17 + factor - 1) / factor)
        let all = NaiveFilters(stream: stream).downsample(factor: factor, step: nil)
        #expect(try run("downsample", ["factor": .integer(factor)], stream) == all)
        let steps = NaiveFilters(stream: stream).downsample(factor: factor, step: 700)
        let options: [String: OptionValue] = [
            "factor": .integer(factor), "keep": .string("one_per_step"), "step_us": .integer(700),
        ]
        // With one pixel, few events are left.
        guard factor < 20 else {
            #expect(try run("downsample", options, stream) == steps)
            return
        }
        try check("downsample", options, stream, dice: &dice, steps, size: size)
    }

    @Test(arguments: ["on", "off", "both_as_on"]) func polarity(keep: String) throws {
        var dice = Dice(state: 3)
        let stream = small(&dice)
        try check(
            "polarity", ["keep": .string(keep)], stream, dice: &dice, NaiveFilters(stream: stream).polarity(keep))
    }

    @Test(arguments: 1..<8) func mirror(flips: Int) throws {
        var dice = Dice(state: UInt64(flips))
        let stream = small(&dice)
        let (x, y, diagonal) = (flips & 1 != 0, flips & 2 != 0, flips & 4 != 0)
        let options: [String: OptionValue] = ["flip_x": .bool(x), "flip_y": .bool(y), "transpose": .bool(diagonal)]
        try check(
            "mirror", options, stream, dice: &dice,
            NaiveFilters(stream: stream).mirror(x: x, y: y, diagonal: diagonal),
            size: diagonal ? Place(x: 17, y: 23) : stream.size)
    }

    @Test(arguments: ["passed", "any"], [1, 100, 8_000]) func refractory(restart: String, deadTime: Int) throws {
        var dice = Dice(state: UInt64(deadTime))
        var stream = small(&dice)
        // So that a dead time of a microsecond has something to drop.
        stream.events = stream.events.flatMap { dice.pick(0...4) == 0 ? [$0, $0] : [$0] }
        let expected = NaiveFilters(stream: stream).refractory(
            deadTime: Int64(deadTime), restartsAlways: restart == "any")
        let options: [String: OptionValue] = ["dead_time_us": .integer(deadTime), "restart": .string(restart)]
        try check("refractory", options, stream, dice: &dice, expected)
    }

    @Test(arguments: [1, 2, 3, 5], [false, true]) func backgroundActivity(neighbours: Int, same: Bool) throws {
        var dice = Dice(state: UInt64(neighbours))
        let stream = small(&dice)
        for base in [300, 2_000] {
            let support = base * neighbours * (same ? 3 : 1)
            let expected = NaiveFilters(stream: stream).backgroundActivity(
                support: Int64(support), neighbours: neighbours, isSamePolarity: same)
            let options: [String: OptionValue] = [
                "support_us": .integer(support), "neighbours": .integer(neighbours),
                "same_polarity": .bool(same),
            ]
            try check("background_activity", options, stream, dice: &dice, expected)
        }
    }

    @Test(arguments: [(0, 0), (20, 0), (20, 20), (7, 31)], [1, 3]) func hotPixels(phases: (Int, Int), factor: Int)
        throws
    {
        var dice = Dice(state: UInt64(phases.0))
        var stream = small(&dice, stepsBack: false)
        let end = Int(stream.events.last?.time ?? 0)
        // Two pixels that are hot all the time, and one that becomes hot.
        stream.add((0..<900).map { SeenEvent(time: Int64(dice.pick(5_000...end)), x: $0 & 1, y: 3, isOn: true) })
        stream.add((0..<400).map { _ in SeenEvent(time: Int64(dice.pick(end / 2...end)), x: 22, y: 16, isOn: true) })
        let expected = NaiveFilters(stream: stream).hotPixels(
            learn: Int64(phases.0) * 1_000, factor: factor, minRate: 700, relearn: Int64(phases.1) * 1_000,
            listed: [Place(x: 9, y: 9)])
        let options: [String: OptionValue] = [
            "learn_ms": .integer(phases.0), "relearn_ms": .integer(phases.1), "factor": .integer(factor),
            "min_rate_hz": .integer(700), "pixels": .list([.list([.integer(9), .integer(9)])]),
        ]
        try check("hot_pixels", options, stream, dice: &dice, expected)
    }

    @Test(arguments: ["rest", "evenly"], [1, 7, 40]) func rateLimit(drop: String, budget: Int) throws {
        var dice = Dice(state: UInt64(budget))
        var stream = small(&dice, stepsBack: false)
        // A burst, and a pause.
        stream.add((0..<2_000).map { SeenEvent(time: 40_000 + Int64($0), x: 1, y: 1, isOn: true) })
        stream.events.removeAll { (60_000...70_000).contains($0.time) }
        let expected = NaiveFilters(stream: stream).rateLimit(budget: budget, window: 900, isEven: drop == "evenly")
        let options: [String: OptionValue] = [
            "max_events_per_s": .integer(budget * 1_000_000 / 900 + 1), "window_us": .integer(900),
            "drop": .string(drop),
        ]
        try check("rate_limit", options, stream, dice: &dice, expected)
    }

    @Test(arguments: [1, 2, 4, 7]) func flicker(periods: Int) throws {
        var dice = Dice(state: UInt64(periods))
        var stream = EventStream.random(2_000, on: Place(x: 9, y: 7), gap: 400, stepsBack: false, dice: &dice)
        // A lamp of 100 Hz with a jitter that is sometimes too large, in eight pixels.
        for period in 0..<40 {
            for pixel in 0..<8 {
                let edge = 10_000 * Int64(period) + Int64(dice.pick(0...1_000))
                for step in 0..<3 {
                    let (on, off) = (edge + Int64(dice.pick(0...900)), edge + 5_000 + Int64(step * 200))
                    stream.events.append(SeenEvent(time: on, x: pixel, y: 2, isOn: true))
                    stream.events.append(SeenEvent(time: off, x: pixel, y: 2, isOn: false))
                }
            }
        }
        stream.add([])
        let expected = NaiveFilters(stream: stream).flicker(
            minHertz: 70, maxHertz: 130, periods: periods, tolerance: 900)
        let options: [String: OptionValue] = [
            "min_hz": .integer(70), "max_hz": .integer(130), "periods": .integer(periods),
            "tolerance_us": .integer(900),
        ]
        try check("flicker", options, stream, dice: &dice, expected)
    }
}
