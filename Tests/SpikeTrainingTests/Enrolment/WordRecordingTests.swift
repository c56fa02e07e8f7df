import SpikeSignals
import Testing

@testable import SpikeTraining

/// What is taken for a recording of a word, and what is refused.
@Suite("A recording of a word") struct WordRecordingTests {
    /// `seconds` of faint noise with a tone of `amplitude` in `tone` (seconds).
    static func samples(
        _ tone: ClosedRange<Double>?, amplitude: Double = 6_000, seconds: Double = 2, noise: Float = 10
    ) -> [Int16] {
        var generator = SeededGenerator(3)
        return (0..<Int(seconds * 16_000)).map { index in
            let time = Double(index) / 16_000
            let value = tone.map { $0.contains(time) ? amplitude * Sine.value(time * 440) : 0 } ?? 0
            return Int16(min(max(value + Double(generator.uniform(-noise...noise)), -32_768), 32_767))
        }
    }

    static func complaint(_ samples: [Int16]) -> String? {
        do throws(SpikelineError) {
            _ = try WordRecording(name: "w.wav", samples: samples, sampleRate: 16_000)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("the word is found where it is")
    func found() throws {
        let word = try WordRecording(name: "w", samples: Self.samples(0.7...1.2), sampleRate: 16_000)
        #expect(abs(word.spoken.lowerBound - 11_200) <= 160 && abs(word.spoken.upperBound - 19_200) <= 160)
        #expect(word.cut(sampleRate: 16_000).count == word.spoken.count + 2 * 960)
    }

    @Test("each fault is named, and borders are kept")
    func faults() throws {
        #expect(Self.complaint([])?.contains("found silence") == true)
        #expect(Self.complaint(Array(repeating: 0, count: 32_000))?.contains("w.wav: expected a spoken word") == true)
        #expect(Self.complaint(Self.samples(nil, noise: 3_000))?.contains("stands out by 12 dB or more") == true)
        #expect(Self.complaint(Self.samples(0.2...0.25))?.contains("0.12 to 2.0 s, found sound of 0.0") == true)
        #expect(Self.complaint(Self.samples(0.2...2.4, seconds: 3))?.contains("found sound of 2.2") == true)
        let clipped = try #require(Self.complaint(Self.samples(0.5...1, amplitude: 60_000)))
        #expect(clipped.contains("the word is clipped") && clipped.contains("at a lower level"))
        #expect(Self.complaint(Self.samples(0.5...1, amplitude: 32_000)) == nil)
        #expect(Self.complaint(Self.samples(0.2...2.15, seconds: 3)) == nil)
    }

    @Test("whatever the samples are, there is a word inside them or a complaint", arguments: 0..<40)
    func anySamples(seed: UInt64) throws {
        var generator = SeededGenerator(seed, 77)
        let count = generator.index(below: 3) == 0 ? generator.index(below: 400) : generator.index(below: 40_000)
        var level = 0
        let samples = (0..<count).map { _ -> Int16 in
            if generator.index(below: 500) == 0 { level = 1 << generator.index(below: 16) }
            return Int16(clamping: generator.index(below: 2 * level + 1) - level)
        }
        if let word = try? WordRecording(name: "w", samples: samples, sampleRate: 16_000) {
            #expect(word.spoken.lowerBound >= 0 && word.spoken.upperBound <= count && !word.spoken.isEmpty)
            let copies = WordCopies(sampleRate: 16_000, seed: seed, background: [samples, []])
            let copy = copies.copy(generator.index(below: 10), of: word, number: 0)
            #expect(copy.wordEnd < copy.samples.count && copy.samples.allSatisfy { abs($0) <= 1 << 23 })
        }
    }

    @Test("copies differ from each other, keep to their seed, and do not clip")
    func copies() throws {
        let word = try WordRecording(name: "w", samples: Self.samples(0.7...1.2), sampleRate: 16_000)
        let copies = WordCopies(sampleRate: 16_000, seed: 5, background: [Self.samples(0...2)])
        let all = (0..<10).map { copies.copy($0, of: word, number: 0).samples }
        #expect(Set(all).count == 10)
        #expect(copies.copy(4, of: word, number: 0).samples == all[4])
        #expect(copies.copy(4, of: word, number: 1).samples != all[4])
        for samples in all {
            #expect(samples.allSatisfy { abs($0) < 1 << 23 } && samples.contains { abs($0) > 1 << 17 })
        }
    }
}
