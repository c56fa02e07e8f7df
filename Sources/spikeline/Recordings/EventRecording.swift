import SpikeSensors
import SpikeSignals

/// A recording that is written event by event.
struct EventRecording {
    private let writer: EventFileWriter
    private let batch = EventBatch()

    /// Begins a recording of a sensor of `width x height` pixels at `path`.
    init(path: String, format: EventFileFormat, width: Int, height: Int) throws(SpikelineError) {
        writer = try EventFileWriter(
            path: path, options: EventFileWriter.Options(format: format, size: SensorSize(width: width, height: height))
        )
        batch.width = width
        batch.height = height
    }

    /// Adds events whose offsets count from `start` microseconds.
    func append(_ events: [PixelEvent], start: Int64 = 0) throws(SpikelineError) {
        for event in events {
            let time = start + Int64(event.offset)
            if batch.append(time: time, x: event.x, y: event.y, isOn: event.isOn) { continue }
            try writer.write(batch)
            batch.removeAll()
            _ = batch.append(time: time, x: event.x, y: event.y, isOn: event.isOn)
        }
    }

    /// Ends the recording; returns the number of events in it.
    func close() throws(SpikelineError) -> Int {
        try writer.write(batch)
        batch.removeAll()
        try writer.close()
        return writer.eventsWritten
    }
}
