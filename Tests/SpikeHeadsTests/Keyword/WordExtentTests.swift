import SpikeSignals
import Testing

@testable import SpikeHeads

@Suite struct WordExtentTests {
    private func record(_ stream: Stream, _ change: (inout KeywordParameters) -> Void = { _ in }) throws
        -> KeywordRecord
    {
        var parameters = KeywordParameters(labels: Stream.labels)
        parameters.threshold = 0.6
        parameters.confirmMilliseconds = 400
        change(&parameters)
        return try #require(try stream.records(parameters).first)
    }

    @Test func theLoudRegionIsTheWord() throws {
        var stream = Stream(ticks: 300)
        stream.say(0, in: 100..<130)
        let record = try record(stream)
        #expect(record.from.seconds == 1.0)
        #expect(record.to.seconds == 1.3)
    }

    @Test func shortPausesAreBridgedAndLongOnesAreNot() throws {
        for (pause, from) in [(12, 0.7), (13, 1.0)] {
            var stream = Stream(ticks: 300)
            for tick in 70..<(100 - pause) { stream.levels[tick] = -4_500 }
            stream.say(0, in: 100..<130)
            #expect(try record(stream).from.seconds == from, "a pause of \(pause) ticks")
        }
    }

    @Test func whatIs25DecibelsQuieterStillBelongsToTheWord() throws {
        for (level, from) in [(Int16(-4_500), 0.9), (-4_501, 1.0)] {
            var stream = Stream(ticks: 300)
            for tick in 90..<100 { stream.levels[tick] = level }
            stream.say(0, in: 100..<130)
            #expect(try record(stream).from.seconds == from)
        }
    }

    @Test func theWordIsAtMost1200MillisecondsLong() throws {
        var stream = Stream(ticks: 400)
        stream.levels = [Int16](repeating: -2_000, count: 400)
        stream.say(0, in: 200..<230, level: -1_900)
        let record = try record(stream)
        #expect(record.to.nanoseconds - record.from.nanoseconds == 1_200_000_000)
        #expect(record.levelDecibels == -19)
        #expect(record.to <= record.at)
    }

    @Test func theSoundBeforeALateAnswerIsFound() throws {
        var stream = Stream(ticks: 300)
        stream.say(0, in: 130..<150, level: -7_000)
        for tick in 100..<125 { stream.levels[tick] = -3_000 }
        let record = try record(stream)
        #expect(record.from.seconds == 1.0)
        #expect(record.to.seconds == 1.25)
        #expect(record.levelDecibels == -30)
    }

    @Test func withoutLevelsTheEvidenceTells() throws {
        var stream = Stream(ticks: 300)
        stream.say(0, in: 100..<150)
        stream.levels = [Int16](repeating: SpikeBatch.unknownLevel, count: 300)
        let record = try record(stream) { $0.confirmMilliseconds = 600 }
        // 50 equal ticks: 5 % is passed in the third, 95 % reached in the forty-eighth.
        #expect(record.from.seconds == 1.02)
        #expect(record.to.seconds == 1.48)
        #expect(record.levelDecibels == nil)
    }
}
