import SpikeSignals

/// Notices what a microphone or accelerometer itself does wrong: `clipped`, `dead` and `clock_jump`.
///
/// ```
/// clipped      runs of 3 or more samples at full scale, of the same sign, make up a thousandth of a second
/// dead         a channel gives one and the same value for `dead_after_ms`
/// clock_jump   samples are missing between two blocks
/// ```
/// A residual detector misses silence, and takes clipping for a new sound; so this stands beside it. Each fault is
/// reported when it begins, and again only after `quiet_s` without it. Cost: a few comparisons per sample.
public final class SoundWatchdog: Transform {
    /// How pipelines name, check and make the stage.
    public static let descriptor = StageDescriptor(
        type: "sound_watchdog", role: .transform, input: .audio, output: .records,
        summary: "Reports clipping, dead channels and missing samples of a microphone or accelerometer.",
        options: [
            OptionSpec(
                "dead_after_ms", .integer(10...3_600_000),
                help: "A channel that does not change for so long is dead. Default 1500."),
            OptionSpec(
                "quiet_s", .number(0...1_000_000), help: "A fault is new again after so long without it. Default 10."),
        ],
        make: { (options, context) throws(SpikelineError) in
            let dog = SoundWatchdog(
                deadAfterMilliseconds: options.integer("dead_after_ms") ?? 1_500,
                quietSeconds: options.number("quiet_s") ?? 10, context: context)
            return .transform(AnyTransform(dog))
        })

    /// What counts as full scale: 24 bits less the last bit of 16-bit PCM.
    static let limit = AudioBatch.fullScale - 256
    /// The shortest run of samples at full scale that is clipping.
    static let shortestRun = 3

    private let deadAfter: Int
    private let context: StageContext
    private var gate: FaultGate
    private var axes: [Axis] = []
    private var nextSample: Int64?

    /// What is remembered of one channel.
    private struct Axis {
        var last: Int32 = .min
        /// Samples that were equal to the last one.
        var same: Int64 = 0
        /// The length of the run at full scale.
        var run = 0
        /// Clipped samples in the second that is being filled.
        var clipped = 0
        var fill = 0
    }

    /// A watchdog at that place in a pipeline.
    public init(deadAfterMilliseconds: Int = 1_500, quietSeconds: Double = 10, context: StageContext) {
        deadAfter = deadAfterMilliseconds
        self.context = context
        gate = FaultGate(quietSeconds: quietSeconds)
    }

    /// Appends the faults that show in `input`.
    public func process(_ input: AudioBatch, into output: RecordBatch) throws(SpikelineError) {
        output.upTo = input.upTo
        if axes.count != input.channels { axes = Array(repeating: Axis(), count: max(input.channels, 1)) }
        if let nextSample, input.firstSample > nextSample {
            let lost = Double(input.firstSample - nextSample) / Double(max(input.sampleRate, 1)) * 1e3
            let place = "\(JSONValue.decimal(lost, decimals: 1) ?? "?") ms of samples are missing"
            report("clock_jump", place, StreamTime(sample: input.firstSample, rate: input.sampleRate), output)
        }
        nextSample = input.firstSample + Int64(input.frames)
        for axis in axes.indices { watch(axis, input, output) }
        output.records.sort { $0.at < $1.at }
    }

    private func watch(_ index: Int, _ input: AudioBatch, _ output: RecordBatch) {
        var axis = axes[index]
        let rate = max(input.sampleRate, 1)
        let (samples, count) = (input.samples, axes.count)
        let dead = Int64(deadAfter) * Int64(rate) / 1_000
        func time(_ frame: Int) -> StreamTime {
            StreamTime(sample: input.firstSample + Int64(frame) + 1, rate: rate)
        }
        for frame in 0..<input.frames {
            let sample = samples[frame * count + index]
            let isFull = sample >= SoundWatchdog.limit || sample <= -SoundWatchdog.limit
            axis.run = isFull && (axis.run == 0 || (sample > 0) == (axis.last > 0)) ? axis.run + 1 : isFull ? 1 : 0
            if axis.run >= SoundWatchdog.shortestRun { axis.clipped += axis.run == SoundWatchdog.shortestRun ? 3 : 1 }
            axis.same = sample == axis.last ? axis.same + 1 : 0
            axis.last = sample
            if axis.same >= max(dead, 1), axis.same % max(dead, 1) == 0 {
                report("dead", "channel \(index)", time(frame), output)
            }
            axis.fill += 1
            if axis.fill >= rate {
                if axis.clipped * 1_000 >= rate, axis.clipped > 0 {
                    let share = JSONValue.decimal(Double(axis.clipped) / Double(rate) * 100, decimals: 1) ?? "?"
                    report("clipped", "channel \(index), \(share) % of a second", time(frame), output)
                }
                (axis.fill, axis.clipped) = (0, 0)
            }
        }
        axes[index] = axis
    }

    private func report(_ fault: String, _ place: String, _ at: StreamTime, _ output: RecordBatch) {
        // What tells one fault from another is its kind and the channel, not how strong it is.
        let key = fault + String(place.prefix { $0 != "," })
        guard gate.isNew(fault == "clock_jump" ? fault : key, at: at) else { return }
        output.records.append(
            .sensorFault(
                SensorFaultRecord(
                    fault: fault, place: place, at: at, pipeline: context.pipeline, stage: context.stage)))
    }
}

/// Lets a fault through when it begins, and again when it has been away for a while.
struct FaultGate: Sendable {
    /// The most faults that are remembered; with more, the rest is let through no more.
    static let most = 1_024
    private let quiet: Int64
    private var latest: [String: Int64] = [:]

    init(quietSeconds: Double) { quiet = Int64(min(max(quietSeconds, 0), 1e9) * 1e9) }

    /// Whether a fault that shows at `at` was not there before.
    mutating func isNew(_ key: String, at: StreamTime) -> Bool {
        let before = latest[key]
        guard before != nil || latest.count < FaultGate.most else { return false }
        latest[key] = at.nanoseconds
        guard let before else { return true }
        return at.nanoseconds.subtractingReportingOverflow(before).partialValue > quiet
    }
}
