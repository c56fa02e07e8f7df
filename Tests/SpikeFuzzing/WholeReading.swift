import SpikeSignals

@testable import SpikeSensors

/// Reads an input as users do.
enum WholeReading {
    /// What an ``EventFileReader`` makes of `input`.
    static func outcome(
        _ input: EventInput, _ format: EventFileFormat?, _ batch: EventBatch, threads: Int = 1,
        withStatistics: Bool = false
    ) -> Outcome {
        var outcome = Outcome()
        var options = EventFileReader.Options()
        options.format = format
        options.threads = threads
        do throws(SpikelineError) {
            let reader = try EventFileReader(input, options: options)
            var statistics = EventStatistics(size: SensorSize(width: 1, height: 1))
            var upTo = StreamTime.zero
            batch.removeAll()
            while try reader.read(into: batch) {
                outcome.take(batch, size: reader.size)
                let end = max(upTo, batch.streamTime(of: batch[batch.count - 1]))
                guard batch.upTo == end else { fatalError("upTo is \(batch.upTo), expected \(end)") }
                upTo = end
                if withStatistics { statistics.add(batch) }
                batch.removeAll()
            }
            guard batch.count == 0 else { fatalError("events came with the end") }
            guard reader.eventsDelivered == outcome.events, reader.log.tally[.timeStepsBack] == outcome.stepsBack,
                reader.log.tally[.outsideSensor] == outcome.outside
            else { fatalError("the reader counts otherwise: \(reader.log.tally), \(outcome)") }
            if withStatistics {
                guard statistics.events == outcome.events, statistics.stepsBack.count == outcome.stepsBack
                else { fatalError("the statistics count otherwise: \(statistics), \(outcome)") }
            }
            outcome.finish(reader.log)
        } catch {
            outcome.refusal = "\(error)"
        }
        return outcome
    }
}
