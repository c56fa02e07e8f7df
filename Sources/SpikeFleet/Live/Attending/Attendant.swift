import SpikeSignals
import SpikeSinks

#if canImport(Glibc)
import Glibc
#endif

/// A worker that attends to the live sensors of a fleet, as many as are its share, until told to end.
///
/// ```
/// sensors ──► leases: compare and set ──► own sensors ──► messages in order ──► pipelines ──► records
///                 ▲ a beat every second          └── checkpoints, now and then ──► bucket
/// ```
/// Everything runs on one thread; start a worker for each core. A worker that dies is not heard of any more, and after
/// the lease's time others take its sensors, each where its last checkpoint stands. What it had stored since then they
/// compute again and do not store again.
public final class Attendant {
    /// What a worker may be told.
    public struct Options: Sendable {
        /// After how many silent seconds a worker has lost its sensors.
        public var leaseSeconds = 10.0
        /// How often the state of a sensor is written, in seconds.
        public var checkpointSeconds = 5.0
        /// Whether a state that belongs to another pipeline or model is thrown away.
        public var isFresh = false
        /// After how many seconds without a message the worker ends; nil for never.
        public var quietSeconds: Double?
        /// How many servers of a cluster keep the bucket: 1, 3 or 5.
        public var replicas = 1

        /// Ten seconds, five seconds.
        public init() {}
    }

    /// What a worker has done.
    public struct Counts: Hashable, Sendable {
        /// Sensors that it attends to.
        public var sensors = 0
        /// Sensors that it took, in all.
        public var taken = 0
        /// Sensors that it took from a worker that was not heard of any more.
        public var takenOver = 0
        /// Messages and their bytes.
        public var messages = 0, bytes = 0
        /// Records that were stored, and those that an earlier worker had stored.
        public var records = 0, known = 0
        /// Messages that never came, came twice, or were none.
        public var lost = 0, repeated = 0, refused = 0
        /// Runs that the pipeline could not take.
        public var failures = 0
        /// Checkpoints that were written.
        public var checkpoints = 0

        /// Nothing yet.
        public init() {}
    }

    /// Its name: host, process, and a number drawn at random.
    public let name: String
    private let fleet: Fleet
    private let kind: PortKind
    private let options: Options
    private let stream: JetStream
    private let setting: AttendedSensor.Setting
    private let feeds: LiveFeeds
    private var table: LeaseTable
    private let pipeline: String
    private let notice: (String) -> Void
    private var sensors: [String: AttendedSensor] = [:]
    /// What sensors did that are no longer here.
    private var past = Counts()
    private var beats = 0

    /// A worker for the sensors of `stage`; makes the streams that do not exist yet.
    ///
    /// - Parameters:
    ///   - pipeline: its name, which workers share that run the same.
    ///   - output: the name under which a sensor's records are known, with `*` for the sensor's.
    ///   - make: makes a pipeline for a run of a sensor.
    public init(
        _ stage: LiveStageOptions, pipeline: String, output: String, options: Options,
        notice: @escaping @Sendable (String) -> Void, make: @escaping () throws -> any SensorPipeline
    ) throws(SpikelineError) {
        try Fleet.checkName(pipeline, of: "pipeline", at: "the name of the pipeline")
        let connection = try NATSConnection(stage.settings, notice: notice)
        stream = JetStream(connection: connection)
        (fleet, kind, self.options, self.pipeline, self.notice) =
            (stage.fleet, stage.kind, options, pipeline, notice)
        name = "\(WorkerName.own)-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        try fleet.prepare(live: kind, stream)
        try fleet.prepare(live: .records, stream)
        try fleet.prepareBucket(stream, replicas: options.replicas)
        try fleet.prepareWorkers(stream, replicas: options.replicas)
        feeds = try LiveFeeds(stream)
        table = LeaseTable(stream, fleet: fleet, pipeline: pipeline, leaseSeconds: options.leaseSeconds)
        setting = AttendedSensor.Setting(
            fleet: fleet, kind: kind, stream: stream, pipeline: pipeline,
            outputName: { name in output.split(separator: "*", omittingEmptySubsequences: false).joined(separator: name)
            },
            make: make, isFresh: options.isFresh, notice: notice)
    }

