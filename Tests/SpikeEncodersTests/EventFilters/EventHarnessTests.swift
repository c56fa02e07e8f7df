import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

/// What all filters have in common: sizes, bounds, cuts and times.
@Suite("What all filters of events have in common") struct EventHarnessTests {
    /// A stage of each kind, with options that let some events through and drop others.
    static let stages: [(type: String, options: [String: OptionValue])] = [
        ("crop", ["x": .integer(2), "width": .integer(9), "height": .integer(9)]),
        ("downsample", ["factor": .integer(3), "keep": .string("one_per_step"), "step_us": .integer(100)]),
        ("polarity", ["keep": .string("off")]), ("mirror", ["flip_y": .bool(true)]),
        ("refractory", ["dead_time_us": .integer(3_000)]), ("background_activity", ["support_us": .integer(90)]),
        (
            "hot_pixels",
            ["learn_ms": .integer(3), "relearn_ms": .integer(4), "factor": .integer(2), "min_rate_hz": .integer(0)]
        ), ("rate_limit", ["max_events_per_s": .integer(20_000)]),
        ("flicker", ["min_hz": .integer(100), "max_hz": .integer(100_000), "periods": .integer(1)]),
    ]
    private static let names = stages.map(\.type)

    private func options(_ type: String) -> [String: OptionValue] {
        EventHarnessTests.stages.first { $0.type == type }?.options ?? [:]
    }

    private func sized(_ type: String) -> Bool { !["crop", "polarity", "rate_limit"].contains(type) }

    @Test("every filter is here") func all() {
        #expect(eventFilters.map(\.type) == EventHarnessTests.names)
        for filter in eventFilters {
            #expect(filter.input == .events && filter.output == .events && filter.role == .transform)
            #expect(Set(filter.options.map(\.name)).count == filter.options.count)
            #expect(sized(filter.type) == filter.options.contains { $0.name == "height" && !$0.isRequired })
        }
    }

    @Test("however a stream is cut, the same events pass, also where time steps back", arguments: names)
    func cuts(type: String) throws {
        for seed in 0..<3 {
            var dice = Dice(state: UInt64(seed))
            let stream = EventStream.random(4_000, on: Place(x: 11, y: 9), gap: 30, stepsBack: true, dice: &dice)
            let whole = try run(makeStage(type, options(type)), stream.batches(most: 20_000, dice: &dice))
            for most in [1, 2, 30, 900] {
                let cut = try run(makeStage(type, options(type)), stream.batches(most: most, dice: &dice))
                #expect(cut.events == whole.events)
            }
            #expect(type == "mirror" || whole.events.count < 4_000)
            #expect(whole.events.count > 40)
        }
    }

    @Test("no time is too early or too late", arguments: names) func ends(type: String) throws {
        var dice = Dice(state: 7)
        let stage = try makeStage(type, options(type))
        let bases: [Int64] = [.min, .min + 1, -1, 0, .max - 1, .max] + [-1, 1].map { $0 << 53 }
        for round in 0..<200 {
            let (input, output) = (EventBatch(), EventBatch())
            (input.width, input.height) = (11, 9)
            input.timeBase = bases[dice.pick(0...bases.count - 1)]
            input.startTime = round < 100 ? 0 : bases[dice.pick(0...bases.count - 1)]
            for index in 0..<50 {
                let offset = dice.pick(0...3) == 0 ? [Int32.min, .max][dice.pick(0...1)] : dice.pick32(-500...500)
                let event = PixelEvent(
                    offset: offset, x: UInt16(dice.pick(0...12)), y: UInt16(dice.pick(0...10)), isOn: index % 2 == 0)
                unsafe input.words[index] = event.bits
            }
            input.count = 50
            try stage.process(input, output)
            #expect(output.count <= 50)
        }
    }

    @Test("within the times that are understood, how far a stream is from its zero changes nothing", arguments: names)
    func offsets(type: String) throws {
        var dice = Dice(state: 8)
        var stream = EventStream.random(2_000, on: Place(x: 11, y: 9), gap: 30, stepsBack: true, dice: &dice)
        stream.start = 0
        let expected = try run(type, options(type), stream)
        // A multiple of all steps and windows, near the ends of the times that are understood.
        let far = EventBatch.sensorTimes.upperBound / 1_000_000 * 1_000_000 - 1_000_000
        for (move, start) in [(far, 0), (-far, 0), (far, far), (-far, -far), (far, -far), (-far, far)] {
            var moved = stream
            moved.start = start
            for index in moved.events.indices { moved.events[index].time += move }
            let seen = try run(type, options(type), moved)
            #expect(seen.map { SeenEvent(time: $0.time - move, x: $0.x, y: $0.y, isOn: $0.isOn) } == expected)
        }
    }

