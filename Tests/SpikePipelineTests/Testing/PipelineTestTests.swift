import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct PipelineTestTests {
    /// The toy file holds 100 samples at 1,000 Hz, so `tens` reports ten at 10, 20, ... 90 ms.
    static func text(_ tests: String) -> String {
        """
        sources:
          microphone: {type: microphone}
        transforms:
          front: {type: scale, inputs: [microphone], gain: 2}
          brain: {type: model, inputs: [microphone], model: 16000-ten}
          tens: {type: spot, inputs: [microphone], every: 10, word: ten}
          forties: {type: spot, inputs: [microphone], every: 40, word: forty}
          all: {type: pass, inputs: [tens, forties]}
        sinks:
          out: {type: collect, inputs: [all]}
          samples: {type: keep, inputs: [front]}
          samples2: {type: keep, inputs: [brain]}
        tests:
        \(tests)
        """
    }

    private func results(_ tests: String, bench: Bench = Bench()) throws -> [PipelineTestResult] {
        let pipeline = try Pipeline.parse(Self.text(tests), path: "d/toy.yaml", catalogue: toyCatalogue(bench))
        return pipeline.tests.map { pipeline.run($0) }
    }

    @Test func passes() throws {
        let results = try results(
            """
              - name: forties twice
                insert: {at: forties, file: a.wav}
                expect:
                  - {from: forties, word: forty, between_ms: [40, 40]}
                  - {from: forties, word: forty, between_ms: [0, 100]}
                expect_nothing_else: true
              - name: counted
                insert: {at: tens, file: a.wav}
                expect:
                  - {from: tens, word: ten, count: 9}
                  - {from: tens, word: ten, count: 4, between_ms: [25, 60]}
                  - {from: tens, word: forty, count: 0}
                  - {from: all, word: ten, between_ms: [85, 95]}
            """)
        #expect(results.map(\.description) == ["PASS forties twice", "PASS counted"])
        #expect(results[0].records.filter { $0.stage == "forties" }.count == 2)
    }

    @Test func saysWhatWasExpectedAndWhatCame() throws {
        let results = try results(
            """
              - name: forties thrice
                insert: {at: forties, file: a.wav}
                expect:
                  - {from: forties, word: forty, between_ms: [0, 50]}
                  - {from: forties, word: forty, between_ms: [0, 60]}
                  - {from: forties, word: forty, count: 3}
                  - {from: forties, word: fifty}
              - name: silent
                insert: {at: forties, file: a.wav}
                none: true
              - name: nothing else
                insert: {at: tens, file: a.wav}
                expect: [{from: tens, word: ten, between_ms: [10, 10]}]
                expect_nothing_else: true
            """)
        #expect(
            results.map(\.description).joined(separator: "\n") == """
                FAIL forties thrice
                  expected "forty" from "forties" between 0 and 60 ms; came: "forty" at 40 ms, "forty" at 80 ms
                  expected 3 of "forty" from "forties", found 2; came: "forty" at 40 ms, "forty" at 80 ms
                  expected "fifty" from "forties"; came: "forty" at 40 ms, "forty" at 80 ms
                FAIL silent
                  expected nothing; came from "all": "forty" at 40 ms
                  expected nothing; came from "all": "forty" at 80 ms
                FAIL nothing else
                  expected nothing else; came from "tens": "ten" at 20 ms
                  expected nothing else; came from "tens": "ten" at 30 ms
                  expected nothing else; came from "tens": "ten" at 40 ms
                  expected nothing else; came from "tens": "ten" at 50 ms
                  expected nothing else; came from "tens": "ten" at 60 ms
                  expected nothing else; came from "tens": "ten" at 70 ms
                  expected nothing else; came from "tens": "ten" at 80 ms
                  expected nothing else; came from "tens": "ten" at 90 ms
                  and 8 more
                """)
    }

    @Test func fileTakesThePlaceOfTheSources() throws {
        let bench = Bench()
        _ = try results("  - {name: x, insert: {at: brain, file: ../a.wav}, none: true}", bench: bench)
        // No sink was made, the file starts from the pipeline's folder, and the model gave its rate.
        #expect(bench.now.made == ["microphone=d/../a.wav rate_hz=16000"])
    }

    @Test func failureOfTheRunFailsTheTest() throws {
        let results = try results(
            """
              - {name: missing, insert: {at: tens, file: missing.wav}, none: true}
              - {name: broken, insert: {at: tens, file: broken.wav}, none: true}
            """)
        #expect(
            results[0].description == """
                FAIL missing
                  the test cannot run:
                  d/toy.yaml:14:46: error: d/missing.wav: there is no such file
                  - {name: missing, insert: {at: tens, file: missing.wav}, none: true}
                                                             ^
                """)
        #expect(results[1].description == "FAIL broken\n  the run failed: ramp.wav: the disk is on fire")
    }

    @Test func resultAsJSON() {
        let result = PipelineTestResult(name: "a", failures: ["b"], records: [])
        #expect(result.jsonValue.text == #"{"test": "a", "passed": false, "failures": ["b"], "records": []}"#)
    }

    @Test func wideExpectationsLeaveRecordsToNarrowOnes() throws {
        let results = try results(
            """
              - name: wide first
                insert: {at: forties, file: a.wav}
                expect:
                  - {from: forties, word: forty}
                  - {from: forties, word: forty, between_ms: [35, 45]}
            """)
        #expect(results[0].hasPassed)
    }

    static let faults: [(test: String, message: String)] = [
        ("x", "a test is a map, found \"x\""),
        ("{insert: {at: tens, file: f}, none: true}", "a test needs \"name\""),
        ("{name: a, none: true}", "a test needs \"insert: {at: STAGE, file: PATH}\""),
        ("{name: a, insert: tens, none: true}", "\"insert\" is a map, found \"tens\""),
        ("{name: a, insert: {file: f}, none: true}", "\"insert\" needs \"at\""),
        ("{name: a, insert: {at: tens}, none: true}", "\"insert\" needs \"file\""),
        (
            "{name: a, insert: {at: tens, flie: f, file: f}, none: true}",
            "\"insert\" has no \"flie\". Did you mean \"file\"?"
        ),
        ("{name: a, insert: {at: tens, file: f}}", "a test needs \"expect\" or \"none: true\""),
        (
            "{name: a, insert: {at: tens, file: f}, none: maybe, expect: [{from: tens, word: b}]}",
            "\"none\" is true or false, found \"maybe\""
        ),
        (
            "{name: a, insert: {at: tens, file: f}, none: true, expect: [{from: tens, word: b}]}",
            "a test with \"none: true\" expects nothing; leave \"expect\" out"
        ),
        (
            "{name: a, insert: {at: tens, file: f}, expect: []}",
            "\"expect\" is a list of {from, word}, {from, gesture}, {from, anomaly}, {from, phase}, {from, fault} or {from, events}, found a list"
        ),
        ("{name: a, insert: {at: tens, file: f}, expect: [{word: b}]}", "an expectation needs \"from\""),
        ("{name: a, insert: {at: tens, file: f}, expect: [{from: tens}]}", "an expectation needs \"word\""),
        (
            "{name: a, insert: {at: tens, file: f}, expect: [{from: tens, word: b, cuont: 1}]}",
            "an expectation has no \"cuont\". Did you mean \"count\"?"
        ),
        (
            "{name: a, insert: {at: tens, file: f}, expect: [{from: tens, word: b, count: -1}]}",
            "\"count\" is a whole number from 0 to 1000000, found \"-1\""
        ),
        (
            "{name: a, insert: {at: tens, file: f}, expect: [{from: tens, word: b, between_ms: [2, 1]}]}",
            "\"between_ms\" is [FROM, TO] with 0 <= FROM <= TO, found [2, 1]"
        ),
        (
            "{name: a, insert: {at: tnes, file: f}, none: true}",
            "the test names \"tnes\", which is not defined. Did you mean \"tens\"?"
        ),
        (
            "{name: a, insert: {at: microphone, file: f}, none: true}",
            "\"microphone\" is a source; \"at\" names the stage that is given the file"
        ),
        (
            "{name: a, insert: {at: all, file: f}, none: true}",
            "a file gives audio or events, but \"all\" takes records"
        ),
        (
            "{name: a, insert: {at: tens, file: f}, expect: [{from: front, word: b}]}",
            "\"front\" gives audio; \"word\" can be expected of records only"
        ),
        (
            "{name: a, insert: {at: tens, file: f}, expect: [{from: out, word: b}]}",
            "\"out\" gives nothing; \"word\" can be expected of records only"
        ),
        (
            "{name: a, insert: {at: tens, file: f}, expect: [{from: forties, word: b}]}",
            "nothing flows from \"tens\", where the file is inserted, to \"forties\""
        ),
        (
            "{name: a, insert: {at: tens, file: f}, expect: [{from: elephant, word: b}]}",
            "the test names \"elephant\", which is not defined"
        ),
        (
            "{name: a, insert: {at: tens, file: f}, none: true}\n  - {name: a, insert: {at: tens, file: f}, none: true}",
            "two tests are called \"a\""
        ),
    ]

    @Test(arguments: faults) func fault(test: String, message: String) {
        #expect(messages(about: Self.text("  - " + test)) == [message])
    }

    @Test func testsAreAList() {
        #expect(messages(about: Self.text("  a: b")) == ["\"tests\" is a list, found a map"])
    }
}
