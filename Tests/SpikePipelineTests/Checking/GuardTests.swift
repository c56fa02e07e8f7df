import SpikeSignals
import Testing

@testable import SpikePipeline

/// Every guard alone: one fault, exactly one message.
@Suite struct GuardTests {
    /// A pipeline without faults that the faults are put into.
    static let sound = """
        sources:
          numbers: {type: count}
        transforms:
          words: {type: spot, inputs: [numbers], word: yes}
        sinks:
          out: {type: collect, inputs: [words]}
        """

    @Test func soundPipelineHasNoComplaints() throws {
        let pipeline = try Pipeline.parse(Self.sound, path: "a/b/toy.yaml", catalogue: toyCatalogue())
        #expect(pipeline.name == "toy")
        #expect(pipeline.folder == "a/b")
        #expect(pipeline.warnings.isEmpty)
        #expect(pipeline.stages.map(\.name) == ["numbers", "words", "out"])
        #expect(pipeline.stages.map(\.inputs) == [[], [0], [1]])
        // `yes` is a word, as YAML 1.2 has it.
        #expect(pipeline.stages[1].options.string("word") == "yes")
    }

    @Test func nameInTheFileCounts() throws {
        let pipeline = try Pipeline.parse("name: x\n" + Self.sound, path: "toy.yaml", catalogue: toyCatalogue())
        #expect(pipeline.name == "x")
        #expect(pipeline.folder == "")
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var replaced: String
        var by: String
        var message: String
        var testDescription: String { by }
    }

    static let stageFaults = [
        Fault(replaced: "sinks:", by: "sink:", message: "a pipeline has no \"sink\". Did you mean \"sinks\"?"),
        Fault(
            replaced: "word: yes}", by: "word: yes}\nqueues: {}",
            message: "a pipeline has no \"queues\". It has name, sources, transforms, sinks, tests"),
        Fault(
            replaced: "type: count", by: "type: counter",
            message: "\"counter\" is no type of source. Did you mean \"count\"?"),
        Fault(
            replaced: "type: count", by: "type: radio",
            message: "\"radio\" is no type of source. A source is one of audio_file, count, microphone"),
        Fault(
            replaced: "type: count", by: "type: scale",
            message: "\"scale\" is a transform. Move \"numbers\" to \"transforms\""),
        Fault(replaced: "{type: count}", by: "{end: 5}", message: "stage \"numbers\" needs a \"type\""),
        Fault(replaced: "{type: count}", by: "", message: "stage \"numbers\" is a map with a \"type\", found nothing"),
        Fault(
            replaced: "{type: count}", by: "count",
            message: "stage \"numbers\" is a map with a \"type\", found \"count\""),
        Fault(replaced: "type: count", by: "type: [count]", message: "\"type\" is a word, found a list"),
        Fault(
            replaced: "numbers: {", by: "num.bers: {",
            message: "the name of a stage is 1 to 64 letters, digits, _ or -, found \"num.bers\""),
        Fault(
            replaced: "type: count", by: "type: count, block: 0",
            message: "\"block\" expects a whole number from 1 to 1000, found 0"),
        Fault(
            replaced: "type: count", by: "type: count, block: ten",
            message: "\"block\" expects a whole number from 1 to 1000, found \"ten\""),
        Fault(
            replaced: "type: count", by: "type: count, block: 1.5",
            message: "\"block\" expects a whole number from 1 to 1000, found 1.5"),
        Fault(
            replaced: "type: count", by: "type: count, block: '10'",
            message: "\"block\" expects a whole number from 1 to 1000, found \"10\""),
        Fault(
            replaced: "type: count", by: "type: count, block: ~",
            message: "\"block\" has no value. It expects a whole number from 1 to 1000"),
        Fault(
            replaced: "word: yes", by: "word: yes, threshold: .nan",
            message: "\"threshold\" expects a number from 0.0 to 1.0, found nan"),
        Fault(
            replaced: "type: count", by: "type: count, length: 3",
            message: "\"numbers\" (count) has no option \"length\". It has end, block, fails_at, rate_hz"),
        Fault(
            replaced: "type: collect", by: "type: collect, a_b: 3",
            message: "\"out\" (collect) has no option \"a_b\". It has no options"),
        Fault(replaced: ", word: yes", by: "", message: "\"words\" (spot) needs \"word\": What to call them."),
        Fault(
            replaced: "words: {type: spot, inputs: [numbers], word: yes}",
            by: "words: {type: spot, inputs: [numbers], word: yes}\n  numbers: {type: pass, inputs: [words]}",
            message: "the name \"numbers\" is used twice, first in line 2"),
        Fault(
            replaced: "numbers: {type: count}", by: "numbers: {type: count}\n  numbers: {type: count}",
            message: "\"numbers\" is given twice"),
        Fault(replaced: "type: count", by: "type: count, end: 1, end: 2", message: "\"end\" is given twice"),
    ]

    @Test(arguments: stageFaults) func stageFault(_ fault: Fault) {
        let text = Self.sound.replacing(fault.replaced, with: fault.by)
        #expect(text != Self.sound)
        #expect(messages(about: text).contains(fault.message))
    }

