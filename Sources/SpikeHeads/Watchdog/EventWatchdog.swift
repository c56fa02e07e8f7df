import SpikeSignals

/// Notices what an event camera itself does wrong: `stalled`, `dead`, `hot` and `clock_jump`.
///
/// ```
/// stalled      no event at all for `stalled_after_ms`
/// dead         a region of the sensor is silent for much longer than it ever was, while the others go on (``RegionSilence``)
/// hot          a pixel fires much more than its neighbours for two seconds on end (``HotPixelSearch``)
/// clock_jump   time goes back by more than a millisecond, or leaps ahead by more than a minute
/// ```
/// A residual detector misses silence; so this stands beside it. Each fault is reported when it begins, and again only
/// after `quiet_s` without it. Cost: a few additions per event, and a look at every pixel each second.
public final class EventWatchdog: Transform {
    /// How pipelines name, check and make the stage.
    public static let descriptor = StageDescriptor(
        type: "event_watchdog", role: .transform, input: .events, output: .records,
        summary: "Reports stalls, dead regions, hot pixels and clock jumps of an event camera.",
        options: [
            OptionSpec(
                "stalled_after_ms", .integer(10...3_600_000), help: "Silence of that length is a stall. Default 1500."),
            OptionSpec(
                "learn_s", .number(1...1_000_000),
                help: "How long the usual silences of each region are learned before any is called dead. Default 5."),
            OptionSpec(
                "hot_events_per_s", .integer(10...1_000_000), help: "No pixel is hot below this rate. Default 100."),
            OptionSpec(
                "quiet_s", .number(0...1_000_000), help: "A fault is new again after so long without it. Default 10."),
        ],
        make: { (options, context) throws(SpikelineError) in
            var rules = Rules()
            rules.stalledAfterMilliseconds = options.integer("stalled_after_ms") ?? rules.stalledAfterMilliseconds
            rules.learnSeconds = options.number("learn_s") ?? rules.learnSeconds
            rules.hotEventsPerSecond = options.integer("hot_events_per_s") ?? rules.hotEventsPerSecond
            rules.quietSeconds = options.number("quiet_s") ?? rules.quietSeconds
            return .transform(AnyTransform(EventWatchdog(rules, context: context)))
        })

    /// What one chooses.
    public struct Rules: Hashable, Sendable {
        /// Silence of that length is a stall, in milliseconds.
        public var stalledAfterMilliseconds = 1_500
        /// How long the usual silences of the regions are learned, in seconds.
        public var learnSeconds = 5.0
        /// No pixel is hot below this rate.
        public var hotEventsPerSecond = 100
        /// A fault is new again after so long without it, in seconds.
        public var quietSeconds = 10.0

        /// The defaults.
        public init() {}
    }

    /// A leap ahead by more than this is a jump of the clock, in microseconds.
    static let leap: Int64 = 60_000_000
    /// No two sensor times are farther apart, in microseconds; what is, comes from a damaged stream.
    static let farthest: Int64 = 1 << 55
    /// The largest sensor that is searched for hot pixels: 64 MiB of counts.
    static let mostPixels = 1 << 24
    /// The largest sensor, in pixels a side.
    static let longestSide = 32_768

    private let rules: Rules
    private let context: StageContext
    private var gate: FaultGate
    private var regions: RegionSilence?
    private var hot: HotPixelSearch?
    /// Stream time of the latest event in microseconds.
    private var last: Int64?
    private var isStalled = false

    /// A watchdog at that place in a pipeline.
    public init(_ rules: Rules = Rules(), context: StageContext) {
        self.rules = rules
        self.context = context
        gate = FaultGate(quietSeconds: rules.quietSeconds)
    }

    /// Appends the faults that show in `input`.
    public func process(_ input: EventBatch, into output: RecordBatch) throws(SpikelineError) {
        output.upTo = input.upTo
        if regions == nil, (1...Self.longestSide).contains(input.width), (1...Self.longestSide).contains(input.height) {
            regions = RegionSilence(width: input.width, height: input.height, learnSeconds: rules.learnSeconds)
            // A header may claim any size; a sensor of more pixels than this is not searched.
            let isSearched = input.width * input.height <= Self.mostPixels
            hot =
                !isSearched
                ? nil
                : HotPixelSearch(
                    width: input.width, height: input.height, leastPerSecond: rules.hotEventsPerSecond)
        }
        let origin = min(max(input.timeBase &- input.startTime, -Self.farthest), Self.farthest)
        for event in input {
            let time = origin &+ Int64(event.offset)
            noteTime(time, output)
            look(at: time, output)
            regions?.add(x: Int(event.x), y: Int(event.y))
            hot?.add(x: Int(event.x), y: Int(event.y))
        }
        guard input.upTo != .end, let last else { return }
        let now = input.upTo.nanoseconds / 1_000
        if now > last {
            checkStall(now, since: last, output)
            look(at: now, output)
        }
    }

    /// Notes when an event came: gaps and jumps before it.
    private func noteTime(_ time: Int64, _ output: RecordBatch) {
        guard let before = last else {
            last = time
            return
        }
        let step = time &- before
        if step < -1_000 || step > EventWatchdog.leap {
            let seconds = JSONValue.decimal(Double(step) / 1e6, decimals: 3) ?? "?"
            report("clock_jump", "time of the sensor, by \(seconds) s", time, output)
            regions?.restart(at: time)
            hot?.restart(at: time)
        } else if step > 0 {
            checkStall(time, since: before, output)
        }
        isStalled = false
        if step > 0 || step < -1_000 { last = time }
    }

    private func checkStall(_ now: Int64, since before: Int64, _ output: RecordBatch) {
        guard !isStalled, now &- before >= Int64(rules.stalledAfterMilliseconds) * 1_000 else { return }
        isStalled = true
        report("stalled", "the whole sensor", before + Int64(rules.stalledAfterMilliseconds) * 1_000, output)
    }

    /// Lets time pass for regions and pixels.
    private func look(at time: Int64, _ output: RecordBatch) {
        if let regions, time >= regions.due {
            self.regions?.advance(to: time) { at, place in report("dead", place, at, output) }
        }
        if let hot, time >= hot.due {
            self.hot?.advance(to: time) { at, place in report("hot", place, at, output) }
        }
    }

    private func report(_ fault: String, _ place: String, _ time: Int64, _ output: RecordBatch) {
        let at = StreamTime(nanoseconds: max(min(time, Int64.max / 1_000), 0) * 1_000)
        let key = fault == "clock_jump" ? fault : fault + place
        guard gate.isNew(key, at: at) else { return }
        output.records.append(
            .sensorFault(
                SensorFaultRecord(
                    fault: fault, place: place, at: at, pipeline: context.pipeline, stage: context.stage)))
    }
}
