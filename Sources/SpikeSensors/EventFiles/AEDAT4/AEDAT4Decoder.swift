import SpikeSignals

/// Decodes the packets of an AEDAT 4 file, see ``AEDAT4Packet``; the table of packets at its end is not needed.
///
/// A packet that cannot be read is noted as damage and passed over. If a packet's header cannot be right, the next
/// place that looks like a packet is searched for: a stream that exists, a length that fits, and the signature of the
/// compression.
final class AEDAT4Decoder: EventDecoder {
    private(set) var minimumBytes = AEDAT4Decoder.headerBytes
    /// With several threads, as much as gives each of them several packets.
    var wishedBytes: Int { team == nil ? 1 : 1 << 20 }

    static let headerBytes = 8

    private let header: AEDAT4Header
    private let packets: [AEDAT4Packet]
    private let team: WorkTeam?
    /// The packets that have been read ahead: where they lie, and how long they are with their headers.
    private var loaded: [(start: Int64, bytes: Int)] = []
    /// Which of them is being handed on, and the next event of it.
    private var current = 0
    private var nextEvent = 0
    private var damageStart: Int64?
    private var isPastTable = false

    init(_ header: AEDAT4Header, threads: Int = 1, isWide: Bool = WideLoops.areThere) {
        self.header = header
        // Without compression the memory is what limits, and threads are no help.
        let threads = header.compression == .none ? 1 : min(max(threads, 1), 64)
        team = threads > 1 ? WorkTeam(threads: threads) : nil
        packets = (0..<(threads > 1 ? 3 * threads : 1)).map { _ in
            AEDAT4Packet(header.compression, isWide: isWide, isDirect: threads == 1)
        }
    }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        var index = 0
        while true {
            if current == loaded.count {
                let skipped = readAhead(bytes, from: index, log)
                index += skipped
                if loaded.isEmpty { return end(bytes, index, log) }
            }
            let packet = packets[current]
            if packet.kind == .events, packet.failure == nil {
                let packed = AEDAT4Decoder.body(of: loaded[current], in: bytes)
                while nextEvent < packet.count {
                    let next = packet.append(from: nextEvent, to: batch, packed)
                    // What is left may turn out to be events that are left out: then there is no more.
                    let isStuck = next == nextEvent && next < packet.count
                    nextEvent = next
                    if isStuck || batch.isFull { return DecodeStep(used: index, isBatchDone: true) }
                }
            }
            note(packet, loaded[current], log)
            index += loaded[current].bytes
            current += 1
            nextEvent = 0
        }
    }

    /// Loads as many packets of the window as there is work for; how many bytes before them are none.
    private func readAhead(_ bytes: EventBytes, from start: Int, _ log: EventLog) -> Int {
        loaded.removeAll(keepingCapacity: true)
        current = 0
        minimumBytes = AEDAT4Decoder.headerBytes
        var index = start
        search: while loaded.count < packets.count, bytes.count - index >= AEDAT4Decoder.headerBytes {
            let place = bytes.offset + Int64(index)
            if isPastTable || place == header.tablePlace {
                isPastTable = true
                break
            }
            let size = Int(bytes.number(index + 4, as: Int32.self))
            switch look(bytes, at: index, size: size) {
            case .none:
                guard loaded.isEmpty else { break search }
                if damageStart == nil { damageStart = place }
                index += 1
                continue
            case .unsure:
                minimumBytes = AEDAT4Decoder.headerBytes + 16
            case .packet where bytes.count - index - AEDAT4Decoder.headerBytes < size:
                minimumBytes = AEDAT4Decoder.headerBytes + size
            case .packet:
                endDamage(at: place, log)
                loaded.append((place, AEDAT4Decoder.headerBytes + size))
                index += AEDAT4Decoder.headerBytes + size
                continue
            }
            break
        }
        if loaded.isEmpty { return index - start }
        if let team {
            team.perform(loaded.count) { [loaded, packets] number in
                AEDAT4Decoder.load(packets[number], loaded[number], from: bytes)
            }
        } else {
            for number in loaded.indices { AEDAT4Decoder.load(packets[number], loaded[number], from: bytes) }
        }
        return Int(loaded[0].start - bytes.offset) - start
    }

    /// Loads the packet that lies at `place` of the file.
    private static func load(_ packet: AEDAT4Packet, _ place: (start: Int64, bytes: Int), from bytes: EventBytes) {
        packet.load(body(of: place, in: bytes))
    }

    /// The bytes of the packet at `place` of the file, without its header.
    private static func body(of place: (start: Int64, bytes: Int), in bytes: EventBytes) -> EventBytes {
        let body = Int(place.start - bytes.offset) + headerBytes
        return unsafe EventBytes(
            base: bytes.base + body, count: place.bytes - headerBytes, offset: place.start, isLast: true)
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

    private func note(_ packet: AEDAT4Packet, _ place: (start: Int64, bytes: Int), _ log: EventLog) {
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
        } else if index < bytes.count {
            log.noteCut("a packet", at: bytes.offset + Int64(index), bytes: bytes.count - index)
        } else if let table = header.tablePlace, last < table {
            log.note("the file ends before its table of packets at byte \(table.grouped)", at: last)
        }
        isPastTable = true
        return DecodeStep(used: bytes.count)
    }
}
