import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Our AEDAT 4 files, taken apart by a reader that is written from the description of FlatBuffers alone.
struct AEDAT4FileTests {
    /// A FlatBuffer with its size in front; every access checks bounds and, as FlatBuffers' own verifier does, that
    /// numbers lie on multiples of their length, counted from the size on.
    struct Buffer {
        let bytes: [UInt8]
        var complaints: [String] = []

        init(_ bytes: [UInt8], _ identifier: String) {
            self.bytes = bytes
            if number(0, 4) != Int64(bytes.count - 4) { complaints.append("a size of \(number(0, 4))") }
            if Array(bytes[8..<12]) != Array(identifier.utf8) { complaints.append("another identifier") }
        }

        mutating func number(_ place: Int, _ count: Int) -> Int64 {
            guard place >= 0, place + count <= bytes.count else {
                complaints.append("\(count) bytes at \(place) of \(bytes.count)")
                return 0
            }
            if !place.isMultiple(of: count) { complaints.append("\(count) bytes at \(place)") }
            let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
            return count == 8 ? Int64(bitPattern: value) : Int64(value)
        }

        /// Where the root table is.
        mutating func root() -> Int { 4 + Int(number(4, 4)) }

        /// Where field `index` of `table` is, or nil.
        mutating func field(_ index: Int, of table: Int) -> Int? {
            let vtable = table - Int(Int32(truncatingIfNeeded: number(table, 4)))
            let (length, size) = (Int(number(vtable, 2)), Int(number(vtable + 2, 2)))
            guard 4 + 2 * index < length else { return nil }
            let offset = Int(number(vtable + 4 + 2 * index, 2))
            if offset >= size { complaints.append("field \(index) outside its table") }
            return offset == 0 ? nil : table + offset
        }

        /// The first element and the number of elements of the vector that the field at `place` points to.
        mutating func vector(_ place: Int) -> (start: Int, count: Int) {
            let vector = place + Int(number(place, 4))
            return (vector + 4, Int(number(vector, 4)))
        }
    }

    /// A file's parts, as other programs find them.
    struct Parts {
        var compression: Int64 = -1
        var description = ""
        var packets: [(stream: Int64, size: Int, start: Int)] = []
        var table: [(start: Int64, stream: Int64, size: Int64, events: Int64, first: Int64, last: Int64)] = []
        var complaints: [String] = []