    @Test("events outside the sensor are dropped and counted", arguments: names) func outside(type: String) throws {
        let input = EventBatch()
        (input.width, input.height) = (20, 10)
        for (x, y) in [(20, 0), (0, 10), (65_535, 32_767), (5, 5)] {
            _ = input.append(time: 0, x: UInt16(x), y: UInt16(y), isOn: false)
        }
        let output = EventBatch()
        try makeStage(type, options(type)).process(input, output)
        // Nothing near the only event inside supports it.
        #expect(output.count == (type == "background_activity" ? 0 : 1))
    }

    @Test("what lay outside is counted") func outsideCount() throws {
        let filter = try RefractoryFilter()
        let (input, output) = (EventBatch(), EventBatch())
        (input.width, input.height) = (20, 10)
        for x in 18..<25 { _ = input.append(time: 0, x: UInt16(x), y: 0, isOn: true) }
        try filter.process(input, into: output)
        #expect(output.count == 2)
        #expect(filter.eventsOutside == 5)
        output.removeAll()
        try filter.process(input, into: output)
        #expect(filter.eventsOutside == 10)
    }

    @Test("a sensor of unknown size is refused by filters that need it", arguments: names)
    func unknownSize(type: String) throws {
        let (input, output) = (EventBatch(), EventBatch())
        let stage = try makeStage(type, options(type))
        // Nothing came yet, so nothing is wrong yet.
        try stage.process(input, output)
        _ = input.append(time: 0, x: 5, y: 5, isOn: false)
        let text = message { try stage.process(input, output) }
        let expected = "the size of the sensor is not known. Give the stage \"width\" and \"height\""
        #expect(text == (sized(type) ? expected : "no error"))
        guard sized(type) else { return }
        let told = try makeStage(
            type, options(type).merging(["width": .integer(6), "height": .integer(6)]) { $1 })
        _ = input.append(time: 1, x: 6, y: 5, isOn: false)
        try told.process(input, output)
        #expect(output.count == (type == "background_activity" ? 0 : 1))
        #expect(output.width == (type == "downsample" ? 2 : 6))
    }

    @Test("the stream knows its size better than the options, and keeps it") func changedSize() throws {
        let stage = try makeStage("refractory", ["width": .integer(2), "height": .integer(2)])
        let (input, output) = (EventBatch(), EventBatch())
        (input.width, input.height) = (640, 480)
        _ = input.append(time: 0, x: 639, y: 479, isOn: false)
        try stage.process(input, output)
        #expect(output.count == 1)
        input.width = 346
        #expect(
            message { try stage.process(input, output) }
                == "expected events of a sensor of 640 x 480 as before, found one of 346 x 480")
    }

    @Test(
        "sensors beyond the bounds are refused",
        arguments: [(0, 1), (1, 0), (32_769, 1), (1, 32_769), (4_096, 4_097), (-3, 4), (.max, .max)])
    func bounds(width: Int, height: Int) {
        #expect(
            message { _ = try SensorGrid(width: width, height: height) }
                == "expected a sensor of at most 32768 columns and rows and 16777216 pixels, "
                + "found \(width) x \(height)")
    }

    @Test("the largest sensors are taken") func largest() throws {
        #expect(try SensorGrid(width: 32_768, height: 512).pixels == SensorGrid.mostPixels)
        let input = EventBatch()
        (input.width, input.height) = (32_768, 513)
        #expect(throws: SpikelineError.self) { try makeStage("refractory").process(input, EventBatch()) }
    }

    @Test("half a size is none") func half() {
        #expect(
            message { _ = try makeStage("refractory", ["width": .integer(9)]) }
                == "\"width\" needs \"height\" beside it")
        #expect(
            message { _ = try makeStage("refractory", ["height": .integer(9)]) }
                == "\"height\" needs \"width\" beside it")
    }

    @Test(
        "multiples below a number, also below 0",
        arguments: [(7, 3, 6), (6, 3, 6), (0, 5, 0), (-1, 5, -5), (-5, 5, -5), (-6, 5, -10)])
    func multiples(number: Int64, step: Int64, expected: Int64) {
        #expect(number.roundedDown(toMultipleOf: step) == expected)
    }
}
