import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Carries what sources notice about their sensors to every sink that takes records.
///
/// ```
/// microphone ──audio──► ear ──► brain ──► words ──records──► console
///      └──────────────── faults ──────────────────────────────┘
/// ```
/// A fault goes at once and not with the data, as data may fail to come. Where no sink takes records, each kind of fault
/// of a source is said on standard error, once.
final class FaultCarrier {
    private let pipeline: String
    private let sinks: [RunningStage]
    private let tell: (String) -> Void
    private var told: Set<String> = []
    private let batch = RecordBatch()

    /// Carries faults to the sinks among `stages`.
    init(pipeline: String, stages: [RunningStage], tell: @escaping (String) -> Void = FaultCarrier.standardError) {
        self.pipeline = pipeline
        self.tell = tell
        sinks = stages.filter(\.takesRecords)
    }

    /// Fetches what `source` has noticed and delivers it; allocates nothing if that is nothing.
    func carry(_ source: AnySource, of stage: RunningStage) throws(SpikelineError) {
        let faults = source.faults.take()
        guard !faults.isEmpty else { return }
        let records = faults.map { Record.sensorFault(SensorFaultRecord($0, pipeline: pipeline, stage: stage.name)) }
        if let (observer, index) = stage.observer {
            batch.removeAll()
            batch.records += records
            observer.noticed(batch, at: index)
        }
        guard !sinks.isEmpty else {
            for fault in faults where told.insert("\(stage.name) \(fault.kind)").inserted {
                tell("\(stage.name): \(fault.kind.rawValue) at \(fault.place)")
            }
            return
        }
        for sink in sinks {
            batch.removeAll()
            batch.records += records
            try sink.take(faults: batch)
        }
    }

    private static func standardError(_ message: String) {
        let line = Array("spikeline: \(message)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
