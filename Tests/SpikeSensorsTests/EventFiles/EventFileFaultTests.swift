import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// What the source of recordings counts and tells of them.
@Suite(.timeLimit(.minutes(1))) struct EventFileFaultTests {
    let folder = TemporaryFolder()

    private func source(
        _ bytes: [UInt8], isStrict: Bool = false, follows: Bool = false, idleMs: Int64 = 0, longestPause: Int64 = .max
    ) throws -> EventFileSource {
        var options = EventFileReader.Options()
        options.isStrict = isStrict
        options.follows = follows
        options.idleMilliseconds = idleMs
        return try EventFileSource(
            path: folder.write(bytes, to: "recording"), options: options, pace: .asFastAsPossible,
            longestPause: longestPause)
    }

    /// Reads to the end; what was told on the way.
    private func faults(_ source: EventFileSource) throws -> [SensorFault] {
        let batch = EventBatch()
        while try source.read(into: batch) { batch.removeAll() }
        return source.faults.take()
    }

    private func text(_ times: [Int64]) -> [UInt8] {
        Array(("t,x,y,p\n" + times.map { "\($0),1,2,1\n" }.joined()).utf8)
    }

    /// The counters are those that `inspect` tells, and what was left out.
    @Test(arguments: EventFixtures.robustness.map(\.file)) func countsWhatTheReaderCounts(file: String) throws {
        let bytes = EventFixtures.bytes(file)
        guard let reader = try? EventFileReader(bytes: bytes, name: "recording") else { return }
        let reading = try EventReading(reader)
        let source = try source(bytes)
        let faults = try faults(source)
        for item in EventTally.Item.allCases { #expect(source.counted(item.name) == reading.tally[item], "\(item)") }
        #expect(source.counted("events_out_of_order") == source.eventsOutOfOrder)
        let damaged = faults.filter { $0.kind == .damaged }
        #expect(damaged.isEmpty == (reading.tally[.damage] == 0))
        if let first = reading.damage.first {
            #expect(damaged[0].place.hasPrefix("\(source.reader.name): \(first)"), "\(damaged)")
        }
    }

    @Test func tellsOfTimeThatGoesBackAndOfNothingLess() throws {
        let source = try source(text([0, 5_000, 4_000, 6_000, 3_500, 7_000, 9_000]))
        let faults = try faults(source)
        #expect(faults.count == 1)
        #expect(faults[0].kind == .clockJump && faults[0].state == .passed)
        #expect(faults[0].place == "\(source.reader.name): time of the sensor, by -0.003 s")
        #expect(source.counted("time_steps_back") == 2 && source.counted("events_out_of_order") == 2)
        #expect(
            source.counters.counts.filter { $0.isTrouble && $0.value > 0 }.map(\.name) == [
                "events_out_of_order", "time_steps_back",
            ])
    }

    /// The step may lie between two batches.
    @Test func tellsOfAStepBetweenBatches() throws {
        let times = (0..<Int64(EventBatch.capacity)).map { $0 + 10_000 }
        let source = try source(text(times + [5, 6, 7]))
        #expect(try faults(source).map(\.kind) == [.clockJump])
        #expect(source.eventsOutOfOrder == 3)
    }

    @Test func aWholeRecordingHasNoFaults() throws {
        let source = try source(EventFixtures.bytes("own_evt3.raw"))
        #expect(try faults(source).isEmpty)
        #expect(source.counters.counts.allSatisfy { !$0.isTrouble || $0.value == 0 })
    }

    /// A recording that is nothing but damage tells of it a few times, however much there is.
    @Test func muchDamageIsToldSeldom() throws {
        var lines = "t,x,y,p\n"
        for time in 0..<100_000 { lines += "\(20 * time),1,2,1\nnothing\n" }
        let source = try source(Array(lines.utf8))
        let faults = try faults(source)
        #expect(source.counted("damaged_places") == 100_000)
        #expect((2...4).contains(faults.count), "\(faults.count)")
        #expect(faults[0].place.contains(" more)"))
    }

    /// Strict reading ends with an error, which says it all.
    @Test(arguments: ["evt3_odd_byte.raw", "evt3_back_by_one.raw"]) func strictReadingThrowsInstead(file: String) throws
    {
        let source = try source(EventFixtures.bytes(file), isStrict: true)
        #expect(throws: SpikelineError.self) { _ = try faults(source) }
        #expect(source.faults.take().isEmpty)
        #expect((source.counted("damaged_places") ?? 0) + (source.counted("time_steps_back") ?? 0) == 1)
    }

    @Test func aPauseOfAFileThatGrowsIsToldWhenItIsOver() throws {
        let source = try source(text([1, 2]), follows: true, idleMs: 3_000, longestPause: 200_000_000)
        let path = folder.path + "/recording"
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        inThread {
            usleep(400_000)
            let descriptor = unsafe open(path, O_WRONLY | O_APPEND)
            _ = unsafe write(descriptor, "3,1,1,1\n", 8)
            close(descriptor)
        }
        batch.removeAll()
        #expect(try source.read(into: batch))
        let faults = source.faults.take()
        #expect(faults.map(\.kind) == [.stalled] && faults.map(\.state) == [.passed])
        #expect(faults.first?.lostMilliseconds ?? 0 >= 200)
    }
}
