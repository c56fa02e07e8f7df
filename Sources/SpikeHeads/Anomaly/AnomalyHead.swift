import SpikeContainers
import SpikeSignals

/// Learns what is normal on site and raises an alert when something is not: which bands or pixels, since when, how strong.
///
/// What it learns can be kept in a file, which is written beside its old version and then renamed, so that it is whole at
/// any moment. After a restart with the same encoder and options it goes on where it stopped. The first ticks of a
/// stream, and those after a jump of the tick counter, are left out, since filters still settle in them.
public final class AnomalyHead: Transform {
    /// What to do with a state that was kept.
    public enum Start: String, Sendable, CaseIterable {
        /// Go on with it.
        case resume
        /// Forget it.
        case relearn
        /// Go on with it, and take what comes first for normal too.
        case accept
    }

    /// Ticks that are left out where a stream begins or jumps.
    public static let settlingTicks = 40

    /// Called after each tick with the time of its end; for pictures of a run.
    public var observe: ((AnomalyDetector, StreamTime) -> Void)?
    /// What an operator asks for while it runs.
    public var control: AnomalyControl?
    /// Called once the channels are known.
    public var observeLegend: ((ChannelLegend) -> Void)?
    /// Where the state is kept and how often, if it is.
    public struct Store: Sendable {
        /// The file.
        public var path: String
        /// Seconds of stream time between two writings.
        public var everySeconds = 60.0
        /// What to do with what it holds at the start.
        public var start = Start.resume

        /// A store at that path.
        public init(path: String) { self.path = path }
    }

    private let parameters: AnomalyParameters
    private let context: StageContext
    private let store: Store?
    private let reportsPhases: Bool
    private var kept: [UInt8]?
    private var running: Running?
    private var sequence: Int64 = 0
    /// What is to be done with the first batch.
    private var pending = AnomalyControl.Request.none

    /// What there is once the first batch has come.
    private struct Running {
        var detector: AnomalyDetector
        var legend: ChannelLegend?
        var fingerprint: UInt64
        let tickNanoseconds: Int64
        var nextTick: Int64
        var ignore: Int
        var counts: [Int32]
        var sinceStored: Int64 = 0
        var storeEvery: Int64
    }

    /// A head at that place in a pipeline.
    ///
    /// - Throws: if parameters do not fit together, or the kept state cannot be read or is none.
    public init(
        _ parameters: AnomalyParameters, context: StageContext, store: Store? = nil, reportsPhases: Bool = true
    ) throws(SpikelineError) {
        if var complaint = parameters.complaint() {
            complaint.place = AnomalyHead.place(context)
            throw complaint
        }
        self.parameters = parameters
        self.context = context
        self.store = store
        self.reportsPhases = reportsPhases
        if let store, store.start != .relearn { kept = try AnomalyHead.read(store) }
    }

    /// Appends the records that follow from `input`.
    ///
    /// - Throws: if the encoder changes, the kept state belongs to another one, or the state cannot be written.
    public func process(_ input: SpikeBatch, into output: RecordBatch) throws(SpikelineError) {
        output.upTo = input.upTo
        guard input.count > 0 else { return }
        guard var running = try takeRunning(input) else { return }
        self.running = nil
        let request = control?.take() ?? .none
        if request != .none || pending != .none { obey(request == .none ? pending : request, &running, to: output) }
        pending = .none
        if input.firstTick != running.nextTick { running.ignore = AnomalyHead.settlingTicks }
        running.nextTick = input.firstTick
        for index in 0..<input.count {
            running.nextTick += 1
            guard running.ignore == 0 else {
                running.ignore -= 1
                continue
            }
            for channel in running.counts.indices { running.counts[channel] = 0 }
            for spike in input.spikes[input.range(ofTick: index)] {
                running.counts[Int(spike.channel)] = Int32(min(spike.count, 255))
            }
            var reports: [AnomalyDetector.Report] = []
            running.detector.step(running.counts) { reports.append($0) }
            if !reports.isEmpty { add(reports, &running, to: output) }
            observe?(running.detector, time(running.nextTick, running))
            running.sinceStored += 1
            if store != nil, running.sinceStored >= running.storeEvery || !reports.isEmpty { try keep(&running) }
        }
        self.running = running
    }

