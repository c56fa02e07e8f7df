import ArgumentParser
import SpikeFleet
import SpikeServices
import SpikeSignals
import Synchronization

/// Where a worker serves its numbers.
struct MetricsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Serve /metrics and /health there, such as 127.0.0.1:9464.", valueName: "host:port"))
    var metrics: String?
    @Option(
        help: ArgumentHelp(
            "A file whose first line clients must show as Authorization: Bearer ...; needed where other machines can "
                + "connect.", valueName: "file"))
    var metricsToken: String?

    /// A server of `contents`, which serves already; nil if none is asked for.
    func serve(_ contents: MetricsServer.Contents, for verb: String) throws -> MetricsServer? {
        guard let address = metrics else { return nil }
        let server = try MetricsServer(contents, at: address, token: try PageOptions.token(in: metricsToken))
        try server.start()
        Console.error("\(verb): http://\(server.name)/metrics")
        return server
    }
}

extension MetricsServer.Contents {
    /// After how many silent seconds a worker that is idle is not well.
    private static let patience = 10.0

    /// Of a worker on jobs.
    init(_ monitor: WorkerMonitor, name: String) {
        self.init(
            metrics: {
                let (counts, isBusy) = (monitor.counts, monitor.isBusy)
                var metrics: [MetricsServer.Metric] = [
                    .init("spikeline_worker_busy", "1 while the worker has a job.", isBusy ? 1 : 0),
                    .init("spikeline_worker_jobs_done_total", "Jobs whose result was stored.", counts.done),
                    .init("spikeline_worker_jobs_failed_total", "Jobs that failed for good.", counts.failed),
                    .init(
                        "spikeline_worker_jobs_retried_total", "Jobs that were given back for another try.",
                        counts.givenBack),
                    .init(
                        "spikeline_worker_jobs_duplicate_total", "Jobs whose result another worker had stored before.",
                        counts.duplicates),
                    .init("spikeline_worker_records_total", "Records in the results that were stored.", counts.records),
                    .init(
                        "spikeline_worker_busy_seconds_total", "How long jobs were run, fetching included.",
                        counts.busySeconds),
                    .init(
                        "spikeline_worker_server_silent_seconds", "How long ago the server last said something.",
                        monitor.secondsSinceServer),
                ]
                let queue = monitor.queue()
                metrics.append(
                    .init("spikeline_queue_up", "1 if the server has said what is on the queue.", queue == nil ? 0 : 1))
                if let queue {
                    metrics += [
                        .init("spikeline_queue_waiting_jobs", "Jobs that nobody has taken.", queue.waiting),
                        .init(
                            "spikeline_queue_taken_jobs", "Jobs that a worker has, or that wait for another try.",
                            queue.taken),
                        .init(
                            "spikeline_queue_redelivered_jobs",
                            "Jobs that are with their second worker or a later one.", queue.redelivered),
                    ]
                }
                return metrics
            },
            health: {
                let (silence, isBusy) = (monitor.secondsSinceServer, monitor.isBusy)
                let isWell = isBusy || silence < Self.patience
                return MetricsServer.Health(
                    isBusy ? "busy" : isWell ? "idle" : "server away", isWell: isWell,
                    [
                        ("worker", .string(name)), ("seconds_since_server", .fixed(silence, decimals: 1)),
                        ("jobs", .integer(monitor.counts.done + monitor.counts.failed)),
                    ])
            })
    }

    /// Of a worker on live sensors.
    init(_ board: AttendantBoard, name: String) {
        self.init(
            metrics: {
                let counts = board.counts
                return [
                    .init("spikeline_attend_sensors", "Sensors that the worker attends to.", counts.sensors),
                    .init("spikeline_attend_sensors_taken_total", "Sensors that it took.", counts.taken),
                    .init(
                        "spikeline_attend_sensors_taken_over_total",
                        "Sensors that it took from a worker that was not heard of any more.", counts.takenOver),
                    .init("spikeline_attend_messages_total", "Messages of sensors.", counts.messages),
                    .init("spikeline_attend_bytes_total", "Bytes of these messages.", counts.bytes),
                    .init("spikeline_attend_records_total", "Records that were stored.", counts.records),
                    .init(
                        "spikeline_attend_records_known_total", "Records that an earlier worker had stored.",
                        counts.known),
                    .init("spikeline_attend_messages_lost_total", "Messages that never came.", counts.lost),
                    .init("spikeline_attend_messages_repeated_total", "Messages that came twice.", counts.repeated),
                    .init("spikeline_attend_messages_refused_total", "Messages that were none.", counts.refused),
                    .init(
                        "spikeline_attend_runs_failed_total", "Runs that the pipeline could not take.", counts.failures),
                    .init("spikeline_attend_checkpoints_total", "Checkpoints that were written.", counts.checkpoints),
                ]
            },
            health: {
                let silence = board.secondsSinceLook
                let isWell = silence < Self.patience
                return MetricsServer.Health(
                    isWell ? "ok" : "server away", isWell: isWell,
                    [
                        ("worker", .string(name)), ("seconds_since_server", .fixed(silence, decimals: 1)),
                        ("sensors", .integer(board.counts.sensors)),
                    ])
            })
    }
}

/// What an ``Attendant`` last said of itself, for other threads.
final class AttendantBoard: Sendable {
    private let state = Mutex((counts: Attendant.Counts(), at: MonotonicClock.nanoseconds()))

    /// What it has done.
    var counts: Attendant.Counts { state.withLock { $0.counts } }

    /// How long ago it last looked at the server's table of sensors, in seconds; it does so twice a second or more often.
    var secondsSinceLook: Double { Double(MonotonicClock.nanoseconds() - state.withLock { $0.at }) / 1e9 }

    /// It has looked, and done so much.
    func note(_ counts: Attendant.Counts) {
        let now = MonotonicClock.nanoseconds()
        state.withLock { $0 = (counts, now) }
    }
}
