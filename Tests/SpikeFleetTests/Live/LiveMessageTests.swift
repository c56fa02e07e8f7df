import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

@Suite("Messages of live streams") struct LiveMessageTests {
    @Test("come back as they were, whatever their kind and flags")
    func roundTrip() throws {
        var dice = Dice(state: 1)
        for kind in [PortKind.audio, .events, .spikes, .records] {
            for _ in 0..<50 {
                let message = LiveMessage(
                    kind, run: dice.next(), number: UInt64(dice.pick(1...1 << 62)), isLast: dice.pick(0...1) == 0,
                    hasLost: dice.pick(0...1) == 0,
                    body: (0..<dice.pick(0...300)).map { _ in UInt8(dice.pick(0...255)) })
                #expect(try LiveMessage(message.bytes) == message)
            }
        }
    }

    @Test("have the bytes that the format says")
    func golden() {
        let message = LiveMessage(.spikes, run: 0x0807_0605_0403_0201, number: 300, isLast: true, body: [7])
        // The checksum was computed with an FNV-1a of another hand.
        #expect(message.bytes.dropLast(4) == [83, 80, 75, 76, 1, 3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xAC, 2, 7][...])
        #expect(Array(message.bytes.suffix(4)) == [9, 203, 9, 18])
    }

    @Test("of another version, damaged, foreign or too large are refused with the reason")
    func refused() {
        func complaint(_ bytes: [UInt8]) -> String? {
            do { _ = try LiveMessage(bytes) } catch { return error.what }
            return nil
        }
        let whole = LiveMessage(.spikes, run: 5, number: 1, body: [1, 2, 3]).bytes
        var other = whole
        other[4] = 2
        #expect(complaint(other)?.contains("expected version 1 of live messages, found 2") == true)
        #expect(complaint([])?.contains("found something else") == true)
        #expect(complaint(Array("{\"v\": 1, \"kind\": \"keyword\"}".utf8))?.contains("found something else") == true)
        #expect(complaint(whole + [UInt8](repeating: 0, count: 1 << 20))?.contains("at most 1048576 bytes") == true)
        for index in whole.indices where index != 4 {
            for bit in 0..<8 {
                var damaged = whole
                damaged[index] ^= 1 << UInt8(bit)
                #expect(complaint(damaged) != nil)
            }
        }
        for count in whole.indices { #expect(complaint(Array(whole.prefix(count))) != nil) }
        #expect(complaint(LiveMessage(.potentials, run: 5, number: 1).bytes)?.contains("kind 0") == true)
        #expect(complaint(LiveMessage(.spikes, run: 5, number: 0).bytes)?.contains("number 0") == true)
    }

    @Test(
        "Numbers of variable length come back and take as few bytes as they need",
        arguments: [
            (0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (UInt64.max, 10),
        ] as [(UInt64, Int)])
    func variable(number: UInt64, count: Int) throws {
        var bytes: [UInt8] = []
        bytes.appendVariable(number)
        #expect(bytes.count == count)
        var reader = VariableReader(bytes)
        #expect(try reader.number() == number && reader.left == 0)
        var signed: [UInt8] = []
        signed.appendVariable(signed: Int64(bitPattern: number))
        var other = VariableReader(signed)
        #expect(try other.signed() == Int64(bitPattern: number))
        for length in 0..<bytes.count {
            var short = VariableReader(Array(bytes.prefix(length)))
            #expect(throws: SpikelineError.self) { try short.number() }
        }
        var long = VariableReader([UInt8](repeating: 0xFF, count: 9) + [2])
        #expect(throws: SpikelineError.self) { try long.number() }
    }
}

@Suite("Bodies of live messages") struct LiveCodingTests {
    /// What a coding sends of batches, and what comes back of it.
    private func bodies<Coding: LiveCoding>(
        _: Coding.Type, _ batches: [Coding.Content], gather: Int64 = 100_000_000
    ) throws -> [[UInt8]] {
        let coding = Coding(gather: gather)
        var bodies: [[UInt8]] = []
        for batch in batches { try coding.take(batch) { (body) throws(SpikelineError) in bodies.append(body) } }
        try coding.finish { (body) throws(SpikelineError) in bodies.append(body) }
        return bodies
    }

    private func spikes(_ seed: UInt64) -> [SpikeBatch] {
        var dice = Dice(state: seed)
        let channels = dice.pick(1...300)
        let tick = Int64([1_000_000, 20_000_000, 333].randomElement(using: &dice) ?? 1)
        var next = Int64(dice.pick(0...1_000_000))
        return (0..<dice.pick(1...20)).map { _ in
            let batch = SpikeBatch()
            (batch.channels, batch.tickNanoseconds) = (channels, tick)
            if dice.pick(0...9) == 0 { next += Int64(dice.pick(1...99)) }
            batch.firstTick = next
            for _ in 0..<dice.pick(0...9) {
                for channel in 0..<channels where dice.pick(0...5) == 0 {
                    batch.append(channel: channel, count: dice.pick(0...3) == 0 ? dice.pick(1...65_535) : 1)
                }
                batch.endTick(level: dice.pick(0...4) == 0 ? SpikeBatch.unknownLevel : Int16(dice.pick(-9_000...0)))
                next += 1
            }
            return batch
        }
    }

    /// All ticks of batches, with their number.
    private func ticks(_ batches: [SpikeBatch]) -> [Int64: ([ChannelSpikes], Int16)] {
        var ticks: [Int64: ([ChannelSpikes], Int16)] = [:]
        for batch in batches {
            for index in 0..<batch.count {
                ticks[batch.firstTick + Int64(index)] = (
                    Array(batch.spikes[batch.range(ofTick: index)]), batch.levels[index]
                )
            }
        }
        return ticks
    }

    @Test("Spikes come back tick for tick, however they were cut", arguments: 0..<40)
    func spikesRoundTrip(seed: UInt64) throws {
        let sent = spikes(seed)
        let bodies = try bodies(SpikeCoding.self, sent, gather: Int64(1 + seed * 3_000_000))
        let received = try bodies.map { body in
            let batch = SpikeBatch()
            try SpikeCoding.read(body, into: batch)
            #expect(batch.upTo.nanoseconds == (batch.firstTick + Int64(batch.count)) * batch.tickNanoseconds)
            #expect(batch.channels == sent[0].channels && batch.tickNanoseconds == sent[0].tickNanoseconds)
            return batch
        }
        let (expected, found) = (ticks(sent), ticks(received))
        #expect(expected.count == found.count)
        for (tick, value) in expected {
            #expect(found[tick]?.0 == value.0 && found[tick]?.1 == value.1)
        }
    }

    @Test("A spike takes a byte, a silent tick two")
    func compact() throws {
        let batch = SpikeBatch()
        (batch.channels, batch.tickNanoseconds) = (80, 20_000_000)
        for _ in 0..<5 {
            for channel in stride(from: 0, to: 80, by: 2) { batch.append(channel: channel, count: 1) }
            batch.endTick(level: -3_000)
        }
        let size = try bodies(SpikeCoding.self, [batch]).reduce(0) { $0 + $1.count }
        #expect(size == 1 + 4 + 1 + 1 + 1 + 1 + 5 * (1 + 1 + 40))
    }

    @Test("Legends come back with the first message")
    func legends() throws {
        let kinds: [ChannelLegend.Kind] = [
            .bands(centres: [100.5, 220.25, 3_000], axes: 2),
            .cells(columns: 3, rows: 1, polarities: 2, region: .init(x: 4, y: 5, width: 60, height: 70)),
        ]
        for kind in kinds {
            let batch = SpikeBatch()
            (batch.channels, batch.legend) = (6, ChannelLegend(kind))
            batch.endTick()
            let received = SpikeBatch()
            try SpikeCoding.read(try bodies(SpikeCoding.self, [batch])[0], into: received)
            #expect(received.legend == batch.legend)
        }
    }

    @Test("A legend that changes goes with the first message of what it stands for")
    func changedLegends() throws {
        let legends = [4, 4, 9, 9, 4].map {
            ChannelLegend(.cells(columns: 3, rows: 1, polarities: 2, region: .init(x: $0, y: 5, width: 60, height: 70)))
        }
        let sent = legends.enumerated().map { index, legend in
            let batch = SpikeBatch()
            (batch.channels, batch.legend, batch.firstTick) = (6, legend, Int64(10 * index))
            for _ in 0..<10 { batch.endTick() }
            return batch
        }
        let received = try bodies(SpikeCoding.self, sent, gather: .max).map { body in
            let batch = SpikeBatch()
            try SpikeCoding.read(body, into: batch)
            return batch
        }
        #expect(received.map(\.firstTick) == [0, 20, 40] && received.map(\.count) == [20, 20, 10])
        #expect(received.map(\.legend) == [legends[0], legends[2], legends[4]])
    }

    @Test("Sound comes back sample for sample, however it was cut", arguments: 0..<20)
    func audioRoundTrip(seed: UInt64) throws {
        var dice = Dice(state: seed)
        let (channels, shift) = (dice.pick(1...3), dice.pick(0...12))
        var first: Int64 = 0
        let sent = (0..<dice.pick(1...8)).map { _ in
            let batch = AudioBatch()
            (batch.channels, batch.firstSample) = (channels, first)
            let full = AudioBatch.fullScale >> Int32(shift)
            batch.samples = (0..<channels * dice.pick(0...900)).map { _ in dice.pick32(-full...full) << Int32(shift) }
            first += Int64(batch.frames)
            return batch
        }
        var samples: [Int32] = []
        for body in try bodies(AudioCoding.self, sent, gather: Int64(1_000_000 + seed * 20_000_000)) {
            let batch = AudioBatch()
            try AudioCoding.read(body, into: batch)
            #expect(batch.firstSample == Int64(samples.count / channels) && batch.channels == channels)
            samples += batch.samples
        }
        #expect(samples == sent.flatMap(\.samples))
    }

    @Test("Events come back one for one", arguments: 0..<20)
    func eventRoundTrip(seed: UInt64) throws {
        var dice = Dice(state: seed)
        let sent = EventBatch()
        (sent.width, sent.height, sent.startTime) = (640, 480, 77)
        var time: Int64 = 1_000_000_000
        while sent.append(
            time: time, x: UInt16(dice.pick(0...639)), y: UInt16(dice.pick(0...479)), isOn: dice.pick(0...1) == 0),
            sent.count < 2_000
        { time += Int64(dice.pick(-3...50)) }
        sent.upTo = StreamTime(nanoseconds: 5_000_000)
        let received = EventBatch()
        try EventCoding.read(try bodies(EventCoding.self, [sent])[0], into: received)
        #expect(Array(sent) == Array(received) && received.timeBase == sent.timeBase && received.upTo == sent.upTo)
        #expect(received.width == 640 && received.height == 480 && received.startTime == 77)
    }

    @Test("Records come back byte for byte")
    func recordRoundTrip() throws {
        let line =
            "{\"v\": 1, \"kind\": \"keyword\", \"word\": \"yes\", \"score\": 0.930, \"at_s\": 1.240, \"level_db\": null}"
        let record = Record.received(try ReceivedRecord(Array(line.utf8)))
        let batch = RecordBatch()
        batch.records = [record]
        let received = RecordBatch()
        try RecordCoding.read(try bodies(RecordCoding.self, [batch])[0], into: received)
        #expect(received.records.map(\.json) == [line] && received.upTo.nanoseconds == 1_240_000_000)
        #expect(received.records[0].jsonValue.text == line)
        for text in ["", "[1]", "{\"a\": 1", "{\"a\":\n1}", "x"] {
            #expect(throws: SpikelineError.self) { try RecordCoding.read(Array(text.utf8), into: received) }
        }
    }

    @Test("Bytes of any kind are refused or give batches within the bounds")
    func hostile() throws {
        var dice = Dice(state: 5)
        var seeds: [(String, [UInt8])] = []
        for seed in 0..<6 {
            seeds += try bodies(SpikeCoding.self, spikes(UInt64(seed))).map { ("spikes", $0) }
        }
        let audio = AudioBatch()
        audio.samples = (0..<400).map { _ in dice.pick32(-8_000_000...8_000_000) }
        seeds += try bodies(AudioCoding.self, [audio]).map { ("audio", $0) }
        let events = EventBatch()
        for index in 0..<200 { _ = events.append(time: Int64(index * 9), x: UInt16(index), y: 3, isOn: true) }
        (events.width, events.height) = (320, 240)
        seeds += try bodies(EventCoding.self, [events]).map { ("events", $0) }
        let (spikeBatch, audioBatch, eventBatch) = (SpikeBatch(), AudioBatch(), EventBatch())
        var (taken, refused) = (0, 0)
        for _ in 0..<6_000 * Environment.fuzz {
            guard let (kind, whole) = seeds.randomElement(using: &dice) else { break }
            var bytes = whole
            for _ in 0..<dice.pick(0...4) {
                let place =
                    dice.pick(0...1) == 0 ? dice.pick(0...bytes.count - 1) : dice.pick(0...min(14, bytes.count - 1))
                bytes[place] = dice.pick(0...2) == 0 ? 0xFF : UInt8(dice.pick(0...255))
            }
            if dice.pick(0...4) == 0 { bytes.removeLast(dice.pick(1...bytes.count)) }
            if dice.pick(0...9) == 0 { bytes = (0..<dice.pick(0...60)).map { _ in UInt8(dice.pick(0...255)) } }
            spikeBatch.removeAll()
            audioBatch.removeAll()
            eventBatch.removeAll()
            do throws(SpikelineError) {
                switch kind {
                case "spikes": try SpikeCoding.read(bytes, into: spikeBatch)
                case "audio": try AudioCoding.read(bytes, into: audioBatch)
                default: try EventCoding.read(bytes, into: eventBatch)
                }
                taken += 1
            } catch {
                refused += 1
                continue
            }
            #expect(spikeBatch.spikes.allSatisfy { Int($0.channel) < spikeBatch.channels && $0.count > 0 })
            for tick in 0..<spikeBatch.count {
                let channels = spikeBatch.spikes[spikeBatch.range(ofTick: tick)].map(\.channel)
                #expect(zip(channels, channels.dropFirst()).allSatisfy { $0 < $1 })
            }
            #expect(spikeBatch.upTo.nanoseconds <= LiveBounds.latest + LiveBounds.tick.upperBound)
            #expect(audioBatch.samples.allSatisfy { abs($0) <= AudioBatch.fullScale })
            #expect(audioBatch.samples.count % max(audioBatch.channels, 1) == 0)
            if eventBatch.width > 0 { #expect(eventBatch.allSatisfy { Int($0.x) < eventBatch.width }) }
            if eventBatch.height > 0 { #expect(eventBatch.allSatisfy { Int($0.y) < eventBatch.height }) }
        }
        #expect(taken > 300 && refused > 1_000)
    }
}
