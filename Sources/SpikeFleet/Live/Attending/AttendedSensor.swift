import SpikeSignals

/// A sensor that this worker attends to: messages in, records out, each exactly once.
///
/// ```
/// message ──► order ──► pipeline ──► record n ──► stored, if the last one there is n - 1
/// ```
/// Two conditions at the server make a record the only one, whoever else believes to attend to the sensor: its id, and that
/// what is last on the subject is what we know to be last. A worker that finds another message there has been overtaken,
/// and lets go.
final class AttendedSensor {
    /// What happened to a piece of the sensor's stream.
    struct Counts: Hashable, Sendable {
        /// Messages that were taken.
        var messages = 0
        /// Their bytes.
        var bytes = 0
        /// Records that were stored.
        var records = 0
        /// Records that an earlier worker had stored.
        var known = 0
        /// Messages that were none.
        var refused = 0
        /// Runs that the pipeline could not take.
        var failures = 0
    }

    /// Somebody else has written what we were about to write.
    struct Overtaken: Error {}

    let name: String
    private(set) var counts = Counts()
    /// Whether something has changed since the last checkpoint.
    private(set) var isChanged = false
    /// When the last checkpoint was written, or the sensor was taken.
    private(set) var keptAt = MonotonicClock.nanoseconds()

    private let fleet: Fleet
    private let kind: PortKind
    private let stream: JetStream
    private let fingerprint: UInt64
    private let make: () throws -> any SensorPipeline
    private let notice: (String) -> Void
    private let stateKey: String
    private let output: String
    private let batch: LiveBatch

    private var order: RunOrder
    private var pipeline: (any SensorPipeline)?
    private var pipelineRun: UInt64
    private let outputRun: UInt64
    private var made: UInt64
    /// How many of our records are in the stream.
    private var stored: UInt64
    /// The number in the stream of the last message on the output's subject.
    private var last: UInt64
    /// The number of the last checkpoint.
    private var revision: UInt64
    private var wasRefused = false

    /// What all sensors of a worker share.
    struct Setting {
        var fleet: Fleet
        var kind: PortKind
        var stream: JetStream
        /// The name of the pipeline.
        var pipeline: String
        /// The output's name for a sensor.
        var outputName: (String) -> String
        var make: () throws -> any SensorPipeline
        /// Whether a state that belongs to something else is thrown away.
        var isFresh: Bool
        var notice: (String) -> Void
    }

    /// Goes on where the last checkpoint of the sensor stands; makes the first one if there is none.
    ///
    /// - Throws: ``SpikelineError`` if the state belongs to another pipeline or somebody else writes the records;
    ///   ``Overtaken`` if another worker made the first checkpoint at the same time.
    init(_ name: String, _ setting: Setting) throws {
        (self.name, fleet, kind, stream) = (name, setting.fleet, setting.kind, setting.stream)
        (make, notice) = (setting.make, setting.notice)
        let outputName = setting.outputName(name)
        try Fleet.checkName(outputName, of: "sensor", at: "the sink of \(setting.pipeline)")
        output = setting.fleet.subject(.records, sensor: outputName)
        stateKey = setting.fleet.key("state", setting.pipeline, name)
        batch = try LiveBatch(setting.kind)
        let fresh = try setting.make()
        fingerprint = fresh.fingerprint
        let place = "sensor \(name)"
        var checkpoint = SensorCheckpoint(outputRun: UInt64.random(in: 1 ... .max))
        let kept = try stream.newest(of: setting.fleet.bucket, on: stateKey)
        var isNew = kept == nil
        var restored: (any SensorPipeline)?
        if let kept {
            do {
                checkpoint = try SensorCheckpoint(kept.data, fingerprint: fingerprint, at: place)
                if let state = checkpoint.pipeline {
                    try fresh.restore(state)
                    restored = fresh
                }
            } catch {
                guard setting.isFresh else {
                    throw SpikelineError(
                        error.what, at: place,
                        hint:
                            "Attend with the pipeline and model of then, or give --fresh to begin anew with the oldest "
                            + "message that the server has")
                }
                notice("\(error); beginning anew")
                checkpoint = SensorCheckpoint(outputRun: UInt64.random(in: 1 ... .max))
                isNew = true
            }
        }
        revision = kept?.sequence ?? 0
        (outputRun, made) = (checkpoint.outputRun, checkpoint.made)
        order = RunOrder(
            after: checkpoint.position, run: checkpoint.run, runBefore: checkpoint.runBefore, next: checkpoint.next)
        pipelineRun = checkpoint.run
        pipeline = restored
        // What is already there; a later worker than that of the checkpoint may have stored more.
        let newest = try stream.newest(of: fleet.records, on: output)
        last = newest?.sequence ?? 0
        stored = made
        if let newest {
            let message = try? LiveMessage(newest.data)
            if message?.run == outputRun {
                stored = max(message?.number ?? 0, made)
            } else if made > 0 {
                throw SpikelineError(
                    "another pipeline writes its records on \(output)", at: place,
                    hint: "Give the sink another \"sensor\", like \"*-\(setting.pipeline)\"")
            }
        }
        if isNew {
            isChanged = true
            try keep()
        }
    }