    /// What it has done so far.
    public var counts: Counts {
        var counts = sensors.values.reduce(into: past) { Attendant.add($1, to: &$0) }
        counts.sensors = sensors.count
        return counts
    }

    /// Attends until `isStopped` says so, and then gives back its sensors.
    ///
    /// - Parameter tick: called a few times a second with the counts.
    public func attend(until isStopped: () -> Bool, tick: (Counts) -> Void = { _ in }) throws {
        var (nextBeat, nextLook): (Int64, Int64) = (0, 0)
        var heardAt = MonotonicClock.nanoseconds()
        // Leases last several beats and looks.
        let beat = beat
        // Whoever is silent may live: we listen for as long as a lease lasts before we take what seems to be nobody's.
        try table.refresh()
        while !isStopped() {
            let now = MonotonicClock.nanoseconds()
            if now >= nextBeat {
                say(isGone: false)
                nextBeat = now + beat
            }
            if now >= nextLook {
                try look()
                tick(counts)
                nextLook = MonotonicClock.nanoseconds() + min(beat, 500_000_000)
            }
            if let arrival = try feeds.next(milliseconds: 20) {
                heardAt = now
                try take(arrival)
            } else if let quiet = options.quietSeconds, Double(now - heardAt) / 1e9 > quiet {
                break
            }
        }
        for sensor in sensors.keys.sorted() { try giveBack(sensor) }
        say(isGone: true)
        stream.connection.flush(seconds: 2)
        tick(counts)
    }

    private func say(isGone: Bool) {
        beats += 1
        let counts = counts
        let value = JSONValue.object([
            ("v", .integer(1)), ("worker", .string(name)), ("attends", .string(pipeline)), ("beat", .integer(beats)),
            ("gone", .bool(isGone)), ("busy", .bool(!isGone && counts.sensors > 0)),
            ("sensors", .integer(isGone ? 0 : counts.sensors)), ("done", .integer(counts.records)),
            ("failed", .integer(counts.failures)), ("given_back", .integer(counts.taken - counts.sensors)),
        ])
        stream.connection.publish(fleet.subject("workers", name), Array(value.text.utf8))
    }

    private func take(_ arrival: LiveFeeds.Arrival) throws {
        let name = String(arrival.subject.split(separator: ".").last ?? "")
        guard let sensor = sensors[name] else { return }
        do {
            try sensor.take(arrival.data, at: arrival.sequence)
            if Double(MonotonicClock.nanoseconds() - sensor.keptAt) / 1e9 > options.checkpointSeconds {
                try keep(sensor)
            }
        } catch is AttendedSensor.Overtaken {
            drop(name, "another worker attends to it")
        }
    }

    private func keep(_ sensor: AttendedSensor) throws {
        if sensor.isChanged { past.checkpoints += 1 }
        try sensor.keep()
    }

    /// Lets go of a sensor without writing anything.
    private func drop(_ name: String, _ why: String) {
        guard let sensor = sensors.removeValue(forKey: name) else { return }
        notice("sensor \(name) is left: \(why)")
        Attendant.add(sensor, to: &past)
        feeds.close(fleet.subject(kind, sensor: name))
    }

    /// Writes how far a sensor has come and lets others have it.
    private func giveBack(_ name: String) throws {
        guard let sensor = sensors.removeValue(forKey: name) else { return }
        feeds.close(fleet.subject(kind, sensor: name))
        defer { Attendant.add(sensor, to: &past) }
        do { try keep(sensor) } catch is AttendedSensor.Overtaken { return }
        _ = try table.write("", for: name)
    }

    private static func add(_ sensor: AttendedSensor, to counts: inout Counts) {
        counts.messages += sensor.counts.messages
        counts.bytes += sensor.counts.bytes
        counts.records += sensor.counts.records
        counts.known += sensor.counts.known
        counts.refused += sensor.counts.refused
        counts.failures += sensor.counts.failures
        counts.lost = counts.lost.saturatingSum(sensor.gaps.lost)
        counts.repeated += sensor.gaps.repeated
    }

