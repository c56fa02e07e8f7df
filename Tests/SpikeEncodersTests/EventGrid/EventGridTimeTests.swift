import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("The grid's clock and options") struct EventGridTimeTests {
    private func batch(_ times: [Int64], upTo: StreamTime = .zero) -> EventBatch {
        let batch = EventBatch()
        (batch.width, batch.height, batch.upTo) = (16, 16, upTo)
        for time in times { #expect(batch.append(time: time, x: 3, y: 4, isOn: true)) }
        return batch
    }

    @Test("gaps of minutes and of centuries cost two seconds of ticks") func gaps() throws {
        let stage = try EventGridStage()
        let century: Int64 = 3_000_000_000_000_000
        let seen = try ticks(stage, [batch([0, 600_000_000]), batch([century]), batch([century + 5_000_000])])
        #expect(seen.count == 4 + 3 * 100)
        #expect(seen.filter { $0.events > 0 }.map(\.tick) == [0, 30_000, century / 20_000, century / 20_000 + 250])
    }

    @Test("a silence just short of the limit is whole") func shortSilence() throws {
        let seen = try ticks(EventGridStage(), [batch([0, 101 * 20_000])])
        #expect(seen.map(\.tick) == Array(0...101))
        let longer = try ticks(EventGridStage(), [batch([0, 102 * 20_000])])
        #expect(longer.map(\.tick) == Array(0...100) + [102])
    }

    @Test("time goes on while the sensor is quiet") func quiet() throws {
        let stage = try EventGridStage()
        let output = SpikeBatch()
        try stage.process(batch([0, 10_000]), into: output)
        #expect(output.count == 0 && output.channels == 2_048 && output.tickNanoseconds == 20_000_000)
        try stage.process(batch([], upTo: StreamTime(nanoseconds: 59_999_999)), into: output)
        #expect(output.count == 2 && output.upTo == StreamTime(nanoseconds: 40_000_000))
        #expect(output.levels == [1_000, SpikeBatch.unknownLevel])
        output.removeAll()
        try stage.process(batch([], upTo: StreamTime(nanoseconds: 3_600_000_000_000)), into: output)
        #expect(output.firstTick == 2 && output.count == 99)
        output.removeAll()
        #expect(try stage.processMore(into: output))
        #expect(output.count == 0 && output.upTo == StreamTime(nanoseconds: 3_600_000_000_000))
        #expect(try !stage.processMore(into: output))
        output.removeAll()
        try stage.process(batch([3_600_000_000], upTo: .end), into: output)
        try stage.finish(into: output)
        #expect(output.firstTick == 180_000 && output.count == 1)
    }

    @Test("times beyond all reason neither trap nor hang") func hostile() throws {
        for start in [Int64.min, -1 << 53, 0, 1 << 53, Int64.max] {
            for base in [Int64.min, -1 << 53, 0, 1 << 53, Int64.max] {
                let input = batch([0, 1, Int64(Int32.max)])
                (input.startTime, input.timeBase, input.upTo) = (start, base, StreamTime(nanoseconds: .max - 1))
                let seen = try ticks(EventGridStage(), [input, input])
                #expect(seen.reduce(0) { $0 + $1.events } == 6)
            }
        }
    }

    @Test("a recording of 10 ms gives one tick, one without events none") func short() throws {
        #expect(try ticks(EventGridStage(), [batch([0, 9_999])]).map(\.events) == [2])
        #expect(try ticks(EventGridStage(), []).isEmpty)
        #expect(try ticks(EventGridStage(), [EventBatch()]).isEmpty)
    }

    @Test("what does not fit is said") func messages() throws {
        let unknown = batch([0])
        unknown.width = 0
        #expect(
            message { try EventGridStage(place: "eye").process(unknown, into: SpikeBatch()) }
                == "eye: the size of the sensor is not known. Give its columns and rows: \"width\" and \"height\" of the "
                + "source, or --size 128x128")
        var parameters = EventGridParameters()
        parameters.crop = .init(x: 10, y: 0, width: 7, height: 16)
        #expect(
            message { try EventGridStage(parameters).process(batch([0]), into: SpikeBatch()) }
                == "event_grid: expected a \"crop\" inside the sensor of 16 x 16, found one that reaches to column 16 and "
                + "row 15")
        let stage = try EventGridStage()
        try stage.process(batch([0]), into: SpikeBatch())
        let other = batch([0])
        other.width = 17
        #expect(
            message { try stage.process(other, into: SpikeBatch()) }
                == "event_grid: expected events of a sensor of 16 x 16 as before, found one of 17 x 16")
        stage.reset()
        try stage.process(other, into: SpikeBatch())
    }

    @Test("options are read back without loss, and wrong ones refused") func options() throws {
        var parameters = EventGridParameters()
        (parameters.width, parameters.height, parameters.tickMilliseconds) = (8, 6, 5)
        (parameters.compression, parameters.polarities, parameters.maximumSpikes) = (.linear, .merged, 9)
        parameters.crop = .init(x: 1, y: 2, width: 30, height: 40)
        #expect(try EventGridParameters(options: parameters.options) == parameters)
        #expect(try EventGridParameters(options: [:]) == EventGridParameters())
        (parameters.crop, parameters.framing) = (nil, .action)
        #expect(try EventGridParameters(options: parameters.options) == parameters)
        for (map, text) in [
            (["widht": .integer(3)], "m: unknown option \"widht\". Did you mean \"width\"?"),
            (["tick_ms": .integer(21)], "m: \"tick_ms\" expects a whole number from 1 to 20, found 21"),
            (
                ["crop": .list([.integer(1), .integer(1), .integer(0), .integer(4)])],
                "m: \"crop\" expects [x, y, width, height] with a width and height of at least 1, found [1, 1, 0, 4]"
            ),
            (
                ["crop": .list([1, 1, 2, 4].map { .integer($0) }), "framing": .string("action")],
                "m: \"crop\" says where to look, and \"framing: action\" finds it out: expected one of them, found both"
            ),
            (["framing": .string("wide")], "m: \"framing\" expects one of whole, action, found \"wide\""),
        ] as [([String: OptionValue], String)] {
            #expect(message { _ = try EventGridParameters(options: map, place: "m") } == text)
        }
    }

    @Test("levels tell counts apart") func levels() {
        #expect(EventLevel.level(ofCount: 0) == SpikeBatch.unknownLevel)
        for (count, level) in [(1, 0), (2, 1_000), (3, 1_585), (1_000, 9_966), (EventLevel.maximumCount, 32_000)] {
            #expect(EventLevel.level(ofCount: count) == Int16(level))
        }
        for count in 0...1_000 { #expect(EventLevel.count(ofLevel: EventLevel.level(ofCount: count)) == count) }
        for count in [5_000, 123_456, 99_999_999] {
            let back = EventLevel.count(ofLevel: EventLevel.level(ofCount: count))
            #expect(abs(back - count) <= count / 1_250 + 1)
        }
    }
}
