import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// The loops with wide vectors give what their Swift twins give, bit for bit, at each level that the processor has.
@Suite(.enabled(if: WideLoops.areThere, "this processor has no wide vectors"), .serialized) struct WideLoopTests {
    private static let folder = SharedData.packageRoot + "/Tests/SpikeSensorsTests/Fixtures/events/"
    static let fixtures = [
        "own_evt2.raw", "own_evt2_wrap.raw", "evutils_evt2.raw", "evt2_triggers.raw", "own_evt3.raw",
        "own_evt3_wrap.raw",
        "evutils_evt3.raw", "evt3_lone_vect8.raw", "evt3_back_by_one.raw", "evt3_low_after_high.raw",
        "evt3_starts_at_0xfff.raw", "own_evt21_legacy.raw", "own_evt21_little.raw", "own_evt21_wrap.raw",
        "faery_dat2.dat", "own_dat_wrap.dat", "own_aedat31.aedat", "own_aedat31_overflow.aedat", "faery_none.aedat4",
        "own_lz4.aedat4", "own_txyp.csv", "own_xypt.csv", "own_signed.csv", "evutils.csv",
    ]

    /// Everything that a reader gives: the events as (time, pixel) and what it counted.
    private struct Outcome: Equatable {
        var times: [Int64] = []
        var pixels: [UInt32] = []
        var tally = EventTally()
    }

    /// What the loops of each level read, which must be the same.
    private func readWide(_ bytes: [UInt8]) -> Outcome? {
        defer { WideLoops.use(WideLoops.widest) }
        let outcomes = (1...WideLoops.widest).map { level in
            WideLoops.use(level)
            return read(bytes, isWide: true)
        }
        #expect(outcomes.allSatisfy { $0 == outcomes[0] })
        return outcomes[0]
    }

    private func read(_ bytes: [UInt8], isWide: Bool) -> Outcome? {
        var options = EventFileReader.Options()
        options.isWide = isWide
        guard let reader = try? EventFileReader(bytes: bytes, name: "m", options: options) else { return nil }
        let batch = EventBatch()
        var outcome = Outcome()
        while (try? reader.read(into: batch)) ?? false {
            for event in batch {
                outcome.times.append(batch.time(of: event))
                outcome.pixels.append(UInt32(truncatingIfNeeded: event.bits))
            }
            batch.removeAll()
        }
        outcome.tally = reader.log.tally
        return outcome
    }

    @Test(arguments: fixtures) func fixturesAreEqual(name: String) throws {
        let bytes = try Bytes.read(Self.folder + name)
        let plain = try #require(read(bytes, isWide: false))
        #expect(!plain.times.isEmpty)
        #expect(readWide(bytes) == plain)
    }

    @Test(arguments: fixtures) func damagedFixturesAreEqual(name: String) throws {
        let bytes = try Bytes.read(Self.folder + name)
        var dice = Dice(state: 7)
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<(1 + dice.below(12)) {
                let place = bytes.count / 8 + dice.below(bytes.count - bytes.count / 8)
                changed[place] = UInt8(truncatingIfNeeded: dice.next())
            }
            if dice.below(4) == 0 { changed.removeSubrange(dice.below(bytes.count)..<bytes.count) }
            #expect(readWide(changed) == read(changed, isWide: false))
        }
    }

    /// Words of all kinds at random, mostly plain ones, with upper times that creep on, repeat, jump and step back.
    @Test func randomWordsOfEVT3AreEqual() {
        var dice = Dice(state: 3)
        for round in 0..<200 {
            var bytes = Array("% evt 3.0\n% end\n".utf8)
            var high = dice.below(4_096)
            let rareness = 1 + dice.below(400)
            bytes.append(number: UInt16(0x8000 | high))
            for _ in 0..<4_000 {
                switch dice.below(10) {
                case 0: bytes.append(number: UInt16(0x6000 | dice.below(4_096)))
                case 1, 2: bytes.append(number: UInt16(dice.below(4_096)))
                case 3:
                    let jump = dice.below(rareness) == 0 ? dice.below(4_096) : dice.below(3)
                    high = (high + jump - (dice.below(rareness) == 0 ? 1 : 0)) & 0xFFF
                    bytes.append(number: UInt16(0x8000 | high))
                case 4 where dice.below(rareness) == 0: bytes.append(number: UInt16(truncatingIfNeeded: dice.next()))
                default: bytes.append(number: UInt16(0x2000 | dice.below(4_096)))
                }
            }
            #expect(readWide(bytes) == read(bytes, isWide: false), "round \(round)")
        }
    }

    /// Words of EVT 2.0 at random: events, and upper times that are rare, frequent, repeat, jump and step back; some other words.
    @Test func randomWordsOfEVT2AreEqual() {
        var dice = Dice(state: 20)
        for round in 0..<200 {
            var bytes = Array("% evt 2.0\n% end\n".utf8)
            var high = UInt32(dice.below(1 << 20))
            bytes.append(number: 8 << 28 | high)
            let (frequency, rareness) = ([1, 2, 5, 40, 400][round % 5], 1 + dice.below(900))
            for _ in 0..<4_000 {
                if dice.below(frequency) == 0 {
                    let leap =
                        dice.below(rareness) == 0
                        ? [1 << 20, (1 << 20) - 1, 1 << 19, -1, -(1 << 20)][dice.below(5)] : 0
                    high = (high &+ UInt32(dice.below(3)) &+ UInt32(truncatingIfNeeded: leap)) & 0xFFF_FFFF
                    bytes.append(number: 8 << 28 | high)
                }
                let word = UInt32(truncatingIfNeeded: dice.next())
                bytes.append(number: dice.below(4 * rareness) == 0 ? word : word & 0x1FFF_FFFF)
            }
            let plain = read(bytes, isWide: false)
            #expect(plain?.times.isEmpty == false)
            #expect(readWide(bytes) == plain, "round \(round)")
        }
    }

    /// Words of EVT 2.1 at random: mostly vectors of one event or two, some of many or of none, and other words.
    @Test(arguments: [true, false]) func randomWordsOfEVT21AreEqual(isLegacy: Bool) {
        var dice = Dice(state: 21)
        for round in 0..<200 {
            let order = isLegacy ? "legacy" : "little"
            var bytes = Array("% evt 2.1\n% format EVT21;endianness=\(order)\n% end\n".utf8)
            func append(_ word: UInt64) { bytes.append(number: isLegacy ? word << 32 | word >> 32 : word) }
            var high = UInt64(dice.below(1 << 20))
            append(8 << 60 | high << 32)
            let rareness = 1 + dice.below(60)
            for _ in 0..<3_000 {
                var mask = UInt64(1) << UInt64(dice.below(32))
                if dice.below(6) == 0 { mask |= 1 << UInt64(dice.below(32)) }
                if dice.below(rareness) == 0 { mask = [0, 0xFFFF_FFFF, dice.next() & 0xFFFF_FFFF][dice.below(3)] }
                let place =
                    UInt64(dice.below(64)) << 54 | UInt64(dice.below(2_048)) << 43 | UInt64(dice.below(2_048)) << 32
                append(UInt64(dice.below(2)) << 60 | place | mask)
                // Upper times are rare, frequent, or follow each word.
                guard dice.below([8, rareness, 2, rareness, 1][round % 5]) == 0 else { continue }
                if dice.below(rareness) == 0 {
                    for _ in 0..<dice.below(70) { append(8 << 60 | high << 32) }
                }
                if dice.below(9) == 0 { append(dice.next()) }
                let leap =
                    dice.below(rareness) == 0 ? [1 << 20, (1 << 20) - 1, 1 << 19, -1, -(1 << 20)][dice.below(5)] : 0
                high = (high &+ UInt64(dice.below(5)) &+ UInt64(bitPattern: Int64(leap))) & 0xFFF_FFFF
                append(8 << 60 | high << 32)
            }
            let plain = read(bytes, isWide: false)
            #expect(plain?.times.isEmpty == false)
            #expect(readWide(bytes) == plain, "round \(round)")
        }
    }

    /// Lines at random: mostly usual ones, with all separators and ends, and numbers of all lengths; and some that are
    /// nearly right.
    @Test func randomLinesAreEqual() {
        var dice = Dice(state: 5)
        var events = 0
        for round in 0..<300 {
            var text = "t,x,y,p\n"
            let rareness = 1 + dice.below(50)
            let end = ["\n", "\r\n"][dice.below(2)]
            let separator = [",", ";", " ", "\t"][dice.below(4)]
            var time = dice.below(1_000_000_000)
            func zeros() -> String { String(repeating: "0", count: dice.below(rareness) == 0 ? dice.below(20) : 0) }
            for _ in 0..<400 {
                time += dice.below(rareness) == 0 ? dice.below(3_000_000_000) : dice.below(90)
                var fields = [time, dice.below(1_280), dice.below(720), dice.below(2)].map { zeros() + String($0) }
                if dice.below(rareness) == 0 {
                    fields[dice.below(4)] =
                        ["", "-1", "1.5", "70000", "2", "x", String(Int64.max), "9007199254740993"][
                            dice.below(8)]
                }
                if dice.below(4 * rareness) == 0 { fields.append("7") }
                var line = fields.joined(separator: separator)
                if dice.below(4 * rareness) == 0 { line += String(repeating: " ", count: dice.below(70)) }
                text += line + (dice.below(4 * rareness) == 0 ? ["", "\r", "\n\n", "\r\r\n"][dice.below(4)] : end)
            }
            let plain = read(Array(text.utf8), isWide: false)
            #expect(readWide(Array(text.utf8)) == plain, "round \(round)")
            events += plain?.times.count ?? 0
        }
        #expect(events > 50_000)
    }

    /// Packets of AEDAT 4 with times that leap, or that no sensor has, at any place of the packet.
    @Test func strangeTimesOfAEDAT4AreEqual() throws {
        let whole = try Bytes.read(Self.folder + "faery_none.aedat4")
        var dice = Dice(state: 4)
        var (strange, back, outside) = (0, 0, 0)
        for _ in 0..<400 {
            var bytes = whole
            for _ in 0..<(1 + dice.below(3)) {
                // Events are 16 bytes apart; the upper half of some time changes.
                let place = bytes.count / 4 + dice.below(bytes.count / 2)
                let value = [0x20, 0x7F, 0x01, 0xFF, 0x10][dice.below(5)]
                bytes[place] = UInt8(value)
            }
            let plain = try #require(read(bytes, isWide: false))
            strange += plain.tally[.invalidEvents]
            back += plain.tally[.timeStepsBack]
            outside += plain.tally[.outsideSensor]
            #expect(readWide(bytes) == plain)
        }
        #expect(strange > 0)
        #expect(back > 0)
        #expect(outside > 0)
    }

    /// Events of AEDAT 4 that are earlier than the one before, or one pixel beyond the sensor, are counted wherever they are:
    /// also the first ones of a batch or of a packet, in packets of any length, with a sensor size or without.
    @Test(arguments: [EventFileWriter.Compression.none, .zstd])
    func eventsOutOfPlaceAreCountedWhereverTheyAre(compression: EventFileWriter.Compression) throws {
        var dice = Dice(state: 12)
        for round in 0..<80 {
            let isSized = round % 4 != 0
            let encoder = AEDAT4Encoder(isSized ? SensorSize(width: 128, height: 96) : nil, compression)
            let batch = EventBatch()
            let events = EventBatch.capacity * 2 + dice.below(EventBatch.capacity)
            let odd = Set(
                (0..<dice.below(4)).map { _ in
                    [EventBatch.capacity, EventBatch.capacity - 1, 1, 5_000, 1 + dice.below(events - 1)][dice.below(5)]
                })
            let packet = [5_000, 1_000, EventBatch.capacity][round % 3]
            var bytes: [UInt8] = []
            var (time, back, outside) = (Int64(100_000), 0, 0)
            for index in 0..<events {
                time += Int64(dice.below(3))
                var (x, y) = (dice.below(128), dice.below(96))
                if odd.contains(index) {
                    switch dice.below(3) {
                    case 0: (time, back) = (time - 50, back + 1)
                    case 1: (x, outside) = (128, outside + 1)
                    default: (y, outside) = (96, outside + 1)
                    }
                }
                _ = batch.append(time: time, x: UInt16(x), y: UInt16(y), isOn: true)
                if batch.count == packet || index == events - 1 {
                    try encoder.encode(batch, into: &bytes)
                    batch.removeAll()
                }
            }
            for isWide in [true, false] {
                let outcome = try #require(read(bytes, isWide: isWide))
                #expect(outcome.times.count == events)
                #expect(outcome.tally[.timeStepsBack] == back, "round \(round), wide \(isWide)")
                #expect(outcome.tally[.outsideSensor] == (isSized ? outside : 0), "round \(round), wide \(isWide)")
            }
        }
    }

    @Test func auditsAreEqual() {
        var dice = Dice(state: 11)
        let batch = EventBatch()
        for _ in 0..<2_000 {
            batch.removeAll()
            (batch.width, batch.height) = (100, 80)
            var time: Int64 = 5
            for _ in 0..<(1 + dice.below(40)) {
                time += Int64(dice.below(30)) - (dice.below(60) == 0 ? 40 : 0)
                let x = UInt16(dice.below(200) == 0 ? 100 : dice.below(100))
                let y = UInt16(dice.below(200) == 0 ? 80 : dice.below(80))
                _ = batch.append(time: time, x: x, y: y, isOn: dice.below(2) == 0)
            }
            for level in 1...WideLoops.widest {
                WideLoops.use(level)
                #expect(EventAudit.isStrange(batch, isWide: true) == EventAudit.isStrange(batch, isWide: false))
            }
        }
    }
}

extension Dice {
    /// A number from 0 to `limit` - 1.
    mutating func below(_ limit: Int) -> Int { pick(0...max(limit - 1, 0)) }
}
