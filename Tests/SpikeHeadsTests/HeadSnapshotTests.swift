import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The state of a head") struct HeadSnapshotTests {
    private static let context = StageContext(pipeline: "p", stage: "s", folder: "")

    /// Potentials of three labels in which now and then one leads, in batches of ticks.
    private static func batches(_ seed: UInt64) -> [PotentialBatch] {
        var dice = Dice(state: seed)
        var stream = GestureStream()
        while stream.levels.count < 1_200 {
            let label = dice.pick(0...3)
            stream.add(
                label < 3 ? label : nil, ticks: dice.pick(5...120), events: dice.pick(0...400),
                octaves: Int32(dice.pick(1...9)))
        }
        var batches: [PotentialBatch] = []
        var tick = 0
        var jump: Int64 = 0
        while tick < stream.levels.count {
            let end = min(tick + dice.pick(1...12), stream.levels.count)
            if dice.pick(0...80) == 0 { jump += 50 }
            batches.append(stream.batch(tick..<end, jump: jump))
            tick = end
        }
        return batches
    }

    private static func heads() throws -> [any Transform<PotentialBatch, RecordBatch> & Resumable] {
        var keywords = KeywordParameters(labels: ["wave", "clap", "other"])
        keywords.background = ["other"]
        (keywords.threshold, keywords.windowMilliseconds) = (0.6, 400)
        var gestures = GestureStream.parameters
        (gestures.report, gestures.longestMilliseconds) = (.both, 1_000)
        return [
            try KeywordHead(keywords, context: context), try GestureHead(gestures, context: context),
        ]
    }

    @Test("restored elsewhere goes on record for record, wherever it was taken", arguments: 0..<20)
    func goesOn(seed: UInt64) throws {
        let batches = Self.batches(seed)
        var dice = Dice(state: seed &+ 99)
        let cuts = Set((0..<6).map { _ in dice.pick(0...batches.count - 1) } + [0])
        for kind in 0..<2 {
            let whole = try Self.heads()[kind]
            var other = try Self.heads()[kind]
            let (expected, found) = (RecordBatch(), RecordBatch())
            for (index, batch) in batches.enumerated() {
                if cuts.contains(index) {
                    let fresh = try Self.heads()[kind]
                    try fresh.restore(other.snapshot())
                    #expect(fresh.snapshot() == other.snapshot())
                    other = fresh
                }
                try whole.process(batch, into: expected)
                try other.process(batch, into: found)
            }
            try whole.finish(into: expected)
            try other.finish(into: found)
            #expect(found.records == expected.records && expected.count > 3)
        }
    }

    @Test("of other options, of another kind, in other ticks, or damaged is refused; what is taken goes on")
    func hostile() throws {
        let batches = Self.batches(3)
        var dice = Dice(state: 12)
        let kept = try Self.heads()
        let output = RecordBatch()
        for head in kept { for batch in batches.prefix(60) { try head.process(batch, into: output) } }
        #expect(throws: SpikelineError.self) { try kept[0].restore(kept[1].snapshot()) }
        var changed = GestureStream.parameters
        changed.confirmMilliseconds += 20
        let stranger = try GestureHead(changed, context: Self.context)
        let error = #expect(throws: SpikelineError.self) { try stranger.restore(kept[1].snapshot()) }
        #expect(error?.what.contains("other options") == true)
        var (taken, refused) = (0, 0)
        for kind in 0..<2 {
            let bytes = kept[kind].snapshot()
            for _ in 0..<1_500 * Environment.fuzz {
                var damaged = bytes
                // Most of the bytes are evidence; what is short at both ends gets its share of the damage.
                let place = [dice.pick(16...bytes.count - 9), dice.pick(16...47), bytes.count - dice.pick(9...120)]
                damaged[place[dice.pick(0...2)]] = UInt8(dice.pick(0...255))
                var writer = IntegerWriter()
                writer.append(Checksum.of(damaged.dropLast(8)))
                damaged.replaceSubrange(damaged.count - 8..<damaged.count, with: writer.bytes)
                let head = try Self.heads()[kind]
                // It has heard its network, so it knows which ticks there are.
                try head.process(batches[0], into: output)
                do { try head.restore(damaged) } catch {
                    refused += 1
                    continue
                }
                taken += 1
                for batch in batches[60..<90] { try head.process(batch, into: output) }
                try head.finish(into: output)
                output.removeAll()
            }
            damagedBy(one: bytes) { damaged in
                #expect(throws: SpikelineError.self) { try kept[kind].restore(damaged) }
            }
            #expect(kept[kind].snapshot() == bytes)
            var other = bytes
            var tick = IntegerWriter()
            tick.append(batches[0].tickNanoseconds + 1)
            other.replaceSubrange(16..<24, with: tick.bytes)
            var sum = IntegerWriter()
            sum.append(Checksum.of(other.dropLast(8)))
            other.replaceSubrange(other.count - 8..<other.count, with: sum.bytes)
            let error = #expect(throws: SpikelineError.self) { try kept[kind].restore(other) }
            #expect(
                error?.what.contains(
                    "in ticks of \(batches[0].tickNanoseconds) ns, found one in ticks of \(batches[0].tickNanoseconds + 1)"
                )
                    == true, "\(String(describing: error))")
            #expect(kept[kind].snapshot() == bytes)
        }
        #expect(taken > 100 && refused > 100)
    }

    private func damagedBy(one bytes: [UInt8], _ body: ([UInt8]) -> Void) {
        for index in stride(from: 0, to: bytes.count, by: 37) {
            var damaged = bytes
            damaged[index] ^= 0x10
            body(damaged)
        }
    }
}
