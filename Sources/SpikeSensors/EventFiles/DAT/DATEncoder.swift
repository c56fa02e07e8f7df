import SpikeSignals

/// Writes DAT of version 2, see ``DATHeader``.
final class DATEncoder: EventEncoder {
    private(set) var losses = EventWriteLosses()

    private let size: SensorSize?
    private var time = CounterTime(bits: 32)
    private var hasHeader = false

    init(_ size: SensorSize?) { self.size = size }

    func encode(_ batch: EventBatch, into out: inout [UInt8]) {
        if !hasHeader {
            hasHeader = true
            _ = time.plan(batch.first { _ in true }.map { batch.time(of: $0) } ?? 0)
            losses.timeShift = time.shift
            var text = "% Data file containing CD events.\n% Version 2\n"
            if let size { text += "% Width \(size.width)\n% Height \(size.height)\n" }
            if time.shift != 0 { text += "% T0 \(time.shift)\n" }
            out.append(text: text + "% end\n")
            out.append(contentsOf: [12, 8])
        }
        for event in batch {
            guard event.x < 1 << 14, event.y < 1 << 14 else {
                losses.outsideFormat += 1
                continue
            }
            let now = batch.time(of: event)
            // There are no words for a pause, so one of more than half the counter's range cannot be told.
            guard case .plain = time.plan(now) else {
                losses.timeNotKept += 1
                continue
            }
            out.append(number: UInt32(truncatingIfNeeded: time.take(now)))
            out.append(number: (event.isOn ? 1 << 28 : 0) | UInt32(event.y) << 14 | UInt32(event.x))
        }
    }
}
