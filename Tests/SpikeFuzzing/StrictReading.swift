import SpikeSignals

@testable import SpikeSensors

/// Reads an input that may not be damaged.
enum StrictReading {
    /// Checks that strict reading refuses `bytes` exactly if lenient reading, which gave `lenient`, met something.
    static func check(_ bytes: [UInt8], _ format: EventFileFormat?, _ batch: EventBatch, _ lenient: Outcome) {
        var options = EventFileReader.Options()
        options.format = format
        options.isStrict = true
        let complaints: [EventTally.Item] = [
            .damage, .timeStepsBack, .outsideSensor, .eventsBeforeTimeBase, .invalidEvents,
        ]
        let mustThrow = lenient.refusal != nil || complaints.contains { lenient.tally[$0] > 0 }
        var outcome = Outcome()
        do throws(SpikelineError) {
            let reader = try EventFileReader(bytes: bytes, name: "input", options: options)
            batch.removeAll()
            while try reader.read(into: batch) {
                outcome.take(batch, size: reader.size)
                batch.removeAll()
            }
            guard !mustThrow else { fatalError("strict reading finds nothing in \(lenient)") }
            guard outcome.hash == lenient.hash else { fatalError("strict reading gives other events") }
        } catch {
            guard mustThrow else { fatalError("strict reading says \(error) of \(lenient)") }
            guard outcome.events <= lenient.events else { fatalError("strict reading gives more events") }
        }
    }
}
