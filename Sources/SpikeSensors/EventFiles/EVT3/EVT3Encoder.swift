import SpikeSignals

/// Writes EVT 3.0, see ``EVT3Word``, as Prophesee's own decoders accept it with all their checks: bases of vectors on
/// multiples of 32 and inside the sensor, vectors always as 12, 12 and 8 columns, a lower time after every upper one.
///
/// Events of one time, row and polarity whose columns ascend become a vector where that is shorter, so the order of
/// events is kept.
final class EVT3Encoder: EventEncoder {
    private(set) var losses = EventWriteLosses()

    private let size: SensorSize?
    private let columns: Int
    private var time = CounterTime(bits: EVT3Word.timeBits)
    private var high: Int64?
    private var low: Int64?
    private var row: UInt16?
    private var hasHeader = false

    init(_ size: SensorSize?) {
        self.size = size
        columns = size?.width ?? 0
    }

    func encode(_ batch: EventBatch, into out: inout [UInt8]) {
        if !hasHeader {
            hasHeader = true
            let first = batch.first { _ in true }.map { batch.time(of: $0) } ?? 0
            _ = time.plan(first, unit: 4_096)
            losses.timeShift = time.shift
            out.append(text: PercentHeader.text(version: "3.0", name: "EVT3", size: size, shift: time.shift))
        }
        var index = 0
        while index < batch.count {
            let event = batch[index]
            guard event.x < 2_048, event.y < 2_048 else {
                losses.outsideFormat += 1
                index += 1
                continue
            }
            guard writeTime(batch.time(of: event), into: &out) else {
                losses.timeNotKept += 1
                index += 1
                continue
            }
            if row != event.y {
                row = event.y
                out.append(number: event.y)
            }
            index += writeColumns(batch, from: index, into: &out)
        }
    }

    private func append(_ kind: UInt64, _ value: UInt64, to out: inout [UInt8]) {
        out.append(number: UInt16(truncatingIfNeeded: kind << 12 | value))
    }

    /// Writes times until the reader is at `now`; false if it cannot get there.
    private func writeTime(_ now: Int64, into out: inout [UInt8]) -> Bool {
        var isNew = false
        while high != now >> 12 {
            let value: Int64
            switch time.plan(now, unit: 4_096) {
            case .plain:
                value = time.take(now, unit: 4_096)
                high = now >> 12
                isNew = true
            case .bridge: value = time.step(unit: 4_096)
            case .lost: return false
            }
            append(EVT3Word.timeHigh, UInt64(value >> 12), to: &out)
        }
        if isNew || low != now & 0xFFF {
            low = now & 0xFFF
            append(EVT3Word.timeLow, UInt64(now & 0xFFF), to: &out)
        }
        return true
    }

    /// Writes the event at `index`, and those after it that fit into the same vector.
    ///
    /// - Returns: the number of events written.
    private func writeColumns(_ batch: EventBatch, from index: Int, into out: inout [UInt8]) -> Int {
        let first = batch[index]
        let base = UInt64(first.x) & ~31
        var mask: UInt64 = 0
        var count = 0
        while index + count < batch.count {
            let event = batch[index + count]
            // The same time, polarity and row: everything but the column.
            guard (event.bits ^ first.bits) & ~0xFFFF == 0, UInt64(event.x) & ~31 == base else { break }
            let bit: UInt64 = 1 << (UInt64(event.x) & 31)
            guard mask < bit else { break }
            mask |= bit
            count += 1
        }
        let polarity: UInt64 = first.isOn ? 0x800 : 0
        guard count > 4, Int(base) + 32 <= columns else {
            append(EVT3Word.event, polarity | UInt64(first.x), to: &out)
            return 1
        }
        append(EVT3Word.vectorBase, polarity | base, to: &out)
        append(EVT3Word.vector12, mask & 0xFFF, to: &out)
        append(EVT3Word.vector12, mask >> 12 & 0xFFF, to: &out)
        append(EVT3Word.vector8, mask >> 24, to: &out)
        return count
    }
}
