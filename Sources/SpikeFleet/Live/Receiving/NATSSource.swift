import SpikeSignals
import SpikeSinks

/// Reads a sensor's live stream from JetStream, in order and each message once, at the pipeline's pace: what the pipeline
/// has not taken yet stays at the server.
///
/// The stream ends where its run does, or where another run begins, whose time would begin anew.
final class NATSSource<Coding: LiveCoding>: Source {
    /// Where reading begins.
    enum Start: String, CaseIterable {
        /// With the oldest message that the server has.
        case oldest
        /// With what comes from now on.
        case now
    }

    let isLive = false
    let counters = StageCounters(["messages", "bytes", "lost", "repeated", "refused", "gaps"])

    private let stage: LiveStageOptions
    private let start: Start
    private let quietSeconds: Double?
    private let notice: SinkNotice
    private var feeds: LiveFeeds?
    private var order = RunOrder(after: 0)
    private var waiting: [LiveMessage] = []
    private var legend: ChannelLegend?
    private var heardAt: Int64 = 0
    private var hasEnded = false
    private var wasRefused = false

    init(_ stage: LiveStageOptions, start: Start, quietSeconds: Double?, notice: @escaping SinkNotice) {
        (self.stage, self.start, self.quietSeconds, self.notice) = (stage, start, quietSeconds, notice)
    }

    /// Appends what one message holds; nothing if none comes within a tenth of a second.
    func read(into output: Coding.Content) throws(SpikelineError) -> Bool {
        let feeds = try connected()
        let before = output.upTo
        if waiting.isEmpty, !hasEnded, let arrival = try feeds.next(milliseconds: 100) { take(arrival) }
        if waiting.isEmpty {
            let quiet = Double(MonotonicClock.nanoseconds() - heardAt) / 1e9
            if let quietSeconds, quiet > quietSeconds { hasEnded = true }
            return !hasEnded
        }
        let message = waiting.removeFirst()
        if message.isLast { hasEnded = waiting.isEmpty }
        if message.hasLost { counters.update { $0[5] += 1 } }
        guard !message.body.isEmpty else { return !hasEnded }
        do throws(SpikelineError) {
            try Coding.read(message.body, into: output)
        } catch {
            refuse(error)
            output.removeAll()
            output.upTo = before
        }
        if let spikes = output as? SpikeBatch {
            legend = spikes.legend ?? legend
            spikes.legend = legend
        }
        output.upTo = max(output.upTo, before)
        return true
    }

    private func connected() throws(SpikelineError) -> LiveFeeds {
        if let feeds { return feeds }
        let stream = JetStream(connection: try NATSConnection(stage.settings, notice: notice))
        try stage.fleet.prepare(live: stage.kind, stream)
        let feeds = try LiveFeeds(stream)
        let name = stage.fleet.stream(of: stage.kind)
        let subject = stage.fleet.subject(stage.kind, sensor: stage.sensor)
        let last = start == .oldest ? 0 : try stream.newest(of: name, on: subject)?.sequence ?? 0
        order = RunOrder(after: last)
        feeds.open(subject, of: name, after: last)
        self.feeds = feeds
        heardAt = MonotonicClock.nanoseconds()
        return feeds
    }

    private func take(_ arrival: LiveFeeds.Arrival) {
        heardAt = MonotonicClock.nanoseconds()
        counters.update { counts in
            counts[0] += 1
            counts[1] += arrival.data.count
        }
        do throws(SpikelineError) {
            let message = try LiveMessage(arrival.data)
            guard message.kind == stage.kind else {
                throw SpikelineError("expected \(stage.kind.rawValue), found \(message.kind.rawValue)")
            }
            let run = order.run
            let due = order.take(message, at: arrival.sequence)
            if run != 0, order.run != run {
                // The rest of the old run still comes; the new one is another stream.
                waiting += due.filter { $0.run == run }
                if waiting.isEmpty { hasEnded = true } else { waiting[waiting.count - 1].isLast = true }
                notice("sensor \(stage.sensor) has begun anew, so its stream ends here")
            } else {
                waiting += due
            }
        } catch {
            order.pass(arrival.sequence)
            refuse(error)
        }
        counters.update { counts in
            counts[2] = order.lost
            counts[3] = order.repeated
        }
    }

    private func refuse(_ error: SpikelineError) {
        counters.update { $0[4] += 1 }
        if !wasRefused { notice("a message of sensor \(stage.sensor) is left out: \(error)") }
        wasRefused = true
    }
}

/// The source `nats` of pipelines.
enum NATSSources {
    static let descriptors: [StageDescriptor] = [
        descriptor(SpikeCoding.self), descriptor(AudioCoding.self), descriptor(EventCoding.self),
        descriptor(RecordCoding.self),
    ]

    private static let specs =
        LiveStageOptions.specs + [
            OptionSpec(
                "from", .choice(["oldest", "now"]),
                help:
                    "Whether to begin with the oldest message that the server has, or with what comes. Default: oldest."
            ),
            OptionSpec(
                "end_after_quiet_s", .number(0.1...1e9),
                help: "End when nothing has come for so long. Default: only where the sensor's run ends."),
        ]

    private static func descriptor<Coding: LiveCoding>(_: Coding.Type) -> StageDescriptor {
        let kind = Coding.Content.kind
        return StageDescriptor(
            type: "nats", role: .source, output: kind,
            summary: "Reads the live stream of a sensor from the JetStream of a NATS server.", options: specs,
            make: { (options, context) throws(SpikelineError) in
                let stage = try LiveStageOptions(options, context: context, kind: kind)
                try stage.checkSensor(at: context.stage)
                try NATSLibrary.load()
                return .source(
                    AnySource(
                        NATSSource<Coding>(
                            stage, start: options.string("from") == "now" ? .now : .oldest,
                            quietSeconds: options.number("end_after_quiet_s"),
                            notice: SinkNotices.standardError(stage: context.stage))))
            })
    }
}

/// The stages `nats` of pipelines: a source and a sink of each kind of data.
public enum NATSStages {
    /// How pipelines name, check and make them.
    public static let descriptor: StageDescriptor = {
        let all = NATSSinks.descriptors + NATSSources.descriptors
        let first = all[0]
        return StageDescriptor(
            type: first.type, role: first.role, input: first.input, output: first.output, summary: first.summary,
            options: first.options, variants: Array(all.dropFirst()), make: first.make)
    }()
}
