import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct PipelineOverridesTests {
    static let text = GuardTests.sound

    private func stages(_ overrides: PipelineOverrides, of text: String = text) throws -> [String: Pipeline.Stage] {
        let pipeline = try Pipeline.parse(text, path: "d/toy.yaml", catalogue: toyCatalogue(), overrides: overrides)
        return Dictionary(uniqueKeysWithValues: pipeline.stages.map { ($0.name, $0) })
    }

    @Test func setReplacesAndAdds() throws {
        let overrides = PipelineOverrides(settings: ["words.word=no", "words.threshold=0.5", "words.threshold=0.75"])
        let options = try stages(overrides)["words"]?.options
        #expect(options?.string("word") == "no")
        #expect(options?.number("threshold") == 0.75)
    }

    @Test(arguments: [
        ("words.treshold=1", "\"words\" (spot) has no option \"treshold\". Did you mean \"threshold\"?"),
        ("wrods.word=no", "there is no stage \"wrods\". Did you mean \"words\"?"),
        ("elephant.word=no", "there is no stage \"elephant\""),
        ("words.threshold=2", "\"threshold\" expects a number from 0.0 to 1.0, found 2"),
        ("words.threshold=", "there is no value after \"=\""),
        (
            "words.threshold=[1",
            "this is not YAML: did not find expected ',' or ']' (while parsing a flow sequence, line 1)"
        ),
        ("words.threshold", "expected STAGE.KEY=VALUE"),
        ("words=3", "expected STAGE.KEY=VALUE"),
        ("", "expected STAGE.KEY=VALUE"),
        ("words.inputs=[a]", "\"inputs\" is set in the file; only options can be set here"),
        ("words.word=&a b", "anchors (&name) are not supported. Write the value out"),
    ]) func wrongSetting(setting: String, message: String) {
        #expect(
            complaints(about: Self.text, overrides: PipelineOverrides(settings: [setting]))
                == "--set \(setting): error: \(message)")
    }

    @Test func inputReplacesThePathOfTheFileSource() throws {
        let text = Self.text.replacing("type: count", with: "type: audio_file, path: a.wav, rate_hz: 8000")
        let source = try stages(PipelineOverrides(input: "/tmp/b.wav"), of: text)["numbers"]
        #expect(source?.options.string("path") == "/tmp/b.wav")
        #expect(source?.options.integer("rate_hz") == 8_000)
        let relative = try stages(PipelineOverrides(input: "b.wav"), of: text)["numbers"]?.options.string("path")
        #expect(relative?.hasPrefix("/") == true)
        #expect(relative?.hasSuffix("/b.wav") == true)
        let standardInput = try stages(PipelineOverrides(input: "-"), of: text)["numbers"]
        #expect(standardInput?.options.string("path") == "-")
    }

    @Test func inputReplacesALiveSource() throws {
        let text = Self.text.replacing("type: count", with: "type: microphone, device: default, rate_hz: 8000")
        let source = try stages(PipelineOverrides(input: "/tmp/b.wav"), of: text)["numbers"]
        #expect(source?.descriptor.type == "audio_file")
        #expect(source?.options.values == ["path": .string("/tmp/b.wav"), "rate_hz": .integer(8_000)])
    }

    @Test func inputNeedsExactlyOneAudioSource() {
        let text = Self.text.replacing("{type: count}", with: "{type: count}\n  more: {type: count}")
        #expect(
            messages(about: text, overrides: PipelineOverrides(input: "b.wav")) == [
                "expected a pipeline with one source of sound or events, found 2"
            ])
    }
}
