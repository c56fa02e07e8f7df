import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// What the source of recordings counts and tells of them.
@Suite(.timeLimit(.minutes(1))) struct EventFileFaultTests {
    let folder = TemporaryFolder()

    private func source(
        _ bytes: [UInt8], isStrict: Bool = false, follows: Bool = false, idleMs: Int64 = 0, stalledAfterMs: Int = 5_000
    ) throws -> EventFileSource {
        var options = EventFileReader.Options()
        options.isStrict = isStrict
        options.follows = follows
        options.idleMilliseconds = idleMs
        return try EventFileSource(
            path: folder.write(bytes, to: "recording"), options: options, pace: .asFastAsPossible,
            stalledAfterMs: stalledAfterMs)
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

    /// Appends one event to the recording.
    private func grow(_ time: Int) {
        let descriptor = unsafe open(folder.path + "/recording", O_WRONLY | O_APPEND)
        let line = Array("\(time),1,1,1\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    @Test func aPauseOfAFileThatGrowsIsToldWhenItBeginsAndWhenItIsOver() throws {
        let source = try source(text([1, 2]), follows: true, idleMs: 30_000, stalledAfterMs: 300)
        let batch = EventBatch()
        #expect(try source.read(into: batch) && batch.count == 2)
        let begin = MonotonicClock.nanoseconds()
        var faults: [SensorFault] = []
        while faults.isEmpty {
            batch.removeAll()
            #expect(try source.read(into: batch) && batch.count == 0)
            faults = source.faults.take()
        }
        let waited = MonotonicClock.nanoseconds() - begin
        #expect(faults.map(\.kind) == [.stalled] && faults.map(\.state) == [.onset] && waited >= 250_000_000)
        #expect(faults[0].place == source.reader.name && faults[0].lostMilliseconds == nil)
        // Told once, however long it lasts.
        for _ in 0..<5 { #expect(try source.read(into: batch) && batch.count == 0) }
        #expect(source.faults.take().isEmpty)
        grow(3)
        while batch.count == 0 { #expect(try source.read(into: batch)) }
        faults = source.faults.take()
        #expect(faults.map(\.kind) == [.stalled] && faults.map(\.state) == [.clear])
        #expect(faults.first?.lostMilliseconds ?? 0 >= 300)
        #expect(batch.time(of: batch[0]) == 3 && batch.count == 1)
    }

    /// A file without an event so far is one whose sensor has not been heard.
    @Test func aFileThatHasGivenNothingIsNotStalled() throws {
        let source = try source(text([]), follows: true, idleMs: 500, stalledAfterMs: 50)
        #expect(try faults(source).isEmpty)
    }

    @Test func zeroTellsOfNoPause() throws {
        let source = try source(text([1, 2]), follows: true, idleMs: 500, stalledAfterMs: 0)
        #expect(try faults(source).isEmpty)
    }

    /// The pauses between looks at the file do not begin the time anew after which it is given up.
    @Test func aFileThatIsGivenUpHasStalledForGood() throws {
        let source = try source(text([1, 2]), follows: true, idleMs: 600, stalledAfterMs: 200)
        #expect(try faults(source).map(\.state) == [.onset])
        let batch = EventBatch()
        #expect(try !source.read(into: batch))
    }

    /// A pipe that has a writer and nothing in it.
    @Test func aSilentPipeIsToldToo() throws {
        let path = folder.path + "/pipe"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        // Opened for both, so that nothing waits for the other end.
        let writer = unsafe open(path, O_RDWR)
        let bytes = text([1, 2])
        _ = unsafe bytes.withUnsafeBytes { unsafe write(writer, $0.baseAddress, $0.count) }
        var options = EventFileReader.Options()
        options.follows = true
        let source = try EventFileSource(path: path, options: options, stalledAfterMs: 150)
        let batch = EventBatch()
        var faults: [SensorFault] = []
        while faults.isEmpty {
            batch.removeAll()
            #expect(try source.read(into: batch))
            faults = source.faults.take()
        }
        #expect(faults.map(\.kind) == [.stalled] && faults.map(\.state) == [.onset])
        close(writer)
    }
}
