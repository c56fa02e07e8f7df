import CEventKernels
import SpikeSignals

/// One packet of an AEDAT 4 file on its way from bytes to the words of a batch.
///
/// ```
/// packet       stream(4) bytes(4) | compressed:  bytes(4) FlatBuffer with identifier EVTS, FRME, IMUS, TRIG
/// EVTS         elements(0): a vector of  time(8, µs) column(2) row(2) on(1) .(3)
/// ```
/// Packets do not depend on each other, so several are made at once by as many threads (``PacketCrew``). One thread alone
/// converts events straight into the batch, as they are asked for.
@safe final class AEDAT4Packet {
    /// What it turned out to be.
    enum Kind: Equatable {
        case events, frame, imu, triggers, unknown
    }

    /// What expanded the packet.
    private var expander: PacketExpander?
    /// The events relative to ``timeBase``; the first ``count`` are valid, unless they wait in the packet.
    private(set) var words: UnsafeMutablePointer<UInt64>
    private var capacity = AEDAT4Packet.usualEvents
    private(set) var count = 0
    /// Events with times that no sensor has; left out.
    private(set) var invalid = 0
    /// The sensor time of offset 0.
    private(set) var timeBase: Int64 = 0
    /// Where the packet's events step further than a batch can follow: the time base of what follows, and where.
    private(set) var bases: [(start: Int, base: Int64)] = []
    private(set) var kind = Kind.unknown
    /// How many items a packet without events holds.
    private(set) var items = 0
    /// Why the packet is damaged.
    private(set) var failure: String?
    /// Whether the expander does not take so long a packet.
    private(set) var isTooLong = false

    /// The bytes of an event in the file.
    static let eventBytes = 16
    /// Room for so many events is made at the beginning.
    private static let usualEvents = 1 << 14

    private let isWide: Bool
    /// Whether events stay in the packet until a batch takes them.
    private let isDirect: Bool
    /// Where in the expanded packet events wait to be converted; nil: they are in ``words``.
    private var waiting: Int?

    /// Earlier than any sensor time.
    private static let longAgo = Int64.min / 2

    /// The first times of packets whose events may be converted a part at a time: what lies less than 2^29 µs from one is
    /// a sensor time, so that no part has events that another way of converting would leave out.
    private static let directTimes =
        (EventBatch.sensorTimes.lowerBound + 1 << 29)...(EventBatch.sensorTimes.upperBound - 1 << 29)

    init(isWide: Bool = WideLoops.areThere, isDirect: Bool = false) {
        self.isWide = isWide
        self.isDirect = isDirect && isWide
        unsafe words = .allocate(capacity: capacity)
    }

    deinit { unsafe words.deallocate() }

    /// Decodes `events` events that lie at byte 0 of `bytes`: a part of a packet that is not compressed.
    func load(events: Int, of bytes: EventBytes, with expander: PacketExpander) {
        clear(expander)
        kind = .events
        convert(bytes, 0, events, waitingAt: 0)
    }

    /// Decodes a packet's bytes, without its header. `expander` may be used for other packets afterwards, unless the packet
    /// is direct.
    func load(_ packed: EventBytes, with expander: PacketExpander) {
        clear(expander)
        do throws(PacketExpander.Failure) {
            try read(try expander.expand(packed))
        } catch {
            (failure, isTooLong) = (error.what, error.isTooLong)
        }
    }

    private func clear(_ expander: PacketExpander) {
        count = 0
        invalid = 0
        items = 0
        (failure, isTooLong) = (nil, false)
        kind = .unknown
        waiting = nil
        bases.removeAll(keepingCapacity: true)
        self.expander = expander
    }

    private func read(_ bytes: EventBytes) throws(PacketExpander.Failure) {
        guard bytes.count >= 16 else { throw PacketExpander.Failure(what: "it has only \(bytes.count) bytes") }
        let promised = Int(bytes.number(0, as: UInt32.self))
        guard promised <= bytes.count - 4 else {
            throw PacketExpander.Failure(what: "it holds \(bytes.count) bytes and promises \(promised + 4)")
        }
        let body = unsafe EventBytes(base: bytes.base + 4, count: promised, offset: bytes.offset, isLast: true)
        guard let table = FlatTable(body) else { throw PacketExpander.Failure(what: "its FlatBuffer is damaged") }
        if body.holds("EVTS", at: 4) {
            kind = .events
            guard table.place(0, count: 4) != nil else { return }
            guard let events = table.vector(0, elementBytes: AEDAT4Packet.eventBytes) else {
                throw PacketExpander.Failure(what: "its list of events is damaged")
            }
            // Four bytes of length precede the body.
            convert(body, events.start, events.count, waitingAt: events.start + 4)
        } else if body.holds("FRME", at: 4) {
            (kind, items) = (.frame, 1)
        } else if body.holds("IMUS", at: 4) {
            (kind, items) = (.imu, table.vector(0, elementBytes: 4)?.count ?? 0)
        } else if body.holds("TRIG", at: 4) {
            (kind, items) = (.triggers, table.vector(0, elementBytes: 4)?.count ?? 0)
        }
    }

