import SpikeEncoders
import SpikeSignals

extension BenchCase {
    /// Each filter of events against the same loop in plain C.
    static let eventFilters: [BenchCase] = [
        eventFilter("crop", [320, 180, 640, 360]) { () throws(SpikelineError) in
            AnyTransform(try CropFilter(.init(x: 320, y: 180, width: 640, height: 360)))
        },
        eventFilter("downsample", [4, 1, 1_000]) { () throws(SpikelineError) in
            var parameters = DownsampleFilter.Parameters(factor: 4)
            parameters.keep = .onePerStep
            return AnyTransform(try DownsampleFilter(parameters))
        },
        eventFilter("polarity", [1]) { () throws(SpikelineError) in
            AnyTransform(try PolarityFilter(.init(keep: .on)))
        },
        eventFilter("mirror", [1, 0, 1]) { () throws(SpikelineError) in
            AnyTransform(try MirrorFilter(.init(flipsX: true, transposes: true)))
        },
        eventFilter("refractory", [1_000]) { () throws(SpikelineError) in AnyTransform(try RefractoryFilter()) },
        eventFilter("background_activity", [5_000, 1]) { () throws(SpikelineError) in
            AnyTransform(try BackgroundActivityFilter())
        },
        eventFilter("hot_pixels", [100, 200]) { () throws(SpikelineError) in
            var parameters = HotPixelFilter.Parameters()
            parameters.learnMilliseconds = 0
            parameters.pixels = [.init(x: 100, y: 200)]
            return AnyTransform(try HotPixelFilter(parameters))
        },
        eventFilter("rate_limit", [2_000, 1_000]) { () throws(SpikelineError) in
            AnyTransform(try RateLimitFilter(.init(maxEventsPerSecond: 2_000_000)))
        },
        eventFilter("flicker", [7_692, 12_500, 4, 1_500]) { () throws(SpikelineError) in
            AnyTransform(try FlickerFilter())
        },
    ]

    /// The filter that `make` makes; `options` are what the C function takes besides the size of the sensor.
    private static func eventFilter(
        _ type: String, _ options: [Int64], make: @escaping @Sendable () throws(SpikelineError) -> AnyTransform
    ) -> BenchCase {
        BenchCase(
            name: "event_filters.\(type)", summary: "events per second through the stage \(type), against plain C"
        ) { () throws(SpikelineError) in
            let bench = EventFilterBench(filter: try make(), options: options)
            return try bench.measure(against: CCompiler.function(type, in: EventFilterReference.source))
        }
    }
}

/// A filter, its options for the C function, and the events for both.
private final class EventFilterBench {
    private let filter: AnyTransform
    private let parameters: [Int64]
    private let events = BenchEvents()
    private let output = EventBatch()
    private var rounds = (filter: 0, reference: 0)

    init(filter: AnyTransform, options: [Int64]) {
        self.filter = filter
        parameters = [Int64(BenchEvents.width), Int64(BenchEvents.height)] + options
    }

    func measure(against function: CCompiler.Function?) throws(SpikelineError) -> BenchResult {
        let work = Double(events.count) / 1e6
        let mine = try runFilter()
        guard let function else {
            let seconds = try Stopwatch.least(of: 20) { () throws(SpikelineError) in
                _ = try runFilter()
            } _: {
            }
            return BenchResult(value: work / seconds.first, unit: "M events/s")
        }
        guard runReference(function) == mine else {
            throw SpikelineError("filter and C reference disagree", at: "bench", cause: .defect)
        }
        let seconds = try Stopwatch.least(of: 20) { () throws(SpikelineError) in
            _ = try runFilter()
        } _: {
            _ = runReference(function)
        }
        return BenchResult(
            value: work / seconds.first, unit: "M events/s", reference: function.command,
            referenceValue: work / seconds.second)
    }

    /// Runs the filter over all events: how many passed, and the last of them.
    private func runFilter() throws(SpikelineError) -> [UInt64] {
        events.move(toRound: rounds.filter)
        rounds.filter += 1
        var digest: [UInt64] = [0, 0]
        for batch in events.batches {
            output.removeAll()
            try filter.process(batch, output)
            note(&digest)
        }
        return digest
    }

    private func runReference(_ function: CCompiler.Function) -> [UInt64] {
        events.move(toRound: rounds.reference)
        rounds.reference += 1
        var digest: [UInt64] = [0, 0]
        for batch in events.batches {
            output.removeAll()
            EventFilterReference.run(function, parameters, batch, into: output)
            note(&digest)
        }
        return digest
    }

    /// Adds how many events passed, and the first, middle and last of them.
    private func note(_ digest: inout [UInt64]) {
        digest[0] += UInt64(output.count)
        guard output.count > 0 else { return }
        for index in [0, output.count / 2, output.count - 1] { digest[1] = digest[1] &* 31 &+ output[index].bits }
    }
}
