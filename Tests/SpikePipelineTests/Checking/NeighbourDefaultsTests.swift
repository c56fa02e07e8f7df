import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct NeighbourDefaultsTests {
    /// `model: RATE-WORD` offers RATE to the sources and WORD to spotters.
    static func text(model: String = "8000-yes", source: String = "", words: String = "") -> String {
        """
        sources:
          file: {type: audio_file, path: a.wav\(source)}
          other: {type: count}
        transforms:
          before: {type: scale, inputs: [file]}
          brain: {type: model, inputs: [before], model: \(model)}
          after: {type: scale, inputs: [brain]}
          words: {type: spot, inputs: [after]\(words)}
          beside: {type: spot, inputs: [other], word: no}
        sinks:
          out: {type: collect, inputs: [words, beside]}
        """
    }

    private func options(_ text: String) throws -> [String: Options] {
        let pipeline = try Pipeline.parse(text, path: "toy.yaml", catalogue: toyCatalogue())
        return Dictionary(uniqueKeysWithValues: pipeline.stages.map { ($0.name, $0.options) })
    }

    @Test func reachTheWholeChainAndNoOther() throws {
        let options = try options(Self.text())
        #expect(options["file"]?.integer("rate_hz") == 8_000)
        #expect(options["words"]?.string("word") == "yes")
        #expect(options["other"]?.integer("rate_hz") == nil)
        #expect(options["beside"]?.string("word") == "no")
    }

    @Test func whatIsWrittenWins() throws {
        let options = try options(Self.text(source: ", rate_hz: 44100", words: ", word: up"))
        #expect(options["file"]?.integer("rate_hz") == 44_100)
        #expect(options["words"]?.string("word") == "up")
    }

    @Test func valueOutOfRangeIsTheGiversFault() {
        #expect(
            messages(about: Self.text(model: "0-yes")) == [
                "\"brain\" gives \"file\" an option that does not fit: \"rate_hz\" expects a whole number from 1 to 192000, found 0"
            ])
    }

    @Test func unknownOptionIsTheGiversFault() {
        #expect(
            messages(about: Self.text(model: "8000-odd", words: ", word: up")) == [
                "\"brain\" gives \"before\" the option \"colour\", which scale does not have",
                "\"brain\" gives \"after\" the option \"colour\", which scale does not have",
            ])
    }

    @Test func failureToReadTheModelIsPlacedAtTheModel() {
        #expect(
            complaints(about: Self.text(model: "missing.nir", words: ", word: up")) == """
                toy.yaml:6:49: error: missing.nir: there is no such file
                  brain: {type: model, inputs: [before], model: missing.nir}
                                                                ^
                """)
    }

    @Test func whatTheModelMightHaveGivenIsSaidSo() {
        #expect(
            messages(about: Self.text(model: "missing.nir")) == [
                "missing.nir: there is no such file",
                "\"words\" (spot) needs \"word\": What to call them. Perhaps \"brain\" gives it once that is mended",
            ])
    }

    @Test func aModelOfSomethingElseIsNamed() {
        #expect(
            messages(about: Self.text(model: "8000-other")) == [
                "\"words\" (spot) needs \"word\": What to call them. "
                    + "\"brain\" gives it to \"guess\" only: perhaps it is made for something else"
            ])
    }

    /// What no model gives is the pipeline's own omission.
    @Test func anOptionThatNobodyGivesIsNotTheModelsFault() {
        let text = Self.text(model: "8000-other", words: ", word: up").replacing(", path: a.wav", with: "")
        #expect(messages(about: text) == ["\"file\" (audio_file) needs \"path\": The file."])
    }

    static func twoBrains(source: String) -> String {
        """
        sources:
          numbers: {type: count\(source)}
        transforms:
          a: {type: model, inputs: [numbers], model: 8000-yes}
          b: {type: model, inputs: [numbers], model: 16000-yes}
        sinks:
          out: {type: keep, inputs: [a]}
          out2: {type: keep, inputs: [b]}
        """
    }

    @Test func twoThatDisagreeAreAnError() {
        #expect(
            complaints(about: Self.twoBrains(source: "")) == """
                toy.yaml:2:3: error: "rate_hz" of "numbers" would be 8000 by "a" and 16000 by "b". \
                Write it in "numbers" to settle it
                  numbers: {type: count}
                  ^
                """)
        #expect(messages(about: Self.twoBrains(source: ", rate_hz: 11025")).isEmpty)
    }

    @Test func requiredOptionMayComeFromANeighbour() {
        let text = Self.text().replacing("inputs: [after]", with: "inputs: [before]")
        #expect(messages(about: text) == ["\"words\" (spot) needs \"word\": What to call them."])
    }
}