    /// Where in the stream the sensor is to be read on from: behind this number.
    var position: UInt64 { order.position }
    /// Messages that never came, and that came twice.
    var gaps: (lost: Int, repeated: Int) { (order.lost, order.repeated) }

    /// Takes the next message of the sensor's subject.
    func take(_ data: [UInt8], at sequence: UInt64) throws {
        counts.messages += 1
        counts.bytes += data.count
        isChanged = true
        let due: [LiveMessage]
        do throws(SpikelineError) {
            let message = try LiveMessage(data)
            guard message.kind == kind else {
                throw SpikelineError("expected \(kind.rawValue), found \(message.kind.rawValue)")
            }
            due = order.take(message, at: sequence)
        } catch {
            order.pass(sequence)
            return refuse(error)
        }
        for message in due { try handle(message) }
    }

    private func handle(_ message: LiveMessage) throws {
        if message.run != pipelineRun {
            try end()
            pipelineRun = message.run
            pipeline = try make()
        }
        guard let pipeline else { return }
        if !message.body.isEmpty {
            let filled: any Batch
            do throws(SpikelineError) {
                filled = try batch.read(message.body)
            } catch {
                return refuse(error)
            }
            let records: [String]
            do throws(SpikelineError) {
                records = try pipeline.push(filled)
            } catch {
                return try fail(error)
            }
            for record in records { try give(record) }
        }
        if message.isLast { try end() }
    }

    /// The run is over: what the pipeline held back is given.
    private func end() throws {
        guard let pipeline else { return }
        self.pipeline = nil
        let records: [String]
        do throws(SpikelineError) { records = try pipeline.finish() } catch { return try fail(error) }
        for record in records { try give(record) }
    }

    /// What the sensor sends does not fit the pipeline, for every worker alike: the rest of the run is left out.
    private func fail(_ error: SpikelineError) throws(SpikelineError) {
        guard error.cause == .input else { throw error }
        counts.failures += 1
        pipeline = nil
        notice("sensor \(name): \(error); the rest of this run is left out")
    }

    /// Stores a record, unless it is there already.
    private func give(_ record: String) throws {
        made += 1
        guard made > stored else {
            counts.known += 1
            return
        }
        let message = LiveMessage(.records, run: outputRun, number: made, body: Array(record.utf8))
        let id = "\(name)-\(String(outputRun, radix: 16))-\(made)"
        switch try stream.append(message.bytes, to: output, after: last, id: id) {
        case .stored(let sequence):
            (last, stored) = (sequence, made)
            counts.records += 1
        case .overtaken: throw Overtaken()
        }
    }

    private func refuse(_ error: SpikelineError) {
        counts.refused += 1
        if !wasRefused { notice("sensor \(name): a message is left out: \(error)") }
        wasRefused = true
    }

    /// Writes a checkpoint, if anything has changed since the last.
    func keep() throws {
        keptAt = MonotonicClock.nanoseconds()
        guard isChanged else { return }
        var checkpoint = SensorCheckpoint(outputRun: outputRun)
        (checkpoint.made, checkpoint.position) = (made, order.position)
        (checkpoint.run, checkpoint.runBefore, checkpoint.next) = (order.run, order.runBefore, order.next)
        checkpoint.pipeline = pipeline?.snapshot()
        let bytes = checkpoint.bytes(fingerprint: fingerprint)
        guard bytes.count <= stream.connection.largestMessage - 1_024 else {
            throw SpikelineError(
                "the state of a sensor has \(bytes.count) bytes, the server takes messages of "
                    + "\(stream.connection.largestMessage)", at: "sensor \(name)",
                hint: "Raise max_payload of the server")
        }
        let id = "\(name)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        switch try stream.append(bytes, to: stateKey, after: revision, id: id) {
        case .stored(let sequence): revision = sequence
        case .overtaken: throw Overtaken()
        }
        isChanged = false
    }
}

/// A batch that the bodies of messages of one kind are read into, again and again.
struct LiveBatch {
    private let readBody: ([UInt8]) throws(SpikelineError) -> any Batch

    init(_ kind: PortKind) throws(SpikelineError) {
        func reading<Coding: LiveCoding>(_: Coding.Type) -> ([UInt8]) throws(SpikelineError) -> any Batch {
            let batch = Coding.Content()
            return { (body) throws(SpikelineError) in
                batch.removeAll()
                try Coding.read(body, into: batch)
                return batch
            }
        }
        switch kind {
        case .audio: readBody = reading(AudioCoding.self)
        case .events: readBody = reading(EventCoding.self)
        case .spikes: readBody = reading(SpikeCoding.self)
        case .records: readBody = reading(RecordCoding.self)
        case .potentials: throw SpikelineError("potentials do not travel", cause: .defect)
        }
    }

    /// The batch with what `body` holds; valid until the next call.
    func read(_ body: [UInt8]) throws(SpikelineError) -> any Batch { try readBody(body) }
}
