import SpikeSignals
import SpikeTestSupport

@testable import SpikeSensors

/// Recordings made for tests.
enum EventSamples {
    /// How long the header of `bytes` is.
    static func headerBytes(of bytes: [UInt8], _ format: EventFileFormat) throws(SpikelineError) -> Int {
        let input = EventInput(bytes: bytes, name: "test")
        _ = try EventFileOpening(input, format, EventFileReader.Options())
        return Int(input.offset)
    }

    /// The events as batches, a new one where a batch is full or its time base too far.
    static func batches(_ events: [PlainEvent], size: SensorSize? = nil) -> [EventBatch] {
        var batches = [EventBatch()]
        for event in events {
            if !append(event, to: batches[batches.count - 1]) {
                batches.append(EventBatch())
                _ = append(event, to: batches[batches.count - 1])
            }
        }
        for batch in batches {
            batch.width = size?.width ?? 0
            batch.height = size?.height ?? 0
        }
        return batches
    }

    private static func append(_ event: PlainEvent, to batch: EventBatch) -> Bool {
        batch.append(time: event.time, x: event.x, y: event.y, isOn: event.isOn)
    }

    /// The bytes of a file with `events`, and what its writer lost.
    static func written(
        _ events: [PlainEvent], as options: EventFileWriter.Options
    ) throws(SpikelineError) -> (bytes: [UInt8], losses: EventWriteLosses) {
        let folder = TemporaryFolder()
        let path = folder.file("written")
        let writer = try EventFileWriter(path: path, options: options)
        for batch in batches(events, size: options.size) { try writer.write(batch) }
        try writer.close()
        return (TemporaryFolder.bytes(of: path), writer.losses)
    }
}
