import SpikeSignals

/// Writes a line of text for each event, `t,x,y,p` with a header: microseconds, column, row, 1 or 0.
final class EventTextEncoder: EventEncoder {
    private(set) var losses = EventWriteLosses()
    private var hasHeader = false

    init(_ size: SensorSize?) { losses.losesSize = size != nil }

    func encode(_ batch: EventBatch, into out: inout [UInt8]) {
        if !hasHeader {
            hasHeader = true
            out.append(text: "t,x,y,p\n")
        }
        for event in batch {
            append(batch.time(of: event), to: &out)
            out.append(0x2C)
            append(Int64(event.x), to: &out)
            out.append(0x2C)
            append(Int64(event.y), to: &out)
            out.append(0x2C)
            out.append(event.isOn ? 0x31 : 0x30)
            out.append(0x0A)
        }
    }

    private func append(_ value: Int64, to out: inout [UInt8]) {
        var rest = value.magnitude
        let start = out.count
        repeat {
            out.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        if value < 0 { out.append(0x2D) }
        out[start...].reverse()
    }
}