    /// Keeps the state. An alert that goes on stays open in it.
    public func finish(into output: RecordBatch) throws(SpikelineError) {
        guard var running else { return }
        if store != nil { try keep(&running) }
        self.running = running
    }

    /// Does what an operator asks for: an open alert is over, and learning begins anew.
    private func obey(_ request: AnomalyControl.Request, _ running: inout Running, to output: RecordBatch) {
        if running.detector.isAlert { add([.alert(.clear)], &running, to: output) }
        switch request {
        case .none: return
        case .accept: running.detector.accept()
        case .relearn: running.detector.relearn()
        }
        add([.phase(running.detector.phase)], &running, to: output)
    }

    private static func place(_ context: StageContext) -> String { "\(context.pipeline): stage \"\(context.stage)\"" }

    private func takeRunning(_ input: SpikeBatch) throws(SpikelineError) -> Running? {
        if let running {
            guard running.detector.channels == input.channels, running.tickNanoseconds == input.tickNanoseconds else {
                throw SpikelineError(
                    "expected \(running.detector.channels) channels and ticks of \(running.tickNanoseconds) ns as before, "
                        + "found \(input.channels) and \(input.tickNanoseconds)", at: AnomalyHead.place(context),
                    cause: .defect)
            }
            if let legend = input.legend, let known = running.legend, legend !== known, legend != known {
                throw SpikelineError(
                    "the channels stand for other bands or pixels than before", at: AnomalyHead.place(context),
                    hint: "What is normal is learned of each channel: leave out \"framing: action\" of the event_grid")
            }
            return running
        }
        guard (1...AnomalyDetector.mostChannels).contains(input.channels), input.tickNanoseconds > 0 else {
            throw SpikelineError(
                "expected 1 to \(AnomalyDetector.mostChannels) channels, found \(input.channels)",
                at: AnomalyHead.place(context),
                hint: "Choose fewer bands or cells")
        }
        return try start(input)
    }

    private func start(_ input: SpikeBatch) throws(SpikelineError) -> Running {
        if let legend = input.legend { observeLegend?(legend) }
        let fresh = AnomalyDetector(parameters, channels: input.channels, tickNanoseconds: input.tickNanoseconds)
        let description = input.legend.map { "\($0.kind)" } ?? ""
        let text = "\(parameters.fingerprintText) \(input.channels) \(input.tickNanoseconds) \(description)"
        var running = Running(
            detector: fresh, legend: input.legend, fingerprint: Checksum.of(text.utf8),
            tickNanoseconds: input.tickNanoseconds, nextTick: -1, ignore: AnomalyHead.settlingTicks,
            counts: Array(repeating: 0, count: input.channels),
            storeEvery: max(Int64((store?.everySeconds ?? 60) * 1e9) / input.tickNanoseconds, 1))
        guard let kept, let store else { return running }
        self.kept = nil
        do throws(AnomalySnapshot.Problem) {
            let snapshot = try AnomalySnapshot(kept, fresh: fresh, fingerprint: running.fingerprint)
            running.detector = snapshot.detector
            running.nextTick = snapshot.nextTick
            running.ignore = 0
            sequence = snapshot.sequence
            if store.start == .accept { pending = .accept }
        } catch {
            throw AnomalyHead.refusal(error, store.path)
        }
        return running
    }

    private static func read(_ store: Store) throws(SpikelineError) -> [UInt8]? {
        guard WholeFile.exists(store.path) else { return nil }
        let bytes = try WholeFile.read(store.path, limit: AnomalySnapshot.largest, expecting: "a learned state")
        do throws(AnomalySnapshot.Problem) {
            try AnomalySnapshot.check(bytes)
        } catch {
            throw refusal(error, store.path)
        }
        return bytes
    }

