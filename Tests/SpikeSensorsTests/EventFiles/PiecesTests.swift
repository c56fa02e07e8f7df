import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// However a stream is cut into pieces on its way, the same events come and the same is counted.
@Suite(.timeLimit(.minutes(2))) struct PiecesTests {
    static let files =
        EventFixtures.manifest.filter { $0.kind != .hdf5 }.map(\.file)
        + EventFixtures.robustness.filter { $0.hints == nil }.map(\.file)

    @Test("Decoders in growing windows", arguments: files)
    func decoder(name: String) throws {
        let bytes = EventFixtures.bytes(name)
        let format = try EventFileFormat.detect(EventInput(bytes: bytes, name: name))
        let feed = try DecoderFeed(bytes, format, name: name)
        let whole = run(feed) { .max }
        // The feed itself is right: it gives what the reader gives.
        let reading = try EventReading(bytes)
        #expect(whole.events == reading.events && whole.damage == reading.damage)
        for seed in 0..<25 {
            var dice = Dice(state: UInt64(seed))
            let most = [1, 2, 3, 7, 40, 1_000][seed % 6]
            let pieces = run(feed) { dice.pick(1...most) }
            #expect(pieces == whole, "pieces of up to \(most) bytes, seed \(seed)")
        }
    }

    private func run(_ feed: DecoderFeed, piece: () -> Int) -> EventReading {
        var reading = EventReading()
        let (log, isDone) = feed.run(piece: piece, into: EventBatch()) { batch in
            for event in batch { reading.events.append(PlainEvent(event, of: batch)) }
        }
        #expect(isDone)
        (reading.tally, reading.damage) = (log.tally, log.damage)
        return reading
    }

    @Test("Readers at the end of a pipe", arguments: files)
    func pipe(name: String) throws {
        let bytes = EventFixtures.bytes(name)
        let whole = try EventReading(bytes)
        for seed in 0..<2 {
            var ends: [Int32] = [0, 0]
            try #require(unsafe Glibc.pipe(&ends) == 0)
            let (source, target) = (ends[0], ends[1])
            inThread {
                var dice = Dice(state: UInt64(seed))
                var start = 0
                while start < bytes.count {
                    let count = min(bytes.count - start, dice.pick(1...400))
                    let done = unsafe bytes[start..<(start + count)].withUnsafeBytes {
                        unsafe write(target, $0.baseAddress, count)
                    }
                    guard done > 0 else { break }
                    start += done
                    if dice.pick(0...9) == 0 { sched_yield() }
                }
                close(target)
            }
            let input = EventInput(descriptor: source, name: name, isLive: seed == 1)
            let reading = try EventReading(EventFileReader(input, options: EventFileReader.Options()))
            #expect(reading == whole)
        }
    }

    @Test("Damage of several batches' length does not change with the pieces")
    func longStream() throws {
        var dice = Dice(state: 9)
        let events = (0..<60_000).map {
            PlainEvent(Int64($0) * 3, dice.pick(0...639), dice.pick(0...479), Bool.random(using: &dice))
        }
        let size = SensorSize(width: 640, height: 480)
        for format in EventFileWriter.formats {
            var bytes = try EventSamples.written(events, as: EventFileWriter.Options(format: format, size: size)).bytes
            let sound = try EventReading(bytes)
            #expect(sound.events == events && sound.damage.isEmpty)
            for _ in 0..<20 { bytes[dice.pick(1_000...bytes.count - 1_000)] = 0xF7 }
            let feed = try DecoderFeed(bytes, format, name: "\(format)")
            let whole = run(feed) { .max }
            #expect(run(feed) { dice.pick(1...100_000) } == whole, "\(format)")
        }
    }
}