    // MARK: - Shares

    /// Sees who attends to what, takes what is free up to our share, gives back what is more, and keeps what is due.
    private func look() throws {
        try table.refresh()
        for sensor in sensors.keys where table.leases[sensor]?.worker != name {
            drop(sensor, "its lease has gone to another worker")
        }
        let all = try found()
        let alive = table.alive(with: name)
        let share = (all.count + alive - 1) / alive
        // A sign of life is due then; the rest waits for the next look.
        let due = MonotonicClock.nanoseconds() + beat
        for sensor in all where sensors[sensor] == nil {
            guard sensors.count < share, MonotonicClock.nanoseconds() < due else { break }
            guard table.isFree(sensor, for: name), !isUnheard(sensor) else { continue }
            try acquire(sensor)
        }
        for sensor in sensors.keys.sorted().suffix(max(sensors.count - share, 0)) {
            notice("sensor \(sensor) is given back: \(alive) workers share \(all.count) sensors")
            try giveBack(sensor)
        }
        let now = MonotonicClock.nanoseconds()
        for (name, sensor) in sensors where Double(now - sensor.keptAt) / 1e9 > options.checkpointSeconds {
            do { try keep(sensor) } catch is AttendedSensor.Overtaken { drop(name, "another worker attends to it") }
        }
    }

    private let begun = MonotonicClock.nanoseconds()

    /// Nanoseconds between two signs of life.
    private var beat: Int64 { Int64(min(options.leaseSeconds / 5, 1) * 1e9) }

    /// Whether the sensor's worker may live though we have not heard it, as we have not listened for long enough.
    private func isUnheard(_ sensor: String) -> Bool {
        guard let lease = table.leases[sensor], !lease.worker.isEmpty, lease.worker != name else { return false }
        return Double(MonotonicClock.nanoseconds() - begun) / 1e9 < options.leaseSeconds
    }

    private func acquire(_ sensor: String) throws {
        let before = table.leases[sensor]?.worker ?? ""
        guard try table.write(name, for: sensor) else { return }
        do {
            let attended = try AttendedSensor(sensor, setting)
            sensors[sensor] = attended
            past.taken += 1
            if !before.isEmpty, before != name {
                past.takenOver += 1
                notice("sensor \(sensor) is taken over from \(before), which is not heard of any more")
            }
            feeds.open(fleet.subject(kind, sensor: sensor), of: fleet.stream(of: kind), after: attended.position)
        } catch is AttendedSensor.Overtaken {
            return
        } catch {
            _ = try? table.write("", for: sensor)
            throw error
        }
    }

    /// The sensors that the stream knows, in an order of our own, so that workers begin with different ones.
    private func found() throws(SpikelineError) -> [String] {
        let prefix = fleet.subject(kind, sensor: "")
        let filter = JSONValue.object([("subjects_filter", .string(prefix + "*"))])
        let info = try stream.ask("STREAM.INFO.\(fleet.stream(of: kind))", filter)
        guard case .object(let fields)? = info?["state"]?["subjects"] else { return [] }
        return fields.compactMap { subject, _ -> (UInt64, String)? in
            let sensor = String(subject.dropFirst(prefix.count))
            guard subject.hasPrefix(prefix), Fleet.isSimple(sensor, longest: Fleet.longestName) else { return nil }
            return (Checksum.of(Array((name + sensor).utf8)), sensor)
        }.sorted { $0 < $1 }.map(\.1)
    }
}

/// The name of this process among workers.
enum WorkerName {
    /// Host and process.
    static var own: String {
        var host = [CChar](repeating: 0, count: 256)
        _ = unsafe gethostname(&host, 255)
        let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let simple = text.map { Fleet.isSimple(String($0), longest: 1) ? $0 : "_" }
        return "\(String(simple.prefix(48)))-\(getpid())"
    }
}
