import SpikePipeline
import SpikeSignals
import Synchronization
import Testing

@testable import spikeline

/// Filters of events in pipelines, between a toy source and a toy sink.
@Suite("Filters of events in pipelines") struct EventFilterPipelineTests {
    /// A pixel that fires every 100 us and one in its neighbourhood that follows 10 us later, then lonely noise.
    private final class ToySource: Source {
        var isLive: Bool { false }
        private var next = 0

        func read(into output: EventBatch) throws(SpikelineError) -> Bool {
            guard next < 1_000 else { return false }
            (output.width, output.height) = (64, 48)
            for _ in 0..<100 {
                let time = Int64(next) * 100
                if next < 500 {
                    _ = output.append(time: time, x: 10, y: 10, isOn: true)
                    _ = output.append(time: time + 10, x: 11, y: 11, isOn: false)
                } else {
                    _ = output.append(time: time, x: UInt16(next % 16 * 4), y: UInt16(next / 16 % 12 * 4), isOn: true)
                }
                next += 1
            }
            output.upTo = output.streamTime(sensor: Int64(next) * 100)
            return true
        }
    }

    private final class ToySink: Sink {
        static let seen = Mutex<[Int]>([])

        func consume(_ input: EventBatch) throws(SpikelineError) {
            let sizes = [input.width, input.height]
            ToySink.seen.withLock { $0 = sizes }
        }
    }

    private let catalogue = Catalogue(
        Array(Catalogue.standard.descriptors.values) + [
            StageDescriptor(
                type: "toy_events", role: .source, output: .events, summary: "Toy.", options: [],
                make: { (_, _) throws(SpikelineError) in .source(AnySource(ToySource())) }),
            StageDescriptor(
                type: "toy_sink", role: .sink, input: .events, summary: "Toy.", options: [],
                make: { (_, _) throws(SpikelineError) in .sink(AnySink(ToySink())) }),
        ])

    @Test("a chain of filters: the summary counts what each took and gave")
    func chain() throws {
        let text = """
            sources:
              camera: {type: toy_events}
            transforms:
              quiet:  {type: background_activity, inputs: [camera], support_us: 50}
              calm:   {type: refractory, inputs: [quiet], dead_time_us: 1000}
              on:     {type: polarity, inputs: [camera], keep: "on"}
              corner: {type: crop, inputs: [calm], x: 8, width: 16, height: 16}
              small:  {type: downsample, inputs: [corner], factor: 4}
              turned: {type: mirror, inputs: [small], transpose: true}
              still:  {type: flicker, inputs: [turned]}
              cold:   {type: hot_pixels, inputs: [still]}
              few:    {type: rate_limit, inputs: [cold], max_events_per_s: 500, window_us: 10000}
            sinks:
              end:   {type: toy_sink, inputs: [few]}
              other: {type: toy_sink, inputs: [on]}
            """
        let pipeline = try Pipeline.parse(text, path: "toy.yaml", catalogue: catalogue)
        let stages = try pipeline.makeGraph().run().stages
        var counts: [String: [Int]] = [:]
        for stage in stages { counts[stage.name] = [stage.counts.itemsIn, stage.counts.itemsOut] }
        #expect(counts["camera"] == [0, 1_500])
        // The first of each pair is 90 us after the one before and lonely; the second has the first.
        #expect(counts["quiet"] == [1_500, 500])
        #expect(counts["calm"] == [500, 50])
        #expect(counts["on"] == [1_500, 1_000])
        #expect(counts["corner"] == [50, 50])
        #expect(counts["small"] == [50, 50])
        #expect(counts["still"] == [50, 50])
        #expect(counts["cold"] == [50, 50])
        // Ten events come in 10 ms, and five are the budget.
        #expect(counts["few"] == [50, 25])
        #expect(counts["end"]?[0] == 25)
        #expect(counts["other"]?[0] == 1_000)
    }

    @Test("what is wrong with a filter is said with its place in the file")
    func mistakes() {
        let text = """
            sources:
              camera: {type: toy_events}
            transforms:
              calm: {type: refractory, inputs: [camera], dead_time_ms: 1}
              few:  {type: rate_limit, inputs: [calm]}
              ear:  {type: cochlea, inputs: [few]}
            sinks:
              end: {type: toy_sink, inputs: [few]}
            """
        do throws(PipelineErrors) {
            _ = try Pipeline.parse(text, path: "toy.yaml", catalogue: catalogue)
            Issue.record("no error")
        } catch {
            let messages = error.diagnostics.map(\.description).joined(separator: "\n")
            #expect(messages.contains("toy.yaml:4:46: error: "))
            #expect(messages.contains("Did you mean \"dead_time_us\"?"))
            #expect(messages.contains("\"max_events_per_s\""))
            #expect(messages.contains("\"few\" gives events"))
        }
    }

    @Test("what a filter refuses when it is made stands at its name")
    func refusal() throws {
        let text = """
            sources:
              camera: {type: toy_events}
            transforms:
              lamp: {type: flicker, inputs: [camera], min_hz: 200, max_hz: 100}
            sinks:
              end: {type: toy_sink, inputs: [lamp]}
            """
        let pipeline = try Pipeline.parse(text, path: "toy.yaml", catalogue: catalogue)
        #expect {
            _ = try pipeline.makeGraph()
        } throws: { error in
            let text = (error as? PipelineErrors)?.diagnostics.map(\.description).joined() ?? ""
            return text.contains("toy.yaml:4:3: error: \"min_hz\" is 200 and above \"max_hz\", 100")
        }
    }

    @Test("the manual knows every filter")
    func manual() throws {
        for type in [
            "crop", "downsample", "polarity", "mirror", "refractory", "background_activity", "hot_pixels", "rate_limit",
            "flicker",
        ] {
            let outcome = try Program.run(["stages", type], in: TemporaryFolder())
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("  \(type)  events -> events\n"))
        }
    }
}
