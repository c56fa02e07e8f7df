import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// What is written comes back, event by event; what a format cannot keep is told, and nothing else is missing.
@Suite(.timeLimit(.minutes(1))) struct RoundTripTests {
    static let size = SensorSize(width: 640, height: 480)

    /// The same as `written`, but read back.
    private func readBack(
        _ events: [PlainEvent], _ options: EventFileWriter.Options
    ) throws -> (reading: EventReading, losses: EventWriteLosses) {
        let (bytes, losses) = try EventSamples.written(events, as: options)
        let reading = try EventReading(bytes)
        #expect(reading.damage.isEmpty && reading.tally[.eventsBeforeTimeBase] == 0)
        return (reading, losses)
    }

    @Test("Sound streams come back exactly", arguments: EventFileWriter.formats)
    func exact(format: EventFileFormat) throws {
        var dice = Dice(state: 1)
        for start in [0, 1, 4_095, 16_777_000, 3_599_999_999] as [Int64] {
            var stream = EventStreams(start: start)
            if format != .es { stream.stepsBack = (300, 60_000) }
            let events = stream.events(20_000, &dice)
            let (reading, losses) = try readBack(events, EventFileWriter.Options(format: format, size: Self.size))
            #expect(reading.events == events, "from \(start) on")
            #expect(losses == EventWriteLosses(losesSize: format == .csv))
        }
    }

    @Test("Compression changes nothing", arguments: EventFileWriter.Compression.allCases)
    func compression(compression: EventFileWriter.Compression) throws {
        var dice = Dice(state: 2)
        let events = EventStreams(start: 1_700_000_000_000_000, stepsBack: (50, 10_000_000)).events(40_000, &dice)
        var options = EventFileWriter.Options(format: .aedat4, size: Self.size)
        options.compression = compression
        let (reading, losses) = try readBack(events, options)
        #expect(reading.events == events)
        #expect(losses.sentences.isEmpty)
    }

    @Test("Pauses of minutes and hours", arguments: [EventFileFormat.aedat4, .csv, .evt2, .evt3, .es])
    func pauses(format: EventFileFormat) throws {
        var dice = Dice(state: 3)
        let events = EventStreams(start: 99, pauses: (2, 3_500_000_000)).events(600, &dice)
        #expect((events.last?.time ?? 0) > 12 * 3_600_000_000)
        let (reading, losses) = try readBack(events, EventFileWriter.Options(format: format, size: Self.size))
        #expect(reading.events == events)
        #expect(losses == EventWriteLosses(losesSize: format == .csv))
    }

    /// Times before zero, or of a clock of the day, which counters of few bits cannot hold as they are.
    @Test("Starts far from zero are shifted, and that is told", arguments: [EventFileFormat.evt2, .evt3, .dat, .es])
    func shifted(format: EventFileFormat) throws {
        var dice = Dice(state: 4)
        for start in [-7_000_000_000, -1, 3_600_000_001, 1_700_000_000_123_456] as [Int64] {
            let events = EventStreams(start: start).events(3_000, &dice)
            let (bytes, losses) = try EventSamples.written(
                events, as: EventFileWriter.Options(format: format, size: Self.size))
            let range: Int64 = [.evt2: 1 << 34, .dat: 1 << 32][format] ?? 3_600_000_001
            let isShifted = start < 0 || start >= range
            #expect((losses.timeShift != 0) == isShifted && losses.sentences.count == (isShifted ? 1 : 0))
            let reading = try EventReading(bytes)
            let moved = reading.events.map { PlainEvent($0.time + losses.timeShift, Int($0.x), Int($0.y), $0.isOn) }
            #expect(moved == events, "from \(start) on")
            // Formats with a text in front say by how much, and the reader can undo it.
            guard format != .es || !isShifted else { continue }
            var options = EventFileReader.Options()
            options.addsTimeOffset = true
            #expect(try EventReading(bytes, options: options).events == events)
        }
    }

    @Test("Events outside what a format can address are left out and counted")
    func outside() throws {
        var dice = Dice(state: 5)
        let limits: [(EventFileFormat, Int, Int)] = [
            (.aedat4, 1 << 15, 1 << 15), (.evt2, 2_048, 2_048), (.evt3, 2_048, 2_048), (.dat, 1 << 14, 1 << 14),
            (.es, 640, 480), (.csv, 1 << 16, 1 << 15),
        ]
        #expect(limits.map(\.0).allSatisfy { EventFileWriter.formats.contains($0) } && limits.count == 6)
        for (format, columns, rows) in limits {
            var stream = EventStreams(columns: min(columns * 2, 1 << 16), rows: min(rows * 2, 1 << 15))
            var events = stream.events(4_000, &dice)
            stream = EventStreams(columns: columns, rows: rows, start: events.last?.time ?? 0)
            events += stream.events(4_000, &dice)
            let kept = events.filter { Int($0.x) < columns && Int($0.y) < rows }
            let (reading, losses) = try readBack(events, EventFileWriter.Options(format: format, size: Self.size))
            #expect(reading.events == kept)
            let left = EventWriteLosses(outsideFormat: events.count - kept.count, losesSize: format == .csv)
            #expect(losses == left, "\(format)")
        }
    }

    /// What a reader with a counter of `bits` bits makes of a time after another: the rule of ``TimeUnwrapper`` in plain
    /// arithmetic, with the number of the counter's round taken from the time itself.
    private func isUnderstood(_ time: Int64, after last: Int64, bits: Int64) -> Bool {
        let range = Int64(1) << bits
        func round(_ time: Int64) -> Int64 { (time - ((time % range) + range) % range) / range }
        let step = (time - round(time) * range) - (last - round(last) * range)
        let expected = step <= -range / 2 ? 1 : step >= range - 65_536 ? -1 : 0
        return round(time) - round(last) == Int64(expected)
    }

    @Test("Steps too far back or on are left out and counted", arguments: [EventFileFormat.dat, .evt2, .evt3, .es])
    func farSteps(format: EventFileFormat) throws {
        var dice = Dice(state: 6)
        var lost = 0
        for round in 0..<40 {
            let longest = [2_000_000_000, 30_000_000, 5_000_000_000, 20_000_000_000][round % 4]
            var stream = EventStreams(start: Int64(dice.pick(0...3_000_000_000)))
            stream.pauses = (15, longest)
            stream.stepsBack = (12, longest)
            let events = stream.events(400, &dice)
            let (reading, losses) = try readBack(events, EventFileWriter.Options(format: format, size: Self.size))
            let kept = understood(events, format)
            #expect(reading.events == kept, "round \(round)")
            #expect(losses == EventWriteLosses(timeNotKept: events.count - kept.count), "round \(round)")
            lost += events.count - kept.count
        }
        #expect(lost > 500)
    }

    /// The events that a format with its counter can tell.
    private func understood(_ events: [PlainEvent], _ format: EventFileFormat) -> [PlainEvent] {
        var kept: [PlainEvent] = []
        var last: Int64?
        for event in events {
            let isKept: Bool
            if let last {
                switch format {
                case .es: isKept = (0...3_600_000_000).contains(event.time - last)
                case .dat: isKept = isUnderstood(event.time, after: last, bits: 32)
                case .evt2:
                    isKept = event.time >> 6 > last >> 6 || isUnderstood(event.time & ~63, after: last & ~63, bits: 34)
                default:
                    isKept =
                        event.time >> 12 > last >> 12
                        || isUnderstood(event.time & ~4_095, after: last & ~4_095, bits: 24)
                }
            } else {
                isKept = true
            }
            guard isKept else { continue }
            kept.append(event)
            last = event.time
        }
        return kept
    }

    @Test func anEmptyRecordingIsAFileToo() throws {
        for format in EventFileWriter.formats {
            let (reading, losses) = try readBack([], EventFileWriter.Options(format: format, size: Self.size))
            #expect(reading == EventReading() && losses.outsideFormat + losses.timeNotKept == 0, "\(format)")
        }
    }

    @Test func whatIsLostIsToldInSentences() {
        var losses = EventWriteLosses()
        #expect(losses.sentences.isEmpty)
        losses = EventWriteLosses(outsideFormat: 1_234, timeNotKept: 5, timeShift: -6_000, losesSize: true)
        #expect(
            losses.sentences == [
                "1,234 events lie outside what the format can address and are left out",
                "5 events step back or on in time further than the format can tell and are left out",
                "all times are -6,000 µs less, since the format's counter does not reach further",
                "the format has no place for the size of the sensor",
            ])
    }

    @Test func formatsThatCannotBeWrittenAreRefused() throws {
        let folder = TemporaryFolder()
        for format in Set(EventFileFormat.allCases).subtracting(EventFileWriter.formats) {
            let path = folder.file("x.\(format)")
            let text = message { _ = try EventFileWriter(path: path, options: EventFileWriter.Options(format: format)) }
            #expect(
                text == "\(path): \(format.title) cannot be written. These can: aedat4, evt2, evt3, dat, es, csv")
        }
        let path = folder.file("x.es")
        #expect(
            message { _ = try EventFileWriter(path: path, options: EventFileWriter.Options(format: .es)) }
                == "\(path): Event Stream needs the size of the sensor, and the recording does not say it. "
                + "Give it, as in --size 640x480")
    }
}
