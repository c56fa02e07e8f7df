import SpikeSignals

/// Looks at a ``JobWorker`` from another thread.
public struct WorkerMonitor: Sendable {
    let pulse: Pulse
    let stream: JetStream
    let fleet: Fleet

    /// What is on the queue.
    public struct Queue: Hashable, Sendable {
        /// Jobs that nobody has taken.
        public var waiting = 0
        /// Jobs that a worker has, or that wait for another try.
        public var taken = 0
        /// Jobs that are with their second worker or a later one.
        public var redelivered = 0
    }

    /// What the worker has done, up to the last job that ended.
    public var counts: JobWorker.Counts { pulse.now.counts }

    /// Whether it has a job.
    public var isBusy: Bool { pulse.now.isBusy }

    /// How long ago the server last said something, in seconds; an idle worker hears from it every second.
    public var secondsSinceServer: Double { Double(MonotonicClock.nanoseconds() - pulse.now.heardAt) / 1e9 }

    /// Asks the server what is on the queue and waits at most a second; nil if it does not say.
    public func queue() -> Queue? {
        let question = "$JS.API.CONSUMER.INFO.\(fleet.jobs).\(Fleet.consumer)"
        guard let answer = try? stream.connection.requestOnce(question, [], milliseconds: 1_000),
            let json = try? JSONValue.read(answer.data), let waiting = json["num_pending"]?.integerValue
        else { return nil }
        return Queue(
            waiting: waiting, taken: json["num_ack_pending"]?.integerValue ?? 0,
            redelivered: json["num_redelivered"]?.integerValue ?? 0)
    }
}
