import Glibc
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

/// The recording that everything is shown with: its truth file says what can be heard in it.
struct SampleDataTests {
    private struct Spoken {
        let start: Double
        let end: Double
        let word: String
        let level: Double
    }

    private let sound = SharedData.packageRoot + "/SampleData/keywords.flac"

    private func truth() throws -> [Spoken] {
        let bytes = TemporaryFolder.bytes(of: SharedData.packageRoot + "/SampleData/keywords.csv")
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "start,end,word,voice,level_db")
        return try lines.dropFirst().map { line in
            let fields = line.split(separator: ",")
            try #require(fields.count == 5)
            return Spoken(
                start: try #require(Double(fields[0])), end: try #require(Double(fields[1])), word: String(fields[2]),
                level: try #require(Double(fields[4])))
        }
    }

    /// The loudest 10 ms between two times, RMS in dB of full scale.
    private func loudest(_ samples: [Int32], from: Double, to: Double) -> Double {
        var best = 0.0
        var start = Int(from * 16_000)
        while start + 160 <= Int(to * 16_000) {
            let power = samples[start..<start + 160].reduce(0.0) { $0 + Double($1) * Double($1) } / 160
            best = max(best, power)
            start += 160
        }
        return 10 * log10(best) - 20 * log10(8_388_608)
    }

    @Test("One minute, 16 kHz, each keyword at least twice, and other words")
    func content() throws {
        let words = try truth().map(\.word)
        for word in ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"] {
            #expect(words.count { $0 == word } >= 2, "\(word)")
        }
        #expect(words.count { $0.count > 5 } >= 5)
        #expect(try AudioFileSource(path: sound).damage == nil)
        #expect(abs(try AudioClip(path: sound).samples.count - 960_000) < 16_000)
    }

    @Test("Words are heard where the truth says, at its level, with quiet around them")
    func times() throws {
        let samples = try AudioClip(path: sound).samples
        let truth = try truth()
        for (index, spoken) in truth.enumerated() {
            #expect(abs(loudest(samples, from: spoken.start, to: spoken.end) - spoken.level) < 1.5, "\(spoken)")
            let before = index == 0 ? 0 : truth[index - 1].end
            #expect(spoken.start - before > 1, "\(spoken)")
            #expect(loudest(samples, from: before + 0.01, to: spoken.start - 0.01) < -55, "before \(spoken)")
        }
    }

    @Test("One keyword is some 30 dB quieter than the others")
    func quietWord() throws {
        let levels = try truth().map(\.level)
        #expect(levels.min() ?? 0 < -40)
        #expect(levels.count { $0 < -25 } == 1)
    }
}
