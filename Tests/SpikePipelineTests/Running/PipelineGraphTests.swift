import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct PipelineGraphTests {
    let bench = Bench()

    func pipeline(_ text: String) throws -> Pipeline {
        try Pipeline.parse(text, path: "toy.yaml", catalogue: toyCatalogue(bench))
    }

    @Test func carriesSamplesFromSourceToSink() throws {
        let text = """
            sources:
              numbers: {type: count, end: 5, block: 2}
            transforms:
              double: {type: scale, inputs: [numbers]}
            sinks:
              out: {type: keep, inputs: [double]}
            """
        let summary = try pipeline(text).makeGraph().run()
        // The last sample comes from `finish`.
        #expect(bench.now.samples["out"] == [0, 2, 4, 6, 8])
        #expect(bench.now.finished == ["out"])
        #expect(summary.streamSeconds == 0.005)
        let counts = summary.stages.map { [$0.counts.itemsIn, $0.counts.itemsOut, $0.counts.dropped] }
        #expect(summary.stages.map(\.name) == ["numbers", "double", "out"])
        #expect(counts == [[0, 5, 0], [5, 5, 0], [5, 0, 0]])
    }

    @Test func fansOut() throws {
        let text = """
            sources:
              numbers: {type: count, end: 3}
            transforms:
              double: {type: scale, inputs: [numbers]}
              triple: {type: scale, inputs: [numbers], gain: 3}
            sinks:
              plain: {type: keep, inputs: [numbers]}
              twice: {type: keep, inputs: [double]}
              thrice: {type: keep, inputs: [triple]}
            """
        _ = try pipeline(text).makeGraph().run()
        #expect(bench.now.samples == ["plain": [0, 1, 2], "twice": [0, 2, 4], "thrice": [0, 3, 6]])
        #expect(bench.now.finished.sorted() == ["plain", "thrice", "twice"])
    }

    @Test(arguments: [1, 7, 10, 100])
    func fansInInOrderOfTime(block: Int) throws {
        let text = """
            sources:
              numbers: {type: count, end: 31, block: \(block)}
            transforms:
              tens: {type: spot, inputs: [numbers], every: 10, word: ten}
              fives: {type: spot, inputs: [numbers], every: 5, word: five}
            sinks:
              out: {type: collect, inputs: [tens, fives]}
            """
        let summary = try pipeline(text).makeGraph().run()
        let list = (bench.now.records["out"] ?? []).map { record in
            guard case .keyword(let keyword) = record else { return "?" }
            return "\(keyword.word) \(keyword.at.nanoseconds / 1_000_000)"
        }
        #expect(
            list == [
                "five 5", "ten 10", "five 10", "five 15", "ten 20", "five 20", "five 25", "ten 30", "five 30",
            ])
        #expect(summary.records == 9)
    }

    @Test func readsTheSourceThatIsBehind() throws {
        let text = """
            sources:
              fast: {type: count, end: 30, block: 20}
              slow: {type: count, end: 30, block: 5}
            transforms:
              a: {type: spot, inputs: [fast], word: fast}
              b: {type: spot, inputs: [slow], word: slow}
            sinks:
              out: {type: collect, inputs: [a, b]}
            """
        _ = try pipeline(text).makeGraph().run()
        let times = (bench.now.records["out"] ?? []).map { $0.at.nanoseconds / 1_000_000 }
        #expect(times == [10, 10, 20, 20])
    }

    @Test func failureOfATransformFinishesSinks() throws {
        let text = """
            sources:
              numbers: {type: count, end: 30, block: 10}
            transforms:
              double: {type: scale, inputs: [numbers], fails_at: 15}
            sinks:
              plain: {type: keep, inputs: [numbers]}
              twice: {type: keep, inputs: [double]}
            """
        let graph = try pipeline(text).makeGraph()
        #expect(throws: SpikelineError("the gain ran away", at: "stage \"double\"")) { try graph.run() }
        #expect(bench.now.samples["twice"] == [0, 2, 4, 6, 8, 10, 12, 14, 16])
        #expect(bench.now.finished.sorted() == ["plain", "twice"])
        #expect(graph.summary.stages[0].counts.itemsOut == 20)
    }

    @Test func failureOfASourceKeepsWhatCameBefore() throws {
        let text = """
            sources:
              numbers: {type: count, end: 30, block: 10, fails_at: 20}
            transforms:
              double: {type: scale, inputs: [numbers]}
            sinks:
              out: {type: keep, inputs: [double]}
            """
        let graph = try pipeline(text).makeGraph()
        #expect(throws: SpikelineError("the disk is on fire", at: "ramp.wav")) { try graph.run() }
        #expect(bench.now.samples["out"] == (0..<20).map { Int32($0 * 2) })
        #expect(bench.now.finished == ["out"])
    }

    @Test func failureOfASinkFinishesTheOthers() throws {
        let text = """
            sources:
              numbers: {type: count, end: 30, block: 10}
            sinks:
              bad: {type: keep, inputs: [numbers], fails_at: 5}
              good: {type: keep, inputs: [numbers]}
            """
        let graph = try pipeline(text).makeGraph()
        #expect(throws: SpikelineError("the sink is full", at: "stage \"bad\"")) { try graph.run() }
        #expect(bench.now.finished == ["good"])
    }

    @Test func stagesThatCannotBeMadeAreNamedTogether() throws {
        let text = """
            sources:
              file: {type: audio_file, path: missing.wav}
              ear: {type: microphone}
            sinks:
              out: {type: keep, inputs: [file]}
              out2: {type: keep, inputs: [ear]}
            """
        let pipeline = try pipeline(text)
        let error = try #require(throws: PipelineErrors.self) { try pipeline.makeGraph() }
        #expect(error.cause == .lost)
        #expect(
            error.description == """
                toy.yaml:2:34: error: missing.wav: there is no such file
                  file: {type: audio_file, path: missing.wav}
                                                 ^
                toy.yaml:3:3: error: no microphone here
                  ear: {type: microphone}
                  ^
                """)
    }

    @Test func stageThatIsNotWhatItPromisesIsADefect() throws {
        let text = """
            sources:
              numbers: {type: count}
            transforms:
              odd: {type: liar, inputs: [numbers]}
            sinks:
              out: {type: keep, inputs: [odd]}
            """
        let pipeline = try pipeline(text)
        let error = try #require(throws: PipelineErrors.self) { try pipeline.makeGraph() }
        #expect(error.cause == .defect)
    }

    @Test func stopEndsCleanly() throws {
        let text = """
            sources:
              numbers: {type: count, end: 1000000, block: 10}
            sinks:
              out: {type: keep, inputs: [numbers]}
            """
        let stop = StopSignal()
        stop.request()
        let summary = try pipeline(text).makeGraph().run(stop: stop)
        #expect(summary.stages[0].counts.itemsOut == 0)
        #expect(bench.now.finished == ["out"])
    }

    @Test func troublesAreALineForEachStageThatHasSome() {
        let counters = StageCounters(
            ["frames", "lost_frames", "damaged_places"], troubles: ["lost_frames", "damaged_places"])
        var summary = RunSummary()
        func counted(_ numbers: [Int]) -> RunSummary.Stage {
            counters.update { $0 = numbers }
            return .init(name: "camera", counts: StageCounts(), counters: counters.counts)
        }
        summary.stages = [counted([9, 0, 0]), counted([9, 2, 0]), counted([0, 3, 5])]
        #expect(summary.troubles == ["camera: 2 lost frames", "camera: 3 lost frames, 5 damaged places"])
    }

    @Test func summaryNamesStay() throws {
        var summary = RunSummary()
        summary.wallSeconds = 0.5
        summary.streamSeconds = 10
        summary.processorSeconds = 0.25
        summary.peakResidentMegabytes = 12.5
        summary.records = 3
        var counts = StageCounts()
        counts.itemsIn = 4
        counts.itemsOut = 2
        counts.nanoseconds = 10
        summary.stages = [
            .init(name: "ear", counts: counts, counters: [StageCount(name: "clipped", value: 7)]),
            .init(name: "idle", counts: StageCounts()),
        ]
        #expect(
            summary.jsonValue.text == """
                {"v": 1, "wall_s": 0.500000, "stream_s": 10.000000, "real_time_factor": 0.050000, "cpu_s": 0.250000, \
                "peak_resident_mb": 12.500, "records": 3, "stages": {"ear": {"in": 4, "out": 2, "dropped": 0, \
                "ns_per_item": 2.5, "counters": {"clipped": 7}}, "idle": {"in": 0, "out": 0, "dropped": 0, "ns_per_item": null}}}
                """)
    }
}