    static let edgeFaults = [
        Fault(
            replaced: "type: count", by: "type: count, inputs: [words]",
            message: "\"numbers\" is a source and reads no other stage"),
        Fault(replaced: ", inputs: [words]", by: "", message: "\"out\" needs \"inputs\": the stages it reads"),
        Fault(
            replaced: "inputs: [words]", by: "inputs: []", message: "\"out\" reads nothing; name a stage in \"inputs\""),
        Fault(replaced: "inputs: [words]", by: "inputs: [words, words]", message: "\"out\" reads \"words\" twice"),
        Fault(replaced: "inputs: [words]", by: "inputs: [{a: 1}]", message: "\"inputs\" is a word, found a map"),
        Fault(
            replaced: "inputs: [words]", by: "inputs: [wrods]",
            message: "stage \"out\" reads \"wrods\", which is not defined. Did you mean \"words\"?"),
        Fault(
            replaced: "inputs: [words]", by: "inputs: [elephant]",
            message: "stage \"out\" reads \"elephant\", which is not defined"),
        Fault(
            replaced: "inputs: [words]", by: "inputs: [words]}\n  more: {type: collect, inputs: [out]",
            message: "\"more\" reads \"out\", which is a sink and gives nothing"),
        Fault(
            replaced: "inputs: [words]", by: "inputs: [numbers]",
            message: "\"numbers\" gives audio, but \"out\" takes records"),
        Fault(
            replaced: "inputs: [numbers]", by: "inputs: [words]",
            message: "stages read each other in a circle: words <- words"),
        Fault(
            replaced: "word: yes}",
            by:
                "word: yes}\n  a: {type: pass, inputs: [b]}\n  b: {type: pass, inputs: [c]}\n  c: {type: pass, inputs: [a]}",
            message: "stages read each other in a circle: a <- b <- c <- a"),
        Fault(
            replaced: "word: yes}",
            by: "word: yes}\n  d: {type: scale, inputs: [numbers]}\n  e: {type: scale, inputs: [d, numbers]}",
            message: "\"e\" takes audio and reads 2 stages, but only records of several stages can be merged"),
    ]

    @Test(arguments: edgeFaults) func edgeFault(_ fault: Fault) {
        let text = Self.sound.replacing(fault.replaced, with: fault.by)
        #expect(text != Self.sound)
        #expect(messages(about: text).contains(fault.message))
    }

    @Test func oneWordMayStandForAListOfInputs() {
        #expect(messages(about: Self.sound.replacing("[words]", with: "words")).isEmpty)
    }

    @Test func sourcesAndSinksAreNeeded() {
        #expect(
            messages(about: "name: x") == [
                "a pipeline needs \"sources\" with at least one stage: nothing comes in",
                "a pipeline needs \"sinks\" with at least one stage: nothing comes out",
            ])
        #expect(messages(about: "sources: 5\nsinks:").first == "\"sources\" holds named stages, found \"5\"")
    }

    @Test func unreadStageIsAWarning() throws {
        let text = Self.sound.replacing("{type: count}", with: "{type: count}\n  idle: {type: count}")
        let pipeline = try Pipeline.parse(text, path: "toy.yaml", catalogue: toyCatalogue())
        #expect(
            pipeline.warnings.map(\.description) == [
                "toy.yaml:3:3: warning: nothing reads \"idle\"\n  idle: {type: count}\n  ^"
            ])
    }

    @Test func mostStages() {
        let many = (0...1_000).map { "  s\($0): {type: count}\n" }.joined()
        #expect(
            messages(about: "sources:\n\(many)sinks:\n") == [
                "1001 stages are more than the 1000 that a pipeline may have"
            ])
    }

    @Test func mostComplaints() throws {
        let many = (0..<500).map { "  s\($0): {type: cuont}\n" }.joined()
        let error = try #require(throws: PipelineErrors.self) {
            try Pipeline.parse("sources:\n\(many)", path: "toy.yaml", catalogue: toyCatalogue())
        }
        #expect(error.diagnostics.count == 101)
        #expect(error.diagnostics.last?.message == "too many complaints; only the first 100 are shown")
    }

    /// A near miss costs a search among all names; 100,000 of them would take minutes.
    @Test(.timeLimit(.minutes(1))) func nearMissesAreOnlyLookedForWhileThereIsRoomForThem() {
        let unknown = (0..<100).map { "u\($0)" }.joined(separator: ", ")
        let many = (0..<990).map { "  stage_\($0): {type: pass, inputs: [\(unknown)]}\n" }.joined()
        #expect(messages(about: "transforms:\n\(many)").count == 101)
    }

    @Test func messagesCannotCommandATerminal() {
        let text = Self.sound.replacing("type: count", with: #"type: count, block: "\e[31m""#)
        #expect(
            messages(about: text) == ["\"block\" expects a whole number from 1 to 1000, found \"\u{FFFD}[31m\""])
    }
}
