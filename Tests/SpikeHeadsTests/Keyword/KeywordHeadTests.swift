import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite struct KeywordHeadTests {
    private func parameters() -> KeywordParameters { KeywordParameters(labels: Stream.labels) }

    private func seconds(_ time: StreamTime) -> Double { time.seconds }

    @Test func oneSpokenWordGivesOneRecord() throws {
        var stream = Stream(ticks: 400)
        stream.say(0, in: 100..<140)
        let records = try stream.records(parameters())
        #expect(records.map(\.word) == ["yes"])
        let record = try #require(records.first)
        #expect(record.from.seconds == 1.0)
        #expect(record.levelDecibels == -20)
        #expect(record.pipeline == "keywords" && record.stage == "words" && record.sequence == 1)
        #expect(record.score >= 0.8 && record.score <= 1)
        #expect(record.to <= record.at)
    }

    @Test func aWordHeldForThreeSecondsFiresOnce() throws {
        var stream = Stream(ticks: 800)
        stream.say(0, in: 100..<400)
        #expect(try stream.records(parameters()).count == 1)
    }

    @Test func twoWords900MillisecondsApartAreTwoRecords() throws {
        var stream = Stream(ticks: 500)
        stream.say(0, in: 100..<130)
        stream.say(1, in: 190..<220)
        var parameters = parameters()
        parameters.windowMilliseconds = 500
        #expect(try stream.records(parameters).map(\.word) == ["yes", "no"])
        stream.say(0, in: 190..<220)
        stream.potentials = stream.potentials.enumerated().map { $0.offset % 3 == 1 ? 0 : $0.element }
        let records = try stream.records(parameters)
        #expect(records.map(\.word) == ["yes", "yes"])
        #expect(records.map(\.from.seconds) == [1.0, 1.9])
        #expect(records.map(\.sequence) == [1, 2])
    }

    @Test func theSameWordTwiceWithinTheWindowIsOneRecord() throws {
        var stream = Stream(ticks: 600)
        stream.say(0, in: 100..<130)
        stream.say(0, in: 190..<220)
        #expect(try stream.records(parameters()).count == 1)
    }

    @Test func anotherWordWithinTheWindowFiresWhenTheFirstHasLeftIt() throws {
        var stream = Stream(ticks: 600)
        stream.say(0, in: 100..<130)
        stream.say(1, in: 190..<220)
        let records = try stream.records(parameters())
        #expect(records.map(\.word) == ["yes", "no"])
        #expect(records.last.map { $0.at.seconds > 2 && $0.at.seconds < 2.5 } == true)
        #expect(records.last?.from.seconds == 1.9)
    }

    @Test func firesInTheExpectedTick() throws {
        // One tick of evidence makes a raw score of almost 1; a mean over 5 ticks passes 0.6 in the third tick
        // (0.98 * 3 / 5 < 0.6), so in the fourth, and three confirming ticks end in tick 105.
        var stream = Stream(ticks: 300)
        stream.say(0, in: 100..<140)
        var parameters = parameters()
        parameters.threshold = 0.6
        parameters.smoothingMilliseconds = 50
        parameters.confirmMilliseconds = 30
        let record = try #require(try stream.records(parameters).first)
        #expect(record.at.nanoseconds == 106 * 10_000_000)
    }

    @Test func cuttingTheStreamOtherwiseChangesNothing() throws {
        var dice = Dice(state: 3)
        var stream = Stream(ticks: 3_000)
        for start in stride(from: 40, to: 2_900, by: 97) {
            let length = Int.random(in: 3...60, using: &dice)
            stream.say(Int.random(in: 0...1, using: &dice), in: start..<min(start + length, 3_000))
        }
        var parameters = parameters()
        parameters.windowMilliseconds = 400
        let whole = try stream.records(parameters, batches: [3_000])
        #expect(whole.count > 10)
        for sizes in [[1], [7], [100], [1, 2, 3, 50, 1, 999]] {
            #expect(try stream.records(parameters, batches: sizes) == whole)
        }
    }

    @Test func backgroundNeverFires() throws {
        var stream = Stream(ticks: 300)
        stream.say(2, in: 100..<200)
        #expect(try stream.records(parameters()).isEmpty)
        var parameters = parameters()
        parameters.background = []
        #expect(try stream.records(parameters).map(\.word) == ["unknown"])
    }

    @Test func onlyRestrictsTheReports() throws {
        var stream = Stream(ticks: 600)
        stream.say(0, in: 100..<130)
        stream.say(1, in: 350..<380)
        var parameters = parameters()
        parameters.only = ["no"]
        #expect(try stream.records(parameters).map(\.word) == ["no"])
    }

    @Test func oneThresholdWinsOverThoseOfTheWords() throws {
        var stream = Stream(ticks: 300)
        stream.say(0, in: 100..<130)
        var parameters = parameters()
        parameters.thresholds = ["yes": 1]
        #expect(try stream.records(parameters).isEmpty)
        parameters.threshold = 0.5
        #expect(try stream.records(parameters).map(\.word) == ["yes"])
    }

    @Test func aJumpInTimeStartsAfresh() throws {
        let context = StageContext(pipeline: "p", stage: "s", folder: "")
        let head = try KeywordHead(parameters(), context: context)
        let batch = PotentialBatch()
        let output = RecordBatch()
        batch.outputs = 3
        batch.potentials = [Int32](repeating: 0, count: 3)
        batch.levels = [0]
        batch.firstTick = 5
        batch.upTo = StreamTime(nanoseconds: 60_000_000)
        try head.process(batch, into: output)
        batch.firstTick = 2
        try head.process(batch, into: output)
        #expect(output.records.isEmpty)
        #expect(output.upTo == batch.upTo)
    }

    @Test func aNetworkWithOtherOutputsIsRefused() throws {
        let head = try KeywordHead(
            parameters(), context: StageContext(pipeline: "keywords", stage: "words", folder: ""))
        let batch = PotentialBatch()
        batch.outputs = 12
        batch.levels = [0]
        batch.potentials = [Int32](repeating: 0, count: 12)
        let error = #expect(throws: SpikelineError.self) { try head.process(batch, into: RecordBatch()) }
        #expect(
            error?.description == """
                keywords: stage "words": the network has 12 outputs, expected 3, one for each label. Give "labels" as \
                the model was trained with, or leave it out
                """)
    }

    @Test func aWindowThatIsTooLongIsRefused() throws {
        var parameters = parameters()
        parameters.windowMilliseconds = 200_000
        let error = #expect(throws: SpikelineError.self) { try Stream(ticks: 1).records(parameters) }
        #expect(
            error?.description == """
                keywords: stage "words": a window of 20000 ticks for 3 labels is impossible, expected at least one of \
                each and at most 32768 of ticks times labels. Shorten "window_ms"
                """)
    }
}
