import SpikeSignals

/// What one chooses about the detection of anomalies.
public struct AnomalyParameters: Hashable, Sendable {
    /// How long normal is learned, in seconds.
    public var warmUpSeconds = 60.0
    /// How long thresholds are then calibrated, in seconds.
    public var calibrateSeconds = 30.0
    /// How many false alerts a day are aimed at.
    public var falseAlarmsPerDay = 1.0
    /// The time constant of the fast traces, in ticks: a power of two.
    public var fastTicks = 4
    /// The time constant of the slow traces, in ticks: a power of two, more than the fast one.
    public var slowTicks = 64
    /// How long the score must stay above the threshold, in milliseconds.
    public var onDelayMilliseconds = 300
    /// How long it must stay low for an alert to be over, in milliseconds.
    public var offDelayMilliseconds = 2_000
    /// The least length of an alert, in milliseconds.
    public var minimumMilliseconds = 0
    /// No new alert begins so long after the end of one, in milliseconds.
    public var rearmMilliseconds = 10_000
    /// Low is below this part of the threshold.
    public var releaseRatio = 0.8
    /// How often an alert that goes on is reported again, in seconds.
    public var updateSeconds = 60.0
    /// The time constant with which the mean of a channel follows while all is quiet, in seconds.
    public var adaptSeconds = 900.0
    /// How far back the correlations between channels reach, in seconds.
    public var memorySeconds = 3_600.0
    /// How many causes are reported.
    public var causes = 3

    /// The defaults.
    public init() {}

    /// Durations in ticks of that many nanoseconds.
    struct Ticks: Hashable, Sendable {
        var warmUp, calibrate, onDelay, offDelay, minimum, rearm, update, adaptShift, memory: Int
        /// Ticks of a day.
        var day: Double
        /// Ticks in which one false alert is asked for.
        var perAlert: Double
        /// The release ratio, Q12.
        var release: Int64

        init(_ parameters: AnomalyParameters, tickNanoseconds: Int64) {
            let tick = Double(max(tickNanoseconds, 1)) / 1e9
            func ticks(_ seconds: Double, atLeast least: Int = 1) -> Int {
                max(Int(min((seconds / tick).rounded(), 1e12)), least)
            }
            let settle = 4 * parameters.slowTicks
            warmUp = ticks(parameters.warmUpSeconds, atLeast: settle)
            calibrate = ticks(parameters.calibrateSeconds, atLeast: settle)
            onDelay = ticks(Double(parameters.onDelayMilliseconds) / 1e3)
            offDelay = ticks(Double(parameters.offDelayMilliseconds) / 1e3)
            minimum = ticks(Double(parameters.minimumMilliseconds) / 1e3, atLeast: 0)
            rearm = ticks(Double(parameters.rearmMilliseconds) / 1e3, atLeast: 0)
            update = ticks(parameters.updateSeconds)
            let adapt = ticks(parameters.adaptSeconds)
            adaptShift = min(max(Int.bitWidth - 1 - adapt.leadingZeroBitCount, 1), 26)
            memory = ticks(parameters.memorySeconds, atLeast: 256)
            day = 86_400 / tick
            perAlert = day / parameters.falseAlarmsPerDay
            release = Int64((parameters.releaseRatio * 4_096).rounded())
        }
    }

    /// What is wrong with the parameters together, if anything.
    func complaint() -> SpikelineError? {
        for (name, ticks) in [("fast_ticks", fastTicks), ("slow_ticks", slowTicks)]
        where ticks.nonzeroBitCount != 1 {
            return SpikelineError("\"\(name)\" expects a power of two, found \(ticks)")
        }
        if fastTicks >= slowTicks {
            return SpikelineError(
                "\"slow_ticks\" expects more than \"fast_ticks\", found \(slowTicks) and \(fastTicks)")
        }
        return nil
    }
}

extension AnomalyParameters {
    /// The options by name, type and range.
    public static let specs: [OptionSpec] = [
        OptionSpec("warm_up_s", .number(0.1...10_000_000), help: "How long normal is learned. Default 60."),
        OptionSpec(
            "calibrate_s", .number(0.1...10_000_000),
            help: "How long thresholds are then calibrated, on other data. Default 30."),
        OptionSpec(
            "false_alarms_per_day", .number(0.001...10_000),
            help: "How many false alerts a day are aimed at. Default 1."),
        OptionSpec("fast_ticks", .integer(2...1_024), help: "Time constant of the fast traces. Default 4."),
        OptionSpec("slow_ticks", .integer(4...4_096), help: "Time constant of the slow traces. Default 64."),
        OptionSpec(
            "on_delay_ms", .integer(0...3_600_000), help: "How long the score must stay high for an alert. Default 300."
        ),
        OptionSpec(
            "off_delay_ms", .integer(0...3_600_000), help: "How long it must stay low for the end of one. Default 2000."
        ),
        OptionSpec("minimum_ms", .integer(0...3_600_000), help: "The least length of an alert. Default 0."),
        OptionSpec(
            "rearm_ms", .integer(0...86_400_000), help: "No alert begins so long after the end of one. Default 10000."),
        OptionSpec("release_ratio", .number(0.05...1), help: "Low is below this part of the threshold. Default 0.8."),
        OptionSpec("update_s", .number(0.1...86_400), help: "How often a lasting alert is reported again. Default 60."),
        OptionSpec(
            "adapt_s", .number(1...10_000_000),
            help: "How fast the mean of a channel follows a drift while all is quiet. Default 900."),
        OptionSpec("memory_s", .number(1...10_000_000), help: "How far back correlations reach. Default 3600."),
        OptionSpec("causes", .integer(1...32), help: "How many causes are reported. Default 3."),
    ]

    /// The parameters that checked options give, and the defaults for the rest.
    public init(_ options: Options) {
        self.init()
        warmUpSeconds = options.number("warm_up_s") ?? warmUpSeconds
        calibrateSeconds = options.number("calibrate_s") ?? calibrateSeconds
        falseAlarmsPerDay = options.number("false_alarms_per_day") ?? falseAlarmsPerDay
        fastTicks = options.integer("fast_ticks") ?? fastTicks
        slowTicks = options.integer("slow_ticks") ?? slowTicks
        onDelayMilliseconds = options.integer("on_delay_ms") ?? onDelayMilliseconds
        offDelayMilliseconds = options.integer("off_delay_ms") ?? offDelayMilliseconds
        minimumMilliseconds = options.integer("minimum_ms") ?? minimumMilliseconds
        rearmMilliseconds = options.integer("rearm_ms") ?? rearmMilliseconds
        releaseRatio = options.number("release_ratio") ?? releaseRatio
        updateSeconds = options.number("update_s") ?? updateSeconds
        adaptSeconds = options.number("adapt_s") ?? adaptSeconds
        memorySeconds = options.number("memory_s") ?? memorySeconds
        causes = options.integer("causes") ?? causes
    }

    /// What of the parameters a learned state depends on.
    var fingerprintText: String { "\(fastTicks) \(slowTicks) \(memorySeconds) \(onDelayMilliseconds)" }
}
