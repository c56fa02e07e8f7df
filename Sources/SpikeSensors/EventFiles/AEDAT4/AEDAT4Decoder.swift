import SpikeSignals

/// Decodes the packets of an AEDAT 4 file, see ``AEDAT4Packet``; the table of packets at its end is not needed.
///
/// A packet that cannot be read is noted as damage and passed over. If a packet's header cannot be right, the next
/// place that looks like a packet is searched for: a stream that exists, a length that fits, and the signature of the
/// compression.
///
/// A packet that is not compressed and longer than what is at hand is taken a part at a time, if the file is long enough to hold
/// all of it: the window stays small, and nothing of it is moved. Else it is waited for, as one that is cut gives no events.
final class AEDAT4Decoder: EventDecoder {
    private(set) var minimumBytes = AEDAT4Decoder.headerBytes
    /// When what is at hand has been taken: with several threads, the next few packets; of a file without compression 1 MiB,
    /// as copying is most of the work there, and the processor copies long pieces without fetching what it overwrites (on
    /// Zen 5 from 768 KiB on, a third faster).
    var wishedBytes: Int {
        guard isShort else { return 1 }
        if crew != nil { return max(1 << 18, min(4 * lastSize, 1 << 20)) }
        return header.compression == .none && end != nil ? 1 << 20 : 1
    }
    var holdsEvents: Bool { crew.map { !$0.isEmpty } ?? false }

    static let headerBytes = 8

    private let header: AEDAT4Header
    /// With one thread: the packet that is handed on, what expands it, and where it lies in the window if it has been found.
    private let packet: AEDAT4Packet
    private let expander: PacketExpander
    private var place: PacketPlace?
    /// With several threads: all packets that have been found, which are no longer needed in the window.
    private let crew: PacketCrew?
    /// The next event of the packet that is handed on.
    private var nextEvent = 0
    /// Whether more packets would have been taken from the window if they had been there.
    private var isShort = true
    /// The bytes of the packet that was found last.
    private var lastSize = 0
    /// What is to come of a packet that is taken a part at a time: events, and bytes behind them.
    private var rest: (events: Int, bytes: Int)?
    /// How many bytes the file has, if that is known.
    private let end: Int64?
    private var damageStart: Int64?
    private var isPastTable = false