        init(_ file: [UInt8], expand: ([UInt8]) throws -> [UInt8]) rethrows {
            guard Array(file.prefix(14)) == Array("#!AER-DAT4.0\r\n".utf8) else {
                complaints = ["no signature"]
                return
            }
            func int(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[place + $1]) << (8 * $1) } }
            let end = 14 + 4 + int(14)
            var header = Buffer(Array(file[14..<end]), "IOHE")
            let root = header.root()
            compression = header.field(0, of: root).map { header.number($0, 4) } ?? 0
            let tablePlace = Int(header.field(1, of: root).map { header.number($0, 8) } ?? -1)
            if let place = header.field(2, of: root) {
                let text = header.vector(place)
                description = String(decoding: header.bytes[text.start..<(text.start + text.count)], as: UTF8.self)
                if header.bytes[text.start + text.count] != 0 { complaints.append("a text without its zero") }
            }
            var place = end
            while place < tablePlace {
                packets.append((Int64(int(place)), int(place + 4), place + 8))
                place += 8 + int(place + 4)
            }
            if place != tablePlace { complaints.append("packets end at \(place), the table begins at \(tablePlace)") }
            complaints += header.complaints
            readTable(try expand(Array(file[tablePlace...])))
        }

        private mutating func readTable(_ bytes: [UInt8]) {
            var buffer = Buffer(bytes, "FTAB")
            guard let place = buffer.field(0, of: buffer.root()) else { return }
            let list = buffer.vector(place)
            for index in 0..<list.count {
                let entry = list.start + 4 * index
                let item = entry + Int(buffer.number(entry, 4))
                func field(_ index: Int, _ count: Int, plus: Int = 0) -> Int64 {
                    buffer.field(index, of: item).map { buffer.number($0 + plus, count) } ?? -1
                }
                table.append(
                    (field(0, 8), field(1, 4), field(1, 4, plus: 4), field(2, 8), field(3, 8), field(4, 8)))
            }
            complaints += buffer.complaints
        }
    }

    /// Undoes the compression of a packet with the libraries that the writer used.
    private func expand(_ bytes: [UInt8], _ compression: EventFileWriter.Compression) throws -> [UInt8] {
        let kind = try #require(AEDAT4Header.Compression(rawValue: compression.rawValue))
        let expander = PacketExpander(kind)
        return try unsafe bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return [] }
            let packed = unsafe EventBytes(base: base, count: raw.count, offset: 0, isLast: true)
            let made = try expander.expand(packed)
            return made.bytes(0..<made.count)
        }
    }

    @Test(arguments: EventFileWriter.Compression.allCases)
    func everyPartIsWhereOthersLook(compression: EventFileWriter.Compression) throws {
        var dice = Dice(state: 3)
        let start: Int64 = 1_700_000_000_000_000
        let events = EventStreams(start: start, stepsBack: (500, 90_000)).events(50_000, &dice)
        var options = EventFileWriter.Options(format: .aedat4, size: SensorSize(width: 640, height: 480))
        options.compression = compression
        let file = try EventSamples.written(events, as: options).bytes
        let parts = try Parts(file) { try expand($0, compression) }
        #expect(parts.complaints.isEmpty, "\(parts.complaints.prefix(5))")
        #expect(parts.compression == [.none: 0, .lz4: 1, .zstd: 3][compression])
        #expect(parts.packets.count == (events.count + EventBatch.capacity - 1) / EventBatch.capacity)
        #expect(parts.table.count == parts.packets.count)
        var found: [PlainEvent] = []
        for (packet, entry) in zip(parts.packets, parts.table) {
            var buffer = Buffer(
                try expand(Array(file[packet.start..<(packet.start + packet.size)]), compression), "EVTS")
            let packetEvents = self.events(&buffer)
            #expect(buffer.complaints.isEmpty, "\(buffer.complaints.prefix(5))")
            let times = packetEvents.map(\.time)
            #expect(entry.start == Int64(packet.start) && entry.size == Int64(packet.size))
            #expect(entry.stream == 0 && packet.stream == 0)
            #expect(entry.events == Int64(times.count) && entry.first == times.min() && entry.last == times.max())
            found += packetEvents
        }
        #expect(found == events)
    }

    private func events(_ buffer: inout Buffer) -> [PlainEvent] {
        guard let place = buffer.field(0, of: buffer.root()) else { return [] }
        let list = buffer.vector(place)
        return (0..<list.count).map { index in
            let item = list.start + 16 * index
            return PlainEvent(
                buffer.number(item, 8), Int(buffer.number(item + 8, 2)), Int(buffer.number(item + 10, 2)),
                buffer.number(item + 12, 1) == 1)
        }
    }

    @Test func descriptionNamesTheStreamAndItsSize() throws {
        var options = EventFileWriter.Options(format: .aedat4, size: SensorSize(width: 640, height: 480))
        options.compression = .none
        let parts = Parts(try EventSamples.written([], as: options).bytes) { $0 }
        #expect(parts.complaints.isEmpty && parts.packets.isEmpty && parts.table.isEmpty)
        for line in [
            #"<node name="outInfo" path="/mainloop/Recorder/outInfo/">"#,
            #"<attr key="compression" type="string">NONE</attr>"#,
            #"<attr key="typeIdentifier" type="string">EVTS</attr>"#,
            #"<attr key="sizeX" type="int">640</attr>"#, #"<attr key="sizeY" type="int">480</attr>"#,
        ] {
            #expect(parts.description.contains(line), "\(line)")
        }
        options.size = nil
        #expect(!Parts(try EventSamples.written([], as: options).bytes) { $0 }.description.contains("sizeX"))
    }

    @Test("The checker accepts what dv-processing wrote, and finds what is moved")
    func theCheckerChecks() throws {
        var file = EventFixtures.bytes("dv_none.aedat4")
        let parts = Parts(file) { $0 }
        #expect(parts.complaints.isEmpty && parts.table.count == parts.packets.count && parts.packets.count > 1)
        for (packet, entry) in zip(parts.packets, parts.table) { #expect(entry.start == Int64(packet.start)) }
        // A packet that says that it is longer, and a header that says so.
        file[parts.packets[0].start - 4] ^= 8
        #expect(!Parts(file) { $0 }.complaints.isEmpty)
        file = EventFixtures.bytes("dv_none.aedat4")
        file[22] ^= 1
        #expect(!Parts(file) { $0 }.complaints.isEmpty)
    }

    @Test("Threads give what one gives, and say the same of damage", arguments: [2, 3, 8])
    func threads(count: Int) throws {
        var dice = Dice(state: 4)
        let events = EventStreams(start: 5).events(200_000, &dice)
        var bytes = try EventSamples.written(events, as: EventFileWriter.Options(format: .aedat4)).bytes
        var options = EventFileReader.Options()
        options.threads = count
        #expect(try EventReading(bytes, options: options).events == events)
        // The size of a block, and the signature of a packet, cannot be what they are then.
        let packets = try Parts(bytes) { try expand($0, .lz4) }.packets
        for byte in 0..<4 {
            bytes[packets[3].start + 7 + byte] = 0xFF
            bytes[packets[8].start + byte] = 0xFF
        }
        let reading = try EventReading(bytes, options: options)
        let single = try EventReading(bytes)
        #expect(reading.events == single.events)
        #expect(reading.damage == single.damage && reading.tally == single.tally && reading.damage.count == 2)
    }

    /// Packets from one event to three batches, so that threads overtake one another and buffers grow while others are
    /// read; the file is cut at several places, also inside a packet.
    @Test(
        "Packets of all sizes come in order", arguments: [1, 2, 5], [AEDAT4Header.Compression.none, .lz4, .zstd])
    func packetsOfAllSizes(threads: Int, compression: AEDAT4Header.Compression) throws {
        var dice = Dice(state: 6)
        let events = EventStreams(start: 5, stepsBack: (3_000, 40)).events(250_000, &dice)
        var file = start(compression)
        var start = 0
        for count in [1, 40_000, 2, 16_384, 16_385, 1, 1, 49_152, 100, 3, 8_000, 80_000]
            + Array(repeating: 157, count: 120)
        {
            file += packet(events[start..<(start + count)], compression)
            start += count
        }
        var options = EventFileReader.Options()
        options.threads = threads
        let folder = TemporaryFolder()
        for cut in [file.count, file.count - 1, file.count * 2 / 3, file.count / 3, 3_000] {
            let bytes = Array(file.prefix(cut))
            let (reading, single) = (try EventReading(bytes, options: options), try EventReading(bytes))
            #expect(reading == single, "\(cut) bytes")
            if cut == file.count { #expect(reading.events == Array(events[..<start])) }
            // From a file, whose window moves while threads work on what was in it.
            let path = folder.write(bytes, to: "packets.aedat4")
            #expect(try EventReading(EventFileReader(path: path, options: options)) == single, "\(cut) bytes")
        }
        // A reader that is given up leaves nothing behind that its threads could still touch.
        let path = folder.write(file, to: "packets.aedat4")
        for _ in 0..<20 {
            let reader = try EventFileReader(path: path, options: options)
            #expect(try reader.read(into: EventBatch()))
        }
    }

    /// A packet that is longer than the window is taken a part at a time, and gives what it gives as a whole: with times that
    /// no sensor has, steps further than a batch can follow, and bytes behind the events.
    @Test(arguments: [true, false]) func partsOfALongPacketGiveTheWhole(isWide: Bool) throws {
        var dice = Dice(state: 8)
        var events = EventStreams(start: 5).events(150_000, &dice)
        for _ in 0..<40 { events[dice.pick(1...149_999)].time = [1 << 60, -(1 << 60), 1 << 50][dice.pick(0...2)] }
        let valid = events.filter { EventBatch.sensorTimes.contains($0.time) }
        let whole = packet(events[...], .none)
        // Seven bytes that belong to the packet and to none of its events.
        var longer = Array(whole[..<4])
        longer.append(number: Int32(whole.count - 8 + 7))
        longer.append(number: UInt32(whole.count - 12 + 7))
        longer += whole[12...] + [1, 2, 3, 4, 5, 6, 7]
        let file = start(.none) + longer + packet(events[..<100], .none)
        var options = EventFileReader.Options()
        options.isWide = isWide
        let folder = TemporaryFolder()
        let path = folder.write(file, to: "long.aedat4")
        let reading = try EventReading(EventFileReader(path: path, options: options))
        #expect(reading.events == valid + events[..<100].filter { EventBatch.sensorTimes.contains($0.time) })
        #expect(reading == (try EventReading(file)))
        #expect(reading.tally[.invalidEvents] > 10 && reading.damage.isEmpty)
    }

    /// The descriptor of a file may stand behind its beginning, as standard input does after another program has read from it:
    /// then its size does not tell where the recording ends.
    @Test(arguments: [1, 2_047, 70_001]) func aRecordingInTheMiddleOfAFile(place: Int) throws {
        var dice = Dice(state: 10)
        let events = EventStreams(start: 5).events(250_000, &dice)
        let recording = start(.none) + packet(events[..<150_000], .none) + packet(events[150_000...], .none)
        let folder = TemporaryFolder()
        // The cut packet would be there in whole if the bytes before the recording counted.
        for cut in [0, 1] {
            let bytes = Array(recording.dropLast(cut))
            let path = folder.write(Array(repeating: 0x25, count: place) + bytes, to: "middle.aedat4")
            let descriptor = unsafe open(path, O_RDONLY)
            #expect(lseek(descriptor, place, SEEK_SET) == place)
            let input = EventInput(descriptor: descriptor, name: "middle")
            let reading = try EventReading(EventFileReader(input, options: EventFileReader.Options()))
            #expect(reading.events == Array(events.prefix(cut == 0 ? events.count : 150_000)))
            #expect(reading.damage.count == cut)
        }
    }

    /// The end of a file that was longer when it was opened.
    @Test func aFileThatShrinksInsideALongPacketIsCut() throws {
        var dice = Dice(state: 9)
        let events = EventStreams(start: 5).events(200_000, &dice)
        let file = start(.none) + packet(events[...], .none)
        let folder = TemporaryFolder()
        let path = folder.write(file, to: "shrinks.aedat4")
        let reader = try EventFileReader(path: path)
        let batch = EventBatch()
        #expect(try reader.read(into: batch))
        var found = batch.map { PlainEvent($0, of: batch) }
        #expect(unsafe truncate(path, 2_000_001) == 0)
        batch.removeAll()
        while try reader.read(into: batch) {
            found += batch.map { PlainEvent($0, of: batch) }
            batch.removeAll()
        }
        #expect(found.count < events.count && found.count > 100_000 && events.starts(with: found))
        #expect(reader.log.damage.count == 1)
        #expect(reader.log.damage.first?.what.hasPrefix("the file ends inside a packet: ") == true)
    }

    /// The beginning of a file.
    private func start(_ compression: AEDAT4Header.Compression) -> [UInt8] {
        let codes: [AEDAT4Header.Compression: Int32] = [.none: 0, .lz4: 1, .zstd: 3]
        let description =
            #"<dv><node name="outInfo"><node name="0"><attr key="typeIdentifier">EVTS</attr></node></node></dv>"#
        return Array("#!AER-DAT4.0\r\n".utf8)
            + FlatBuilder.buffer("IOHE", [.int32(codes[compression] ?? 0), .int64(-1), .text(description)])
    }

    /// A packet with its header.
    private func packet(_ events: ArraySlice<PlainEvent>, _ compression: AEDAT4Header.Compression) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            bytes.append(number: event.time)
            bytes.append(number: event.x)
            bytes.append(number: event.y)
            bytes.append(number: UInt32(event.isOn ? 1 : 0))
        }
        let body = FlatBuilder.buffer("EVTS", [.structs(count: events.count, bytes: bytes)])
        let packed = compression == .none ? body : stored(body, compression)
        var packet: [UInt8] = []
        packet.append(number: Int32(0))
        packet.append(number: Int32(packed.count))
        return packet + packed
    }

    /// A file that grows gives what is there, also what threads have taken from it, before it is waited for.
    @Test func threadsWaitForNothingThatIsThere() throws {
        var dice = Dice(state: 7)
        let events = EventStreams(start: 5).events(60_000, &dice)
        let folder = TemporaryFolder()
        let file = try EventSamples.written(events, as: EventFileWriter.Options(format: .aedat4)).bytes
        let parts = try Parts(file) { try expand($0, .lz4) }
        let table = try #require(parts.packets.last)
        let path = folder.write(Array(file.prefix(table.start + table.size)), to: "growing.aedat4")
        var options = EventFileReader.Options()
        options.threads = 2
        options.follows = true
        let reader = try EventFileReader(path: path, options: options)
        let batch = EventBatch()
        let deadline = MonotonicClock.nanoseconds() + 30_000_000_000
        var found: [PlainEvent] = []
        while found.count < events.count, MonotonicClock.nanoseconds() < deadline {
            #expect(try reader.read(into: batch, until: deadline))
            found += batch.map { PlainEvent($0, of: batch) }
            batch.removeAll()
        }
        #expect(found == events && MonotonicClock.nanoseconds() < deadline)
    }

    /// A frame that holds `bytes` as they are, in blocks of at most 64 KiB.
    private func stored(_ bytes: [UInt8], _ compression: AEDAT4Header.Compression) -> [UInt8] {
        var frame: [UInt8] =
            compression == .lz4 ? [0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82] : [0x28, 0xB5, 0x2F, 0xFD, 0xA0]
        if compression == .zstd { frame.append(number: UInt32(bytes.count)) }
        for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
            let block = bytes[start..<min(start + 1 << 16, bytes.count)]
            if compression == .lz4 {
                frame.append(number: UInt32(block.count) | 1 << 31)
            } else {
                let head = UInt32(block.count) << 3 | (block.endIndex == bytes.count ? 1 : 0)
                frame += [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16)]
            }
            frame += block
        }
        if compression == .lz4 { frame.append(number: UInt32(0)) }
        return frame
    }
}