    private static func refusal(_ problem: AnomalySnapshot.Problem, _ path: String) -> SpikelineError {
        switch problem {
        case .foreign:
            SpikelineError(
                "expected a learned state of this version, found something else", at: path,
                hint: "Name another file; what an earlier version learned has to be learned again")
        case .damaged:
            SpikelineError(
                "expected a learned state, found a damaged one", at: path, hint: "Delete it, or learn again (relearn)")
        case .mismatch:
            SpikelineError(
                "the state was learned with another encoder, sensor or other options than these", at: path,
                hint: "Use the same as then, name another file, or learn again (relearn)")
        }
    }

    private func keep(_ running: inout Running) throws(SpikelineError) {
        guard let store else { return }
        running.sinceStored = 0
        let snapshot = AnomalySnapshot(
            fingerprint: running.fingerprint, nextTick: running.nextTick, sequence: sequence,
            detector: running.detector)
        try WholeFile.write(snapshot.bytes, to: store.path)
    }

    private func time(_ tick: Int64, _ running: Running) -> StreamTime {
        StreamTime(nanoseconds: max(tick, 0) * running.tickNanoseconds)
    }

    private func add(_ reports: [AnomalyDetector.Report], _ running: inout Running, to output: RecordBatch) {
        for report in reports {
            switch report {
            case .phase(let phase):
                guard reportsPhases else { continue }
                let seconds = Double(running.detector.learned) * Double(running.tickNanoseconds) / 1e9
                output.records.append(
                    .phase(
                        PhaseRecord(
                            phase: phase.name, at: time(running.nextTick, running), learnedSeconds: seconds,
                            pipeline: context.pipeline, stage: context.stage)))
            case .alert(let change): output.records.append(.anomaly(record(of: change, &running)))
            }
        }
    }

    private func record(of change: AlertRule.Change, _ running: inout Running) -> AnomalyRecord {
        let legend = running.legend
        if change != .clear {
            running.detector.causes = running.detector.findCauses(atMost: parameters.causes) {
                legend?.areNeighbours($0, $1) ?? false
            }
        }
        let detector = running.detector
        let alert = detector.rule.alert
        func time(_ age: Int64) -> StreamTime { self.time(running.nextTick - (detector.age - age), running) }
        sequence += 1
        let isPeak = change != .update
        let unity = Double(AlertRule.unity)
        let milliseconds = Double(running.tickNanoseconds) / 1e6
        return AnomalyRecord(
            id: "\(context.pipeline)/\(context.stage)/\(alert.number)",
            state: change == .onset ? .onset : change == .update ? .update : .clear,
            score: isPeak ? Double(alert.peak) / unity : detector.score,
            threshold: isPeak ? Double(alert.threshold) / unity : detector.threshold ?? 0,
            targetFalseAlarmsPerDay: parameters.falseAlarmsPerDay, isProvisional: detector.isProvisional,
            causes: detector.causes.map { cause in
                AnomalyRecord.Cause(
                    place: legend?.place(of: cause.channel) ?? .channel(cause.channel), isMore: cause.isMore,
                    weight: cause.weight,
                    scaleMilliseconds: milliseconds * Double(cause.isSlow ? parameters.slowTicks : parameters.fastTicks)
                )
            }, at: self.time(running.nextTick, running), from: time(alert.from - 1),
            to: change == .clear ? time(alert.lastHigh) : nil, pipeline: context.pipeline, stage: context.stage,
            sequence: Int(sequence))
    }
}

extension ChannelLegend {
    /// Whether what happens in one of two channels shows in the other too.
    func areNeighbours(_ a: Int, _ b: Int) -> Bool {
        switch kind {
        case .bands(let centres, _):
            let count = max(centres.count, 1)
            return a / count == b / count && abs(a - b) <= 1
        case .cells(let columns, _, let polarities, _):
            let (p, c) = (max(polarities, 1), max(columns, 1))
            return abs(a / p % c - b / p % c) <= 1 && abs(a / p / c - b / p / c) <= 1
        }
    }
}