    /// A decoder of what follows `header` in a file of at least `end` bytes.
    init(_ header: AEDAT4Header, end: Int64? = nil, threads: Int = 1, isWide: Bool = WideLoops.areThere) {
        self.header = header
        self.end = end
        packet = AEDAT4Packet(isWide: isWide, isDirect: true)
        // Without compression the memory is what limits, and threads are no help.
        let threads = header.compression == .none ? 1 : min(max(threads, 1), 64)
        crew = threads > 1 ? PacketCrew(threads: threads, header.compression, isWide: isWide) : nil
        expander = PacketExpander(threads > 1 ? .none : header.compression)
    }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        var index = 0
        while true {
            index = lookAhead(bytes, from: index, log)
            guard let (packet, place) = first() else { return end(bytes, index, log) }
            if packet.kind == .events, packet.failure == nil {
                // With several threads they are no longer there, nor needed.
                let packed = crew == nil ? AEDAT4Decoder.body(of: place, in: bytes) : bytes
                while nextEvent < packet.count {
                    let next = packet.append(from: nextEvent, to: batch, packed, log)
                    // What is left may turn out to be events that are left out: then there is no more.
                    let isStuck = next == nextEvent && next < packet.count
                    nextEvent = next
                    if isStuck || batch.isFull { return DecodeStep(used: index, isBatchDone: true) }
                }
            }
            note(packet, place, log)
            nextEvent = 0
            if let crew {
                crew.removeFirst()
            } else {
                index += place.bytes
                self.place = nil
            }
        }
    }

    /// The packet that is next to be handed on, and its place in the file.
    private func first() -> (packet: AEDAT4Packet, place: PacketPlace)? {
        crew.map { $0.first() } ?? place.map { (packet, $0) }
    }

    private var hasRoom: Bool { crew?.hasRoom ?? (place == nil) }

    /// Takes as many packets as there is room for from byte `index` of the window on; how many bytes of the window are no
    /// longer needed.
    private func lookAhead(_ bytes: EventBytes, from start: Int, _ log: EventLog) -> Int {
        var index = start
        guard hasRoom else { return index }
        minimumBytes = AEDAT4Decoder.headerBytes
        isShort = false
        while hasRoom {
            if rest != nil {
                index = takeRest(bytes, from: index)
                isShort = place == nil && rest != nil
                if place != nil || isShort { return index }
                continue
            }
            guard bytes.count - index >= AEDAT4Decoder.headerBytes else {
                isShort = true
                break
            }
            let found = bytes.offset + Int64(index)
            if isPastTable || found == header.tablePlace {
                isPastTable = true
                break
            }
            let size = Int(bytes.number(index + 4, as: Int32.self))
            switch look(bytes, at: index, size: size) {
            case .none:
                // What is damaged is told after the packets before it.
                if holdsEvents { return index }
                if damageStart == nil { damageStart = found }
                index += 1
            case .unsure:
                minimumBytes = AEDAT4Decoder.headerBytes + 16
                isShort = true
                return index
            case .packet where bytes.count - index - AEDAT4Decoder.headerBytes < size:
                if let events = openPacket(bytes, at: index, size: size) {
                    endDamage(at: found, log)
                    rest = (events.count, size - events.start - AEDAT4Packet.eventBytes * events.count)
                    index += AEDAT4Decoder.headerBytes + events.start
                    continue
                }
                minimumBytes = AEDAT4Decoder.headerBytes + size
                isShort = true
                return index
            case .packet:
                endDamage(at: found, log)
                let place = PacketPlace(start: found, bytes: AEDAT4Decoder.headerBytes + size)
                let packed = AEDAT4Decoder.body(of: place, in: bytes)
                if let crew {
                    crew.offer(packed, at: place)
                    index += place.bytes
                    lastSize = size
                } else {
                    packet.load(packed, with: expander)
                    self.place = place
                }
            }
        }
        return index
    }

    /// The events of the packet at `index`, of which only the beginning is at hand: the byte of its body where they begin, and
    /// their number; nil if it must be waited for.
    private func openPacket(_ bytes: EventBytes, at index: Int, size: Int) -> (start: Int, count: Int)? {
        let body = index + AEDAT4Decoder.headerBytes
        guard header.compression == .none, let end, bytes.offset + Int64(body + size) <= end,
            bytes.count - body >= 16, bytes.holds("EVTS", at: body + 8)
        else { return nil }
        // What is found in the beginning is found in the whole: `look` has checked that the buffer ends with the packet.
        let buffer = unsafe EventBytes(
            base: bytes.base + body + 4, count: bytes.count - body - 4, offset: bytes.offset, isLast: false)
        guard let events = FlatTable(buffer)?.vectorHead(0), events.count > 0,
            events.count <= (size - 4 - events.start) / AEDAT4Packet.eventBytes
        else { return nil }
        return (events.start + 4, events.count)
    }

    /// Takes the events at byte `index` of the window that belong to the packet that is taken a part at a time, or passes over
    /// what follows them.
    private func takeRest(_ bytes: EventBytes, from index: Int) -> Int {
        guard let rest else { return index }
        let there = bytes.count - index
        let events = min(rest.events, there / AEDAT4Packet.eventBytes)
        if events > 0 {
            let place = PacketPlace(
                start: bytes.offset + Int64(index), bytes: AEDAT4Packet.eventBytes * events, headerBytes: 0)
            packet.load(events: events, of: AEDAT4Decoder.body(of: place, in: bytes), with: expander)
            self.place = place
            self.rest = (rest.events - events, rest.bytes)
        } else if rest.events == 0 {
            let skipped = min(rest.bytes, there)
            self.rest = skipped == rest.bytes ? nil : (0, rest.bytes - skipped)
            return index + skipped
        } else {
            minimumBytes = AEDAT4Packet.eventBytes
        }
        return index
    }

    /// The bytes of the packet at `place` of the file, without its header.
    private static func body(of place: PacketPlace, in bytes: EventBytes) -> EventBytes {
        let body = Int(place.start - bytes.offset) + place.headerBytes
        return unsafe EventBytes(
            base: bytes.base + body, count: place.bytes - place.headerBytes, offset: place.start, isLast: true)
    }

    private enum Look {
        case none, packet, unsure
    }

    /// Whether a packet begins at `index`.
    private func look(_ bytes: EventBytes, at index: Int, size: Int) -> Look {
        let stream = bytes.number(index, as: Int32.self)
        guard size >= 4, size <= EventInput.longestPiece - AEDAT4Decoder.headerBytes, stream >= 0,
            header.streams.isEmpty ? stream < 64 : header.streams[stream] != nil
        else { return .none }
        let body = index + AEDAT4Decoder.headerBytes
        if bytes.count - body < 12 { return bytes.isLast ? .packet : .unsure }
        switch header.compression {
        case .lz4: return bytes.number(body, as: UInt32.self) == 0x184D_2204 ? .packet : .none
        case .zstd: return bytes.number(body, as: UInt32.self) == 0xFD2F_B528 ? .packet : .none
        case .none:
            let promised = Int(bytes.number(body, as: UInt32.self))
            let isKnown =
                bytes.holds("EVTS", at: body + 8) || bytes.holds("FRME", at: body + 8)
                || bytes.holds("IMUS", at: body + 8) || bytes.holds("TRIG", at: body + 8)
            return promised + 4 == size && (isKnown || !header.streams.isEmpty) ? .packet : .none
        }
    }

    private func endDamage(at place: Int64, _ log: EventLog) {
        guard let start = damageStart else { return }
        log.note(
            "expected a packet, found \((place - start).grouped) bytes that are none", at: start,
            bytes: Int(place - start))
        damageStart = nil
    }

    private func note(_ packet: AEDAT4Packet, _ place: PacketPlace, _ log: EventLog) {
        if let failure = packet.failure {
            log.note("a packet cannot be read, \(failure)", at: place.start, bytes: place.bytes)
            return
        }
        log.tally[.invalidEvents] += packet.invalid
        switch packet.kind {
        case .events: break
        case .frame: log.tally[.frames] += packet.items
        case .imu: log.tally[.imuSamples] += packet.items
        case .triggers: log.tally[.triggers] += packet.items
        case .unknown: log.tally[.unknown] += 1
        }
    }

    private func end(_ bytes: EventBytes, _ index: Int, _ log: EventLog) -> DecodeStep {
        if isPastTable { return DecodeStep(used: bytes.count) }
        guard bytes.isLast else { return DecodeStep(used: index) }
        let last = bytes.offset + Int64(bytes.count)
        if damageStart != nil {
            endDamage(at: last, log)
        } else if rest != nil {
            // The file has become shorter.
            log.noteCut("a packet", at: bytes.offset + Int64(index), bytes: bytes.count - index)
        } else if index < bytes.count {
            log.noteCut("a packet", at: bytes.offset + Int64(index), bytes: bytes.count - index)
        } else if let table = header.tablePlace, last < table {
            log.note("the file ends before its table of packets at byte \(table.grouped)", at: last)
        }
        isPastTable = true
        return DecodeStep(used: bytes.count)
    }
}
