import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Hostile bytes, the same ones each time: whatever they are, a reader ends, traps nowhere, and its batches keep what
/// they promise.
@Suite(.timeLimit(.minutes(2))) struct MutationTests {
    /// A file for each decoder.
    static let files = [
        "faery_evt2.raw", "own_evt21_legacy.raw", "own_evt21_little.raw", "faery_evt3.raw", "own_evt3.raw",
        "own_dat1.dat", "evutils.dat", "aedat2_special.aedat", "aedat31_mixed_packets.aedat", "own_aedat31.aedat",
        "faery_none.aedat4", "faery_lz4.aedat4", "faery_zstd.aedat4", "event_stream_dvs.es", "own_nmnist.bin",
        "own_txyp.csv", "own_xypt.csv", "davis.aedat",
    ]

    /// The number of streams for a file, so that all files of its format have 20,000 together.
    static func rounds(_ format: EventFileFormat) -> Int {
        let kinds = EventFixtures.manifest + EventFixtures.robustness
        let others = files.filter { file in (kinds.first { $0.file == file }?.kind ?? .aedat2) == format }
        return 20_000 / max(others.count, 1) + 1
    }

    /// The bytes of a file; those of a DAVIS are made up, as no recording of one is at hand.
    static func bytes(_ name: String) -> [UInt8] {
        guard name == "davis.aedat" else { return EventFixtures.bytes(name) }
        let header = Array("#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.Davis346blue\r\n".utf8)
        var dice = Dice(state: 5)
        return header + [0, 0] + (0..<800).map { _ in UInt8.random(in: 0...255, using: &dice) }
    }

    @Test("The decoders of each format meet 20,000 damaged streams, some in pieces", arguments: files)
    func decoder(name: String) throws {
        let original = MutationTests.bytes(name)
        let format = try EventFileFormat.detect(EventInput(bytes: original, name: name))
        let feed = try DecoderFeed(original, format, name: name)
        var dice = Dice(state: EventSamples.seed(name))
        let batch = EventBatch()
        var (events, damaged, complaints) = (0, 0, [String]())
        let rounds = MutationTests.rounds(format)
        for round in 0..<rounds {
            let bytes = mutated(feed.payload, from: 0, &dice)
            let piece = round % 4 == 0 ? dice.pick(1...300) : .max
            var strange = 0
            let (log, isDone) = feed.run(bytes, piece: { piece }, into: batch) { batch in
                events += batch.count
                for event in batch where !EventBatch.sensorTimes.contains(batch.time(of: event)) { strange += 1 }
            }
            if !isDone || strange > 0 { complaints.append("round \(round): done \(isDone), \(strange) strange times") }
            if log.tally[.damagedBytes] > bytes.count { complaints.append("round \(round): more damage than bytes") }
            damaged += log.tally[.damage] > 0 ? 1 : 0
        }
        #expect(complaints.isEmpty, "\(complaints.count): \(complaints.prefix(5))")
        // The test would be worth little if mutants gave nothing, or all passed for sound.
        #expect(events > 5 * rounds)
        #expect(damaged > rounds / 20, "\(damaged)")
    }

    @Test("A reader meets 1,000 damaged files, headers and all", arguments: files)
    func reader(name: String) throws {
        let original = MutationTests.bytes(name)
        var dice = Dice(state: EventSamples.seed(name + "r"))
        let format = try EventFileFormat.detect(EventInput(bytes: original, name: name))
        let batch = EventBatch()
        var (opened, refused) = (0, 0)
        for round in 0..<1_000 {
            let bytes = mutated(original, from: 0, &dice)
            var options = EventFileReader.Options()
            options.format = round.isMultiple(of: 2) ? format : nil
            guard let reader = try? EventFileReader(bytes: bytes, name: "\(name), round \(round)", options: options)
            else {
                refused += 1
                continue
            }
            opened += 1
            var check = BatchCheck()
            while try reader.read(into: batch) {
                check.look(at: batch)
                batch.removeAll()
            }
            check.finish(reader)
        }
        #expect(opened > 500, "\(refused) refused")
    }

    /// Up to four changes at or after `start`: bits turned over, bytes set, stretches removed, doubled, filled or cut off.
    private func mutated(_ original: [UInt8], from start: Int, _ dice: inout Dice) -> [UInt8] {
        var bytes = original
        for _ in 0..<dice.pick(1...4) {
            guard bytes.count > start else { break }
            let place = dice.pick(start...bytes.count - 1)
            let end = min(bytes.count, place + dice.pick(1...(dice.pick(0...3) == 0 ? 200 : 9)))
            switch dice.pick(0...6) {
            case 0: bytes[place] ^= 1 << UInt8(dice.pick(0...7))
            case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF, 0x0A][dice.pick(0...6)]
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: dice.pick(start...bytes.count))
            case 4: for index in place..<end { bytes[index] = 0xFF }
            case 5: for index in place..<end { bytes[index] = UInt8.random(in: 0...255, using: &dice) }
            default: bytes.removeLast(min(bytes.count - start, dice.pick(1...40)))
            }
        }
        return bytes
    }
}
