import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("Snapshots of a detector") struct AnomalySnapshotTests {
    private static func bytes(_ detector: AnomalyDetector, next: Int64 = 7) -> [UInt8] {
        AnomalySnapshot(fingerprint: 9, nextTick: next, sequence: 3, detector: detector).bytes
    }

    private static func restored(_ bytes: [UInt8], channels: Int) throws -> AnomalyDetector {
        let fresh = AnomalyDetector(channels: channels)
        return try AnomalySnapshot(bytes, fresh: fresh, fingerprint: 9).detector
    }

    private static func problem(_ bytes: [UInt8], channels: Int, fingerprint: UInt64 = 9) -> AnomalySnapshot.Problem? {
        do throws(AnomalySnapshot.Problem) {
            let fresh = AnomalyDetector(channels: channels)
            _ = try AnomalySnapshot(bytes, fresh: fresh, fingerprint: fingerprint)
            return nil
        } catch {
            return error
        }
    }

    @Test("a restored detector goes on as one that never stopped, in every phase and in alerts", arguments: 0..<4)
    func resume(seed: Int) throws {
        var dice = Dice(state: UInt64(500 + seed))
        var machine = Machine(channels: 5, seed: UInt64(seed))
        var (whole, cut) = (AnomalyDetector(channels: 5), AnomalyDetector(channels: 5))
        var (phases, alerts, quietCuts): (Set<AnomalyDetector.Phase>, Int, Int) = ([], 0, 0)
        var next = dice.pick(1...40)
        for tick in 0..<6_000 {
            machine.fault[2] = tick > 1_500 && tick % 1_200 > 700 ? 14 : 0
            let counts = machine.tick()
            var (expected, seen): ([AnomalyDetector.Report], [AnomalyDetector.Report]) = ([], [])
            whole.step(counts) { expected.append($0) }
            cut.step(counts) { seen.append($0) }
            #expect(seen == expected, "\(tick)")
            if expected.contains(.alert(.onset)) {
                (whole.causes, cut.causes) = (
                    whole.findCauses(atMost: 3) { _, _ in false }, cut.findCauses(atMost: 3) { _, _ in false }
                )
            }
            guard tick == next else { continue }
            next += dice.pick(1...120)
            phases.insert(whole.phase)
            if whole.isAlert { alerts += 1 } else { quietCuts += 1 }
            let bytes = Self.bytes(cut)
            cut = try Self.restored(bytes, channels: 5)
            #expect(Self.bytes(cut) == bytes && bytes == Self.bytes(whole), "\(tick)")
        }
        #expect(cut == whole)
        #expect(phases == [.settling, .learning, .calibrating, .armed] && alerts > 5 && quietCuts > 20)
    }

    private static let small: (bytes: [UInt8], detector: AnomalyDetector) = {
        var machine = Machine(channels: 3, seed: 1)
        var detector = AnomalyDetector.armed(&machine)
        machine.fault[1] = 15
        while !detector.isAlert { detector.run(&machine, ticks: 1) }
        detector.causes = detector.findCauses(atMost: 3) { _, _ in false }
        return (bytes(detector), detector)
    }()

    @Test("every truncation is refused") func truncations() {
        let whole = Self.small.bytes
        #expect(Self.problem(whole, channels: 3) == nil)
        for count in whole.indices {
            let problem = Self.problem(Array(whole.prefix(count)), channels: 3)
            #expect(problem == (count < 8 ? .foreign : .damaged), "\(count)")
        }
        #expect(Self.problem(whole + [0], channels: 3) == .damaged)
    }

    @Test("every flipped byte is refused") func flips() {
        var dice = Dice(state: 3)
        for round in 0..<4_000 {
            var bytes = Self.small.bytes
            for _ in 0...(round % 3) {
                let place = round < bytes.count ? round : dice.pick(0...bytes.count - 1)
                bytes[place] ^= UInt8(dice.pick(1...255))
            }
            guard bytes != Self.small.bytes else { continue }
            #expect(Self.problem(bytes, channels: 3) != nil, "\(round)")
        }
    }

    @Test("what belongs to another encoder is refused") func mismatch() {
        #expect(Self.problem(Self.small.bytes, channels: 3, fingerprint: 10) == .mismatch)
        #expect(Self.problem(Self.small.bytes, channels: 4) == .mismatch)
        #expect(Self.problem(Array("no state at all, but something else".utf8), channels: 3) == .foreign)
    }

    /// Sets the checksum right again.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var writer = IntegerWriter()
        writer.append(Checksum.of(bytes.dropLast(8)))
        return Array(bytes.dropLast(8)) + writer.bytes
    }

    @Test("numbers that no detector could have, with a checksum that fits, are refused or do no harm")
    func hostile() {
        var dice = Dice(state: 4)
        let extremes: [Int64] = [
            .min, .max, -1, 0, 1, 1 << 20, 1 << 31, 1 << 40, 1 << 50, 1 << 56, (1 << 56) - 1, 1 << 61, -(1 << 61),
        ]
        var (refused, accepted) = (0, 0)
        var machine = Machine(channels: 3, seed: 8)
        let calm = (0..<64).map { _ in machine.tick() }
        machine.fault[0] = 40
        let wild = (0..<64).map { _ in machine.tick() }
        for round in 0..<9_000 {
            var bytes = Self.small.bytes
            let place = round < 3_000 ? 8 + round % (bytes.count - 24) : dice.pick(8...bytes.count - 17)
            if round % 3 == 0 {
                bytes[place] = UInt8(dice.pick(0...255))
            } else {
                let value = extremes[dice.pick(0...extremes.count - 1)]
                for step in 0..<8 { bytes[place + step] = UInt8(truncatingIfNeeded: value >> (8 * Int64(step))) }
            }
            let fresh = AnomalyDetector(channels: 3)
            guard let snapshot = try? AnomalySnapshot(Self.sealed(bytes), fresh: fresh, fingerprint: 9) else {
                refused += 1
                continue
            }
            accepted += 1
            var detector = snapshot.detector
            #expect(snapshot.sequence <= AnomalySnapshot.latest && detector.age >= detector.rule.alert.from)
            for ticks in [calm, wild, calm] {
                for counts in ticks { detector.step(counts) { _ in } }
                detector.causes = detector.findCauses(atMost: 3) { _, _ in false }
            }
            detector.accept()
            for counts in calm { detector.step(counts) { _ in } }
            if round % 50 == 0 { for _ in 0..<20 { for counts in calm { detector.step(counts) { _ in } } } }
        }
        #expect(refused > 1_000 && accepted > 1_000, "\(refused) \(accepted)")
    }
}
