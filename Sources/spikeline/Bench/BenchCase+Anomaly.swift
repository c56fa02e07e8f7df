import SpikeEncoders
import SpikeHeads
import SpikeSignals

extension BenchCase {
    /// Bands and the detector of anomalies beside the budget of the detector: half a per cent of a core.
    static let anomaly = BenchCase(
        name: "anomaly", summary: "share of a core for 64 channels in ticks of 10 ms while armed, without the bands"
    ) { () throws(SpikelineError) in
        let batches = spikes()
        var parameters = AnomalyParameters()
        (parameters.warmUpSeconds, parameters.calibrateSeconds) = (4, 4)
        let context = StageContext(pipeline: "bench", stage: "watch", folder: "")
        let head = try AnomalyHead(parameters, context: context)
        let output = RecordBatch()
        var tick: Int64 = 0
        func hear(_ batch: SpikeBatch) throws(SpikelineError) {
            output.removeAll()
            batch.firstTick = tick
            tick += Int64(batch.count)
            try head.process(batch, into: output)
        }
        for batch in batches { try hear(batch) }
        let seconds = try Stopwatch.least(of: 10) { () throws(SpikelineError) in
            for batch in batches { try hear(batch) }
        } _: {
        }
        let heard = Double(batches.reduce(0) { $0 + $1.count }) * 0.01
        return BenchResult(
            value: seconds.first / heard * 100, unit: "% of a core", reference: "the budget", referenceValue: 0.5)
    }

    /// Twenty seconds of 64 channels that vary together, in batches of a tenth of a second.
    private static func spikes() -> [SpikeBatch] {
        var random = SeededGenerator(5)
        return (0..<200).map { _ in
            let batch = SpikeBatch()
            (batch.channels, batch.tickNanoseconds) = (64, 10_000_000)
            for _ in 0..<10 {
                let common = random.normal() * 3
                for channel in 0..<64 {
                    let count = Int((20 + common + random.normal() * 2).rounded())
                    if count > 0 { batch.append(channel: channel, count: count) }
                }
                batch.endTick()
            }
            return batch
        }
    }
}
