import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// The loops with wide vectors give what their Swift twins give, bit for bit.
@Suite(.enabled(if: WideLoops.areThere, "this processor has no wide vectors")) struct WideLoopTests {
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
        #expect(read(bytes, isWide: true) == plain)
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
            #expect(read(changed, isWide: true) == read(changed, isWide: false))
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
            #expect(read(bytes, isWide: true) == read(bytes, isWide: false), "round \(round)")
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
            #expect(EventAudit.isStrange(batch, isWide: true) == EventAudit.isStrange(batch, isWide: false))
        }
    }
}

extension Dice {
    /// A number from 0 to `limit` - 1.
    mutating func below(_ limit: Int) -> Int { pick(0...max(limit - 1, 0)) }
}
