import SpikeContainers
import SpikeSignals

/// Delivers the events of an ``HDF5Recording``.
///
/// It reads the file by itself, here and there; of the window it uses nothing. What cannot be unpacked is noted as damage,
/// and reading goes on behind it. Events with a time, column or row that no sensor can have are counted as invalid.
final class HDF5EventDecoder: EventDecoder {
    let minimumBytes = 1

    private var columns: HDF5EventColumns
    private var complaints: [(place: Int64, what: String)]
    private var row = 0
    private var failures = 0

    init(_ recording: HDF5Recording) {
        columns = recording.columns
        complaints = [recording.cut, recording.columns.complaint.map { (0, $0) }].compactMap { $0 }
    }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        for complaint in complaints { log.note(complaint.what, at: complaint.place) }
        complaints = []
        while row < columns.count {
            do throws(HDF5EventColumns.Failure) {
                let count = try columns.read(from: row, most: EventBatch.capacity - batch.count)
                let used = append(count, to: batch, log)
                row += used
                if used < count || batch.isFull { return DecodeStep(used: 0, isBatchDone: true) }
            } catch { pass(error, log) }
        }
        return DecodeStep(used: bytes.count)
    }

    /// Notes rows that cannot be read; after as many places as are told, the rest is not tried any more.
    private func pass(_ failure: HDF5EventColumns.Failure, _ log: EventLog) {
        failures += 1
        let next = max(row + 1, min(failure.next, columns.count))
        log.note("\(failure.what); events \(row.grouped) to \((next - 1).grouped) are left out", at: failure.place)
        row = next
        guard failures == EventLog.mostDamage, row < columns.count else { return }
        log.note("the \((columns.count - row).grouped) events that follow are not tried any more", at: failure.place)
        row = columns.count
    }

    /// Appends the first `count` events of the piece; returns how many were used, fewer if the batch must be handed on
    /// before a time that is too far from its time base.
    private func append(_ count: Int, to batch: EventBatch, _ log: EventLog) -> Int {
        if batch.count == 0 {
            guard let first = (0..<count).first(where: isValid) else {
                log.tally[.invalidEvents] += count
                return count
            }
            batch.timeBase = columns.times[first]
        }
        return appendAll(count, to: batch) ? count : appendEach(count, to: batch, log)
    }

    private func isValid(_ place: Int) -> Bool {
        EventBatch.sensorTimes.contains(columns.times[place]) && (0...0xFFFF).contains(columns.xs[place])
            && (0...0x7FFF).contains(columns.ys[place])
    }

    /// Appends all events, or none if one of them is not valid or too far from the time base.
    private func appendAll(_ count: Int, to batch: EventBatch) -> Bool {
        let columns = columns
        let (times, xs, ys) = (columns.times.span, columns.xs.span, columns.ys.span)
        let polarities = columns.polarities.span
        precondition(count <= times.count && count <= EventBatch.capacity - batch.count)
        let base = batch.timeBase
        let out = unsafe batch.words + batch.count
        var strange: UInt64 = 0
        for place in 0..<count {
            let offset = unsafe times[unchecked: place] &- base
            let x = unsafe UInt64(UInt32(bitPattern: xs[unchecked: place]))
            let y = unsafe UInt64(UInt32(bitPattern: ys[unchecked: place]))
            let isOn: UInt64 = unsafe polarities[unchecked: place] > 0 ? 1 << 31 : 0
            let word = UInt64(UInt32(truncatingIfNeeded: offset)) << 32
            strange |= UInt64(bitPattern: offset &+ 1 << 31) >> 32 | x >> 16 | y >> 15
            unsafe out[place] = word | isOn | (y & 0x7FFF) << 16 | x & 0xFFFF
        }
        // Offsets within 36 minutes of a valid time base are those of valid times.
        guard strange == 0, EventBatch.sensorTimes.contains(base) else { return false }
        batch.count += count
        return true
    }

    private func appendEach(_ count: Int, to batch: EventBatch, _ log: EventLog) -> Int {
        for place in 0..<count {
            guard isValid(place) else {
                log.tally[.invalidEvents] += 1
                continue
            }
            let (time, isOn) = (columns.times[place], columns.polarities[place] > 0)
            let (x, y) = (UInt16(truncatingIfNeeded: columns.xs[place]), UInt16(truncatingIfNeeded: columns.ys[place]))
            guard batch.append(time: time, x: x, y: y, isOn: isOn) else { return place }
        }
        return count
    }
}
