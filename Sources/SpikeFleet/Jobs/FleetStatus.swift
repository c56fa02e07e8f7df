import SpikeSignals

/// What a fleet is doing: what waits, what is being worked on, who works.
public struct FleetStatus: Sendable {
    /// What a worker last said of itself.
    public struct Member: Sendable {
        /// Host and process.
        public var name: String
        /// Whether it has a job.
        public var isBusy: Bool
        /// Jobs done, failed, and given back.
        public var done: Int, failed: Int, givenBack: Int
    }

    /// Jobs that nobody has taken.
    public var waiting = 0
    /// Jobs that a worker has, or that wait for another try.
    public var taken = 0
    /// Jobs that are with their second worker or a later one.
    public var redelivered = 0
    /// Results that are stored, batches included.
    public var results = 0
    /// Failed jobs.
    public var dead = 0
    /// Workers that said something within the last minute.
    public var workers: [Member] = []

    /// Asks the server.
    public init(_ connection: NATSConnection, fleet: Fleet) throws(SpikelineError) {
        let stream = JetStream(connection: connection)
        guard
            let info = try stream.ask("CONSUMER.INFO.\(fleet.jobs).\(Fleet.consumer)", nil, allowed: [10_059, 10_014])
        else {
            throw SpikelineError("there is no fleet \"\(fleet.name)\"", at: stream.place, hint: "Submit jobs first")
        }
        waiting = info["num_pending"]?.integerValue ?? 0
        taken = info["num_ack_pending"]?.integerValue ?? 0
        redelivered = info["num_redelivered"]?.integerValue ?? 0
        func messages(_ name: String) throws(SpikelineError) -> Int {
            try stream.ask("STREAM.INFO.\(name)", nil, allowed: [10_059])?["state"]?["messages"]?.integerValue ?? 0
        }
        results = try messages(fleet.results)
        dead = try messages(fleet.dead)
        var next: UInt64 = 1
        while workers.count < 10_000,
            let message = try stream.message(of: fleet.workers, from: next, on: fleet.subject("workers", "*"))
        {
            next = message.sequence + 1
            guard let json = try? JSONValue.read(message.data), let name = json["worker"]?.stringValue else { continue }
            let isBusy = if case .bool(true)? = json["busy"] { true } else { false }
            func count(_ name: String) -> Int { json[name]?.integerValue ?? 0 }
            workers.append(
                Member(
                    name: String(name.prefix(80)), isBusy: isBusy, done: count("done"), failed: count("failed"),
                    givenBack: count("given_back")))
        }
    }
}
