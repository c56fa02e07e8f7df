import SpikeSignals
import Testing

@testable import SpikeHeads

@Suite("The gesture head") struct GestureHeadTests {
    @Test("reports each gesture once, with its extent and events, however the stream is cut", arguments: [1, 7, 500])
    func segments(size: Int) throws {
        var stream = GestureStream()
        stream.add(nil, ticks: 50)
        stream.add(0, ticks: 100)
        stream.add(nil, ticks: 50)
        stream.add(1, ticks: 60)
        let records = try stream.records(size: size)
        #expect(records.map(\.gesture) == ["wave", "clap"])
        #expect(records.map(\.sequence) == [1, 2] && records.allSatisfy { $0.state == .end && $0.stage == "hands" })
        let (wave, clap) = (records[0], records[1])
        #expect(abs(wave.from.seconds - 1) < 0.05 && abs((wave.to?.seconds ?? 0) - 3) < 0.1)
        #expect(wave.score > 0.9 && wave.at.seconds <= 3.5)
        #expect(abs(wave.events - 20_000) < 800)
        #expect(abs(clap.from.seconds - 4) < 0.05 && clap.to == clap.at)
        #expect(clap.at == StreamTime(nanoseconds: 260 * 20_000_000))
    }

    @Test("reports the onset as soon as a label is confirmed", arguments: GestureParameters.Report.allCases)
    func onset(report: GestureParameters.Report) throws {
        var stream = GestureStream()
        stream.add(nil, ticks: 50)
        stream.add(0, ticks: 100)
        stream.add(1, ticks: 100)
        var parameters = GestureStream.parameters
        parameters.report = report
        let records = try stream.records(parameters)
        let onsets = records.filter { $0.state == .onset }
        if report == .end {
            #expect(onsets.isEmpty && records.count == 2)
            return
        }
        #expect(onsets.map(\.gesture) == ["wave", "clap"] && onsets.allSatisfy { $0.to == nil })
        // Five ticks of confirmation after the first one in which the evidence suffices.
        #expect(onsets[0].at.seconds > 1.09 && onsets[0].at.seconds < 1.2)
        if report == .both {
            #expect(records.map(\.state) == [.onset, .end, .onset, .end])
            #expect(zip(records, records.dropFirst()).allSatisfy { $0.at <= $1.at })
            #expect(records[1].to.map { $0 <= records[2].from } == true)
        } else {
            #expect(records.count == 2)
        }
    }

    @Test("decides nothing from a silent network, whatever its potentials")
    func silence() throws {
        var stream = GestureStream()
        stream.add(0, ticks: 300, events: 0, octaves: 20)
        stream.add(0, ticks: 300, events: 19, octaves: 20)
        #expect(try stream.records().isEmpty)
        stream.add(0, ticks: 300, events: 20, octaves: 20)
        #expect(try stream.records().count == 1)
        var parameters = GestureStream.parameters
        parameters.minimumEventsPerSecond = 0
        #expect(try stream.records(parameters).first?.from.seconds ?? 0 > 5.7, "no events at all are never enough")
    }

    @Test("background is a state and no gesture unless that is wanted")
    func background() throws {
        var stream = GestureStream()
        stream.add(2, ticks: 100)
        stream.add(0, ticks: 50)
        #expect(try stream.records().map(\.gesture) == ["wave"])
        var parameters = GestureStream.parameters
        parameters.reportsBackground = true
        #expect(try stream.records(parameters).map(\.gesture) == ["other", "wave"])
    }

    @Test("a short loss does not end a gesture, a longer one does")
    func release() throws {
        for (ticks, count) in [(12, 1), (30, 2)] {
            var stream = GestureStream()
            stream.add(0, ticks: 60)
            stream.add(nil, ticks: ticks)
            stream.add(0, ticks: 60)
            #expect(try stream.records().count == count, "\(ticks)")
        }
    }

    @Test("a label below the threshold is unknown")
    func unknown() throws {
        var stream = GestureStream()
        stream.add(0, ticks: 200, octaves: 1)
        #expect(try stream.records().isEmpty)
    }

    @Test("a long gesture comes in parts that touch")
    func longest() throws {
        var stream = GestureStream()
        stream.add(0, ticks: 250)
        var parameters = GestureStream.parameters
        (parameters.longestMilliseconds, parameters.report) = (2_000, .both)
        let records = try stream.records(parameters)
        #expect(records.map(\.state) == [.onset, .end, .end, .end])
        #expect(records[1].to == records[2].from && records[2].to == records[3].from)
        #expect(abs(records.dropFirst().reduce(0) { $0 + $1.events } - 50_000) < 400)
    }

    @Test("a jump of the tick counter ends what goes on")
    func jump() throws {
        var stream = GestureStream()
        stream.add(0, ticks: 100)
        let head = try GestureHead(
            GestureStream.parameters, context: StageContext(pipeline: "p", stage: "hands", folder: ""))
        let records = try gestures(head, [stream.batch(0..<50), stream.batch(50..<100, jump: 5_000)])
        #expect(records.count == 2)
        #expect(records[0].at == StreamTime(nanoseconds: 1_000_000_000) && records[1].from.seconds >= 101)
    }

    @Test("what does not fit is said") func faults() throws {
        let context = StageContext(pipeline: "p", stage: "hands", folder: "")
        #expect(throws: SpikelineError("\"labels\" names \"a\" twice", at: "p: stage \"hands\"")) {
            try GestureHead(GestureParameters(labels: ["a", "a"]), context: context)
        }
        let head = try GestureHead(GestureParameters(labels: ["a", "b"]), context: context)
        var stream = GestureStream()
        stream.add(0, ticks: 1)
        #expect {
            try head.process(stream.batch(0..<1), into: RecordBatch())
        } throws: { "\($0)".contains("the network has 3 outputs, expected 2") }
    }

    @Test("options reach the parameters") func options() {
        let options = Options([
            "labels": .list([.string("a"), .string("b")]), "background": .list([.string("b")]),
            "threshold": .number(0.5), "release_ratio": .number(0.5), "window_ms": .integer(1),
            "confirm_ms": .integer(2), "release_ms": .integer(3), "longest_ms": .integer(400),
            "minimum_events_per_s": .integer(5), "report": .string("both"), "report_background": .bool(true),
            "potential_scale_bits": .integer(10),
        ])
        let parameters = GestureParameters(options)
        #expect(parameters.labels == ["a", "b"] && parameters.background == ["b"] && parameters.threshold == 0.5)
        #expect(parameters.releaseRatio == 0.5 && parameters.windowMilliseconds == 1)
        #expect(parameters.confirmMilliseconds == 2 && parameters.releaseMilliseconds == 3)
        #expect(parameters.longestMilliseconds == 400 && parameters.minimumEventsPerSecond == 5)
        #expect(parameters.report == .both && parameters.reportsBackground && parameters.potentialScaleBits == 10)
        #expect(Set(options.values.keys) == Set(GestureHead.descriptor.options.map(\.name)))
    }
}