    /// Converts the events at `start`, or lets them wait at byte `place` of what was loaded.
    private func convert(_ bytes: EventBytes, _ start: Int, _ events: Int, waitingAt place: Int) {
        guard events > 0 else { return }
        timeBase = bytes.number(start, as: Int64.self)
        if isDirect, AEDAT4Packet.directTimes.contains(timeBase) {
            (waiting, count) = (place, events)
            return
        }
        makeRoom(events)
        var strange: UInt64 = EventBatch.sensorTimes.contains(timeBase) ? 0 : 1
        let out = unsafe words
        count = events
        if isWide {
            let source = unsafe (bytes.base + start).assumingMemoryBound(to: UInt8.self)
            strange |= unsafe ek_aedat4(source, events, timeBase, 0, AEDAT4Packet.longAgo, 0xFFFF, 0x7FFF, out) << 1
            if strange != 0 { convertCarefully(bytes, start, events) }
            return
        }
        for event in 0..<events {
            let index = start &+ event &* AEDAT4Packet.eventBytes
            let offset = bytes.number(index, as: Int64.self) &- timeBase
            let place = bytes.number(index &+ 8, as: UInt64.self)
            // Two hours are far more than a packet spans and leave the time base of the batch its freedom.
            strange |= UInt64(bitPattern: offset &+ 1 << 29) >> 30
            unsafe out[event] =
                UInt64(bitPattern: offset) << 32 | (place >> 32 & 1) << 31 | place & 0x7FFF_FFFF
        }
        if strange != 0 { convertCarefully(bytes, start, events) }
    }

    /// Gives the memory of a packet of more than `events` events back; its events are gone.
    func trim(above events: Int) {
        guard capacity > events else { return }
        unsafe words.deallocate()
        (capacity, count, waiting) = (AEDAT4Packet.usualEvents, 0, nil)
        bases.removeAll()
        unsafe words = .allocate(capacity: capacity)
    }

    private func makeRoom(_ events: Int) {
        guard events > capacity else { return }
        unsafe words.deallocate()
        capacity = events
        unsafe words = .allocate(capacity: capacity)
    }

    /// Decodes event by event, with a new time base wherever the last does not reach.
    private func convertCarefully(_ bytes: EventBytes, _ start: Int, _ events: Int) {
        count = 0
        for event in 0..<events {
            let index = start + event * AEDAT4Packet.eventBytes
            let time = bytes.number(index, as: Int64.self)
            guard EventBatch.sensorTimes.contains(time) else {
                invalid += 1
                continue
            }
            if count == 0 {
                timeBase = time
            } else if abs(time - (bases.last?.base ?? timeBase)) >= 1 << 29 {
                bases.append((count, time))
            }
            let offset = UInt64(bitPattern: time - (bases.last?.base ?? timeBase))
            let place = bytes.number(index + 8, as: UInt64.self)
            unsafe words[count] = offset << 32 | (place >> 32 & 1) << 31 | place & 0x7FFF_FFFF
            count += 1
        }
    }

    /// Converts events that wait at `start` of `bytes` straight into `batch`; nil if one of them is strange, and then all
    /// are in ``words``. Of those before, none was left out, so `index` means the same there.
    private func convert(
        _ start: Int, from index: Int, to batch: EventBatch, _ bytes: UnsafeRawPointer, _ log: EventLog
    ) -> Int? {
        if batch.count == 0 { batch.timeBase = timeBase }
        let shift = timeBase - batch.timeBase
        guard abs(shift) < 1 << 30 else { return index }
        let part = min(count - index, EventBatch.capacity - batch.count)
        let source = unsafe (bytes + start + index * AEDAT4Packet.eventBytes).assumingMemoryBound(to: UInt8.self)
        let before = batch.count == 0 ? AEDAT4Packet.longAgo : batch.time(of: batch[batch.count - 1])
        let (right, bottom) = EventAudit.bounds(of: batch)
        let strange = unsafe ek_aedat4(
            source, part, timeBase, shift, before, right, bottom, batch.words + batch.count)
        guard strange << 1 == 0 else {
            let events = count
            waiting = nil
            makeRoom(events)
            let end = start + events * AEDAT4Packet.eventBytes
            unsafe convertCarefully(EventBytes(base: bytes, count: end, offset: 0, isLast: true), start, events)
            return nil
        }
        if strange == 0, log.audited == batch.count { log.audited += part }
        batch.count += part
        return index + part
    }

    /// Appends events from `index` on to `batch`, as many as it takes; where the next one is. `packed` are the bytes that
    /// were loaded, wherever they lie by now.
    func append(from index: Int, to batch: EventBatch, _ packed: EventBytes, _ log: EventLog) -> Int {
        if let waiting, let expander,
            let next = unsafe convert(waiting, from: index, to: batch, expander.expanded(packed), log)
        {
            return next
        }
        let section = bases.last { $0.start <= index }
        let base = section?.base ?? timeBase
        let end = bases.first { $0.start > index }?.start ?? count
        if batch.count == 0 { batch.timeBase = base }
        let shift = base - batch.timeBase
        guard abs(shift) < 1 << 30 else { return index }
        let part = min(end - index, EventBatch.capacity - batch.count)
        let move = UInt64(bitPattern: shift) << 32
        let source = unsafe words + index
        let target = unsafe batch.words + batch.count
        for event in 0..<part { unsafe target[event] = source[event] &+ move }
        batch.count += part
        return index + part
    }
}
