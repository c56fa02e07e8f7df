import SpikeSignals

/// Who attends to which sensor, and which workers live, as the bucket says.
///
/// A worker lives as long as what it says of itself changes. That is seen with our own clock: no two clocks are
/// compared. A lease has no time in it; it is free when its worker is not alive.
struct LeaseTable {
    /// A sensor's lease.
    struct Lease: Hashable {
        /// The worker; empty if it has been given back.
        var worker: String
        /// The number of the entry, for who wants to change it.
        var revision: UInt64
    }

    private let stream: JetStream
    private let fleet: Fleet
    private let pipeline: String
    private let leaseNanoseconds: Int64
    private(set) var leases: [String: Lease] = [:]
    /// When each worker was last heard of.
    private var heardAt: [String: Int64] = [:]
    /// When the bucket was last read to its end.
    private var readAt: Int64?
    private var nextLease: UInt64 = 1
    private var nextWorker: UInt64 = 1

    init(_ stream: JetStream, fleet: Fleet, pipeline: String, leaseSeconds: Double) {
        (self.stream, self.fleet, self.pipeline) = (stream, fleet, pipeline)
        leaseNanoseconds = Int64(leaseSeconds * 1e9)
    }

    /// Reads what has changed.
    mutating func refresh() throws(SpikelineError) {
        let now = MonotonicClock.nanoseconds()
        // While we could not read, others could not be heard: a server that was away is nobody's death.
        if let readAt, now - readAt > leaseNanoseconds / 2 { heardAt = heardAt.mapValues { _ in now } }
        while let entry = try stream.message(
            of: fleet.workers, from: nextWorker, on: fleet.subject("workers", "*"))
        {
            nextWorker = entry.sequence &+ 1
            guard let json = try? JSONValue.read(entry.data, deepest: 4), let worker = json["worker"]?.stringValue,
                json["attends"]?.stringValue == pipeline, Fleet.isSimple(worker, longest: 80), heardAt.count < 100_000
            else { continue }
            let isGone = if case .bool(true)? = json["gone"] { true } else { false }
            heardAt[worker] = isGone ? nil : now
        }
        while let entry = try stream.message(of: fleet.bucket, from: nextLease, on: fleet.key("lease", pipeline, "*")) {
            nextLease = entry.sequence &+ 1
            guard let json = try? JSONValue.read(entry.data, deepest: 4), let sensor = json["sensor"]?.stringValue,
                let worker = json["worker"]?.stringValue, Fleet.isSimple(sensor, longest: Fleet.longestName),
                worker.isEmpty || Fleet.isSimple(worker, longest: 80)
            else { continue }
            leases[sensor] = Lease(worker: worker, revision: entry.sequence)
        }
        heardAt = heardAt.filter { now - $0.value <= 10 * leaseNanoseconds }
        readAt = MonotonicClock.nanoseconds()
    }

    /// Whether somebody else may take the sensor.
    func isFree(_ sensor: String, for worker: String) -> Bool {
        guard let lease = leases[sensor], !lease.worker.isEmpty, lease.worker != worker else { return true }
        return !isAlive(lease.worker)
    }

    /// Whether a worker has been heard of lately.
    func isAlive(_ worker: String) -> Bool {
        // Who is not there has said good-bye, or has been silent for all the time that we listen.
        guard let heard = heardAt[worker] else { return false }
        return MonotonicClock.nanoseconds() - heard <= leaseNanoseconds
    }

    /// How many workers live, `worker` among them whether it has been heard or not.
    func alive(with worker: String) -> Int {
        heardAt.keys.filter { $0 != worker && isAlive($0) }.count + 1
    }

    /// Writes who attends to the sensor, if nobody has changed that since we read it.
    ///
    /// - Returns: whether it is written.
    mutating func write(_ worker: String, for sensor: String) throws(SpikelineError) -> Bool {
        let before = leases[sensor]?.revision ?? 0
        let value = JSONValue.object([
            ("v", .integer(1)), ("sensor", .string(sensor)), ("worker", .string(worker)),
        ])
        let id = "\(sensor)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        guard
            case .stored(let revision) = try stream.append(
                Array(value.text.utf8), to: fleet.key("lease", pipeline, sensor), after: before, id: id)
        else { return false }
        leases[sensor] = Lease(worker: worker, revision: revision)
        return true
    }
}
