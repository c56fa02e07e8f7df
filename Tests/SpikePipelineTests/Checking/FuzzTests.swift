import SpikeSignals
import Testing

@testable import SpikePipeline

/// Random damage to a sound pipeline: every text is either a pipeline or a list of complaints, and nothing traps.
@Suite struct FuzzTests {
    static let seed = """
        name: fuzz
        sources:
          microphone: {type: microphone, device: "default", rate_hz: 16000}
          numbers:
            type: count
            end: 0x10
        transforms:
          ear: {type: scale, inputs: [microphone], gain: 2}      # a comment
          brain: {type: model, inputs: [ear], model: '16000-yes'}
          words: {type: spot, inputs: [brain], threshold: 0.80, every: 5}
          more:
            type: spot
            inputs: [numbers]
            word: |-
              no
        sinks:
          console: {type: collect, inputs: [words, more]}
        tests:
          - name: hears yes once
            insert:  {at: ear, file: ../SampleData/keywords.wav}
            expect:  [{from: words, word: yes, between_ms: [300, 1300]}]
            expect_nothing_else: true
        """

    static let scraps = [
        "&a ", "*a", "<<: ", "- ", "? ", ": ", "[", "]", "{", "}", "\"", "'", "|\n", ">\n", "#", "!", "!!str ", "%TAG",
        "---\n", "...\n", "\t", "\n", "\r\n", "\u{2028}", "\u{0}", "\u{FEFF}", "é", "\u{1F600}", "~", "null", "1e999",
        ".nan", "-9223372036854775809", "type: count", "inputs: [words]", "numbers", "\\x", "@", "`", ",", " ", "  ",
    ]

    static func damaged(_ text: String, by random: inout SplitMix) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...scalars.count, using: &random)
            let length = min(scalars.count - at, Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: scalars.removeSubrange(at..<(at + length))
            case 1: scalars.insert(contentsOf: (scraps.randomElement(using: &random) ?? "").unicodeScalars, at: at)
            case 2:
                scalars.insert(
                    contentsOf: scalars[at..<(at + length)], at: Int.random(in: 0...scalars.count, using: &random))
            case 3: if length > 0 { scalars[at] = scalars[Int.random(in: 0..<scalars.count, using: &random)] }
            default:
                let lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
                let line = lines.randomElement(using: &random) ?? []
                scalars.insert(contentsOf: Array(line) + ["\n"], at: at)
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func damageNeverTraps(seed: UInt64) {
        var random = SplitMix(state: seed)
        var sound = 0
        for _ in 0..<600 {
            let text = Self.damaged(Self.seed, by: &random)
            do {
                let pipeline = try Pipeline.parse(text, path: "fuzz.yaml", catalogue: toyCatalogue())
                sound += 1
                #expect(!pipeline.picture(.mermaid).isEmpty)
                for test in pipeline.tests { _ = pipeline.run(test) }
            } catch {
                #expect(error.diagnostics.contains { $0.severity == .error })
                let lines = SourceText(text, name: "").lines.count
                #expect(error.diagnostics.allSatisfy { ($0.position?.line ?? 1) <= lines + 1 })
            }
        }
        // Some damage must be harmless, or the test has tested only one thing.
        #expect(sound > 0)
        #expect(sound < 600)
    }

    @Test func theSeedIsSound() {
        #expect(messages(about: Self.seed) == [])
    }

    @Test func noiseNeverTraps() {
        var random = SplitMix(state: 99)
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...60, using: &random))
                .map { _ in Self.scraps.randomElement(using: &random) ?? "" }.joined()
            #expect(!messages(about: text).isEmpty)
        }
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        #expect(throws: PipelineErrors.self) {
            try Pipeline.load(path: "/bin/sh", catalogue: toyCatalogue())
        }
    }
}
