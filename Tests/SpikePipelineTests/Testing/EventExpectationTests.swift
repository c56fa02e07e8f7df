import SpikeSignals
import Testing

@testable import SpikePipeline

/// Tests of pipelines that insert recordings of events and expect numbers of events.
@Suite struct EventExpectationTests {
    static func text(_ tests: String) -> String {
        """
        sources:
          camera: {type: camera}
        transforms:
          halves: {type: thin, inputs: [camera], every: 2}
          fifths: {type: thin, inputs: [halves], every: 5}
          thirds: {type: thin, inputs: [camera], every: 3}
        sinks:
          out: {type: void, inputs: [fifths]}
          out2: {type: void, inputs: [thirds]}
        tests:
        \(tests)
        """
    }

    private func results(_ tests: String) throws -> [PipelineTestResult] {
        let pipeline = try Pipeline.parse(Self.text(tests), path: "d/toy.yaml", catalogue: eventToyCatalogue())
        return pipeline.tests.map { pipeline.run($0) }
    }

    @Test func countsOfEvents() throws {
        let results = try results(
            """
              - name: both ends are included
                insert: {at: halves, file: 100.raw}
                expect:
                  - {from: halves, events: [50, 60]}
                  - {from: halves, events: [40, 50]}
                  - {from: fifths, events: [10, 10]}
              - name: none
                insert: {at: thirds, file: 0.raw}
                expect: [{from: thirds, events: [0, 0]}]
              - name: wrong
                insert: {at: halves, file: 100.raw}
                expect:
                  - {from: halves, events: [51, 60]}
                  - {from: fifths, events: [0, 9]}
            """)
        #expect(
            results.map(\.description).joined(separator: "\n") == """
                PASS both ends are included
                PASS none
                FAIL wrong
                  expected 51 to 60 events from "halves", found 50
                  expected 0 to 9 events from "fifths", found 10
                """)
        #expect(results[0].events["halves"] == 50 && results[0].events["thirds"] == nil)
    }

    static let faults: [(test: String, message: String)] = [
        (
            "expect: [{from: halves, events: 5}]", "\"events\" is [MIN, MAX] with 0 <= MIN <= MAX, found 5"
        ),
        (
            "expect: [{from: halves, events: [5, 4]}]", "\"events\" is [MIN, MAX] with 0 <= MIN <= MAX, found [5, 4]"
        ),
        (
            "expect: [{from: halves, events: [-1, 4]}]", "\"events\" is [MIN, MAX] with 0 <= MIN <= MAX, found [-1, 4]"
        ),
        (
            "expect: [{from: halves, events: [1, 4, 5]}]",
            "\"events\" is [MIN, MAX] with 0 <= MIN <= MAX, found [1, 4, 5]"
        ),
        ("expect: [{from: halves, events: [1, 4], word: a}]", "an expectation of \"events\" has no \"word\""),
        ("expect: [{from: halves, events: [1, 4], count: 1}]", "an expectation of \"events\" has no \"count\""),
        (
            "expect: [{from: halves, events: [1, 4], between_ms: [1, 2]}]",
            "an expectation of \"events\" has no \"between_ms\""
        ),
        ("expect: [{from: halves, word: a}]", "\"halves\" gives events; \"word\" can be expected of records only"),
        ("expect: [{from: out, events: [1, 2]}]", "\"out\" gives nothing; \"events\" can be expected of events only"),
        (
            "expect: [{from: thirds, events: [1, 2]}]",
            "nothing flows from \"halves\", where the file is inserted, to \"thirds\""
        ),
        (
            "expect: [{from: halves, evnets: [1, 2]}]",
            "an expectation has no \"evnets\". Did you mean \"events\"?"
        ),
    ]

    @Test(arguments: faults) func fault(test: String, message: String) {
        let text = Self.text("  - {name: a, insert: {at: halves, file: 5.raw}, \(test)}")
        #expect(messages(text, eventToyCatalogue()).contains(message))
    }

    @Test func aProgramWithoutEventFilesSaysSo() {
        let text = Self.text(
            "  - {name: a, insert: {at: halves, file: 5.raw}, expect: [{from: halves, events: [1, 2]}]}")
        #expect(
            messages(text, eventToyCatalogue(readsFiles: false)) == [
                "this program cannot insert files: it has no \"event_file\""
            ])
    }

    @Test func inputTakesThePlaceOfACamera() throws {
        let pipeline = try Pipeline.parse(
            Self.text("  []").replacing("tests:\n  []", with: ""), path: "toy.yaml", catalogue: eventToyCatalogue(),
            overrides: PipelineOverrides(input: "/tmp/50.raw"))
        let camera = try #require(pipeline.stages.first { $0.name == "camera" })
        #expect(camera.descriptor.type == "event_file" && camera.options.string("path") == "/tmp/50.raw")
    }

    private func messages(_ text: String, _ catalogue: Catalogue) -> [String] {
        do {
            _ = try Pipeline.parse(text, path: "toy.yaml", catalogue: catalogue)
            return []
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map(\.message)
        }
    }
}
