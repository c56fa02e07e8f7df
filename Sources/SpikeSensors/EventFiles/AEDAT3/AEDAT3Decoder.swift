import CEventKernels
import SpikeSignals

/// Decodes AEDAT 3.1 (iniVation, "AEDAT 3.1", docs.inivation.com, file-formats/aedat-3.1) after its header: packets of
/// events of one kind, lowest byte first.
///
/// ```
/// packet   kind(2) source(2) event bytes(4) time's place(4) overflows(4) capacity(4) number(4) valid(4) | events
/// event    column(15) row(15) on(1) valid(1) | time(32)                             kind 1, 8 bytes
/// ```
/// The time of an event is `overflows * 2^31 + time` microseconds. The origin is the top left corner. An event counts
/// if its bit says that it is valid, or if the packet's header says that all are: some writers set only one of the two.
/// Packets of other kinds are counted and passed over. A packet whose header cannot be right is damage; the search for the next begins
/// at the following byte.
final class AEDAT3Decoder: EventDecoder {
    let minimumBytes = AEDAT3Decoder.headerBytes

    static let headerBytes = 28
    private static let eventBytes = 8
    /// The overflows with which times stay within ``EventBatch/sensorTimes``: 285 years.
    private static let overflows: Range<Int64> = 0..<(1 << 22)

    /// What is left of the packet that is being read.
    private var events = 0
    private var skip: Int64 = 0
    private var base: Int64 = 0
    /// 1 if all events of the packet are valid whatever their bits say.
    private var allValid: UInt64 = 0
    private let isWide: Bool

    init(isWide: Bool = WideLoops.areThere) { self.isWide = isWide }

    /// Where a damaged stretch began, while the next packet is being looked for.
    private var damageStart: Int64?

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        var index = 0
        while true {
            if skip > 0 {
                let part = min(skip, Int64(bytes.count - index))
                index += Int(part)
                skip -= part
                if skip > 0 { return end(bytes, index, "a packet", log) }
            }
            if events > 0 {
                let step = decodeEvents(bytes, from: index, batch, log)
                index += step.used
                if step.isBatchDone { return DecodeStep(used: index, isBatchDone: true) }
                if events > 0 { return end(bytes, index, "an event", log) }
            }
            guard bytes.count - index >= AEDAT3Decoder.headerBytes else { return end(bytes, index, "a packet", log) }
            index += takeHeader(bytes, index, log)
        }
    }

    /// Takes the header at `index`; a byte is passed over if there is none.
    private func takeHeader(_ bytes: EventBytes, _ index: Int, _ log: EventLog) -> Int {
        let kind = Int(bytes.number(index, as: Int16.self))
        let size = Int64(bytes.number(index + 4, as: Int32.self))
        let place = Int64(bytes.number(index + 8, as: Int32.self))
        let overflows = Int64(bytes.number(index + 12, as: Int32.self))
        let capacity = Int64(bytes.number(index + 16, as: Int32.self))
        let number = Int64(bytes.number(index + 20, as: Int32.self))
        let valid = Int64(bytes.number(index + 24, as: Int32.self))
        let isPossible =
            (0...64).contains(kind) && size > 0 && place >= 0 && place < size && number >= 0
            && AEDAT3Decoder.overflows.contains(overflows)
            && capacity >= number && (0...number).contains(valid) && (kind != 1 || size == 8)
        guard isPossible else {
            if damageStart == nil { damageStart = bytes.offset + Int64(index) }
            return 1
        }
        if let start = damageStart {
            let lost = Int(bytes.offset + Int64(index) - start)
            log.note("expected a packet, found \(lost.grouped) bytes that are none", at: start, bytes: lost)
            damageStart = nil
        }
        if kind == 1 {
            events = Int(number)
            base = overflows << 31
            allValid = valid == number ? 1 : 0
        } else {
            skip = size * number
            switch kind {
            case 0: log.tally[.triggers] += Int(number)
            case 2: log.tally[.frames] += Int(number)
            case 3, 4: log.tally[.imuSamples] += Int(number)
            default: log.tally[.unknown] += 1
            }
        }
        return AEDAT3Decoder.headerBytes
    }

    private func decodeEvents(
        _ bytes: EventBytes, from start: Int, _ batch: EventBatch, _ log: EventLog
    ) -> DecodeStep {
        let available = min(events, (bytes.count - start) / AEDAT3Decoder.eventBytes)
        var count = batch.count
        var invalid = 0
        var done = 0
        let out = unsafe batch.words
        if count == 0, available > 0 {
            batch.timeBase = base &+ Int64(bytes.number(start + 4, as: Int32.self))
        }
        let shift = base &- batch.timeBase
        let room = min(available, EventBatch.capacity - count)
        if isWide, room > 0 {
            let source = unsafe (bytes.base + start).assumingMemoryBound(to: UInt8.self)
            if unsafe ek_aedat3(source, room, shift, allValid, out + count) == 0 {
                done = room
                count += room
            }
        }
        // Events that are not valid take no room.
        while done < available, count < EventBatch.capacity {
            let word = bytes.number(start &+ done &* 8, as: UInt64.self)
            let offset = shift &+ (Int64(bitPattern: word) >> 32)
            guard offset == Int64(Int32(truncatingIfNeeded: offset)) else { break }
            let pixel = (word >> 1 & 1) << 31 | (word >> 2 & 0x7FFF) << 16 | word >> 17 & 0x7FFF
            unsafe out[count] = UInt64(truncatingIfNeeded: offset) << 32 | pixel
            count &+= Int(truncatingIfNeeded: (word | allValid) & 1)
            invalid &+= Int(truncatingIfNeeded: ~(word | allValid) & 1)
            done &+= 1
        }
        batch.count = count
        events -= done
        log.tally[.invalidEvents] += invalid
        return DecodeStep(
            used: done * AEDAT3Decoder.eventBytes, isBatchDone: batch.isFull || done < available)
    }

    private func end(_ bytes: EventBytes, _ index: Int, _ what: String, _ log: EventLog) -> DecodeStep {
        guard bytes.isLast else { return DecodeStep(used: index) }
        let rest = bytes.count - index
        if let start = damageStart {
            let lost = Int(bytes.offset + Int64(bytes.count) - start)
            log.note("expected a packet, found \(lost.grouped) bytes that are none", at: start, bytes: lost)
            damageStart = nil
        } else if rest > 0 || events > 0 || skip > 0 {
            log.noteCut(what, at: bytes.offset + Int64(index), bytes: rest)
        }
        events = 0
        skip = 0
        return DecodeStep(used: bytes.count)
    }
}
