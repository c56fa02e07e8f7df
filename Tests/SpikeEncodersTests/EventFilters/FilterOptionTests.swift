import SpikeSignals
import Testing

@testable import SpikeEncoders

@Suite("Options of filters of events") struct FilterOptionTests {
    @Test(
        "what does not fit together is said",
        arguments: [
            ("hot_pixels", ["learn_ms": .integer(0)], "expected \"pixels\" or a \"learn_ms\" above 0, found neither"),
            (
                "hot_pixels", ["relearn_ms": .integer(999)],
                "\"relearn_ms\" is 999, which does not hold a \"learn_ms\" of 1000"
            ),
            (
                "hot_pixels", ["pixels": .list([.list([.integer(1)])])],
                "\"pixels\" expects a column and a row for each pixel, found [1]"
            ),
            (
                "hot_pixels", ["pixels": .list([.list([.integer(1), .integer(2), .integer(3)])])],
                "\"pixels\" expects a column and a row for each pixel, found [1, 2, 3]"
            ),
            (
                "rate_limit", ["max_events_per_s": .integer(999)],
                "\"max_events_per_s\" is 999, which is less than one event in a window of 1000 us. Raise \"window_us\""
            ),
            ("flicker", ["min_hz": .integer(131)], "\"min_hz\" is 131 and above \"max_hz\", 130"),
            ("mirror", [:], "expected \"flip_x\", \"flip_y\" or \"transpose\" to be true, found none of them"),
        ] as [(String, [String: OptionValue], String)])
    func together(type: String, options: [String: OptionValue], text: String) {
        #expect(message { _ = try makeStage(type, options) } == text)
    }

    @Test("a region or a pixel beyond the sensor is refused") func beyond() throws {
        let input = EventBatch()
        (input.width, input.height) = (640, 480)
        let crop = try CropFilter(.init(x: 600, y: 10, width: 41, height: 20))
        #expect(
            message { try crop.process(input, into: EventBatch()) }
                == "expected a region inside the sensor of 640 x 480, found one that reaches to column 640 and row 29")
        var parameters = HotPixelFilter.Parameters()
        parameters.pixels = [.init(x: 3, y: 480)]
        let hot = try HotPixelFilter(parameters)
        #expect(
            message { try hot.process(input, into: EventBatch()) }
                == "expected pixels inside the sensor of 640 x 480, found [3, 480] in \"pixels\"")
        try CropFilter(.init(x: 600, y: 460, width: 40, height: 20)).process(input, into: EventBatch())
    }

    @Test("parameters set in code are checked like options") func inCode() {
        var dead = RefractoryFilter.Parameters()
        dead.deadTimeMicroseconds = 0
        #expect(
            message { _ = try RefractoryFilter(dead) }
                == "\"dead_time_us\" expects a whole number from 1 to 1000000000, found 0")
        #expect(
            message { _ = try CropFilter(.init(x: -1, y: 0, width: 1, height: 1)) }
                == "\"x\" expects a whole number from 0 to 32767, found -1")
        #expect(
            message { _ = try DownsampleFilter(.init(factor: 0)) }
                == "\"factor\" expects a whole number from 1 to 1024, found 0")
        var support = BackgroundActivityFilter.Parameters()
        support.neighbours = 9
        #expect(
            message { _ = try BackgroundActivityFilter(support) }
                == "\"neighbours\" expects a whole number from 1 to 8, found 9")
        var hot = HotPixelFilter.Parameters()
        hot.pixels = [.init(x: -1, y: 0)]
        #expect(message { _ = try HotPixelFilter(hot) }.hasSuffix("found [[-1, 0]]"))
    }

    @Test("options reach the parameters, and what is not given has its default") func fields() {
        let options = Options([
            "min_hz": .integer(10), "max_hz": .integer(20), "periods": .integer(3), "tolerance_us": .integer(5),
        ])
        var expected = FlickerFilter.Parameters()
        (expected.minHertz, expected.maxHertz) = (10, 20)
        (expected.periods, expected.toleranceMicroseconds) = (3, 5)
        #expect(FlickerFilter.Parameters(options: options) == expected)
        #expect(FlickerFilter.Parameters(options: Options()) == FlickerFilter.Parameters())
        var limit = RateLimitFilter.Parameters(maxEventsPerSecond: 7)
        limit.drop = .rest
        #expect(
            RateLimitFilter.Parameters(
                options: Options(["max_events_per_s": .integer(7), "drop": .string("rest")])) == limit)
    }
}
