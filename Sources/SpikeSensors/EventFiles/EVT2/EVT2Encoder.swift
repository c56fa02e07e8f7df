import SpikeSignals

/// Writes EVT 2.0, see ``EVT2Decoder``: an upper time word whenever the upper time changes, and words for the pauses in
/// which its counter would run over unseen.
final class EVT2Encoder: EventEncoder {
    private(set) var losses = EventWriteLosses()

    private let size: SensorSize?
    private var time = CounterTime(bits: 34)
    private var high: Int64?
    private var hasHeader = false

    init(_ size: SensorSize?) { self.size = size }

    func encode(_ batch: EventBatch, into out: inout [UInt8]) {
        if !hasHeader {
            hasHeader = true
            let first = batch.first { _ in true }.map { batch.time(of: $0) } ?? 0
            _ = time.plan(first, unit: 64)
            losses.timeShift = time.shift
            out.append(text: PercentHeader.text(version: "2.0", name: "EVT2", size: size, shift: time.shift))
        }
        for event in batch {
            guard event.x < 2_048, event.y < 2_048 else {
                losses.outsideFormat += 1
                continue
            }
            let now = batch.time(of: event)
            guard writeHigh(now, into: &out) else {
                losses.timeNotKept += 1
                continue
            }
            let low = UInt32(truncatingIfNeeded: now) & 0x3F
            out.append(number: (event.isOn ? 1 << 28 : 0) | low << 22 | UInt32(event.x) << 11 | UInt32(event.y))
        }
    }

    /// Writes upper times until the reader is at that of `now`; false if it cannot get there.
    private func writeHigh(_ now: Int64, into out: inout [UInt8]) -> Bool {
        if high == now >> 6 { return true }
        while true {
            let value: Int64
            var isThere = true
            switch time.plan(now, unit: 64) {
            case .plain: value = time.take(now, unit: 64)
            case .bridge: (value, isThere) = (time.step(unit: 64), false)
            case .lost: return false
            }
            out.append(number: 0x8 << 28 | UInt32(truncatingIfNeeded: value >> 6))
            guard !isThere else { break }
        }
        high = now >> 6
        return true
    }
}

extension PercentHeader {
    /// The header of a RAW file; `t0` tells what all times have been lessened by.
    static func text(version: String, name: String, size: SensorSize?, shift: Int64) -> String {
        var text = "% evt \(version)\n% format \(name)"
        if let size { text += ";height=\(size.height);width=\(size.width)\n% geometry \(size.width)x\(size.height)" }
        if shift != 0 { text += "\n% t0 \(shift)" }
        return text + "\n% end\n"
    }
}
