import Glibc
import SpikeSignals
import Testing

@testable import SpikeSensors

/// Recordings that are cut off or damaged inside: what comes before the damage is delivered, then the policy decides.
struct AudioFileDamageTests {
    let folder = TemporaryFolder()
    private let hint = "Copy or record it again, or set when_damaged: keep to use what comes before"

    /// What a source delivers before it stops, its error if it throws one, and the damage it tells of.
    private func play(_ path: String, _ policy: DamagePolicy) throws -> (
        samples: [Int32], error: String, damage: String
    ) {
        var parameters = AudioFileSource.Parameters()
        parameters.whenDamaged = policy
        let source = try AudioFileSource(path: path, parameters: parameters)
        let block = AudioBatch()
        var samples: [Int32] = []
        let error = message {
            while try source.read(into: block) {
                samples += block.samples
                block.removeAll()
            }
        }
        return (samples, strip(error), strip(source.damage?.description ?? "none"))
    }

    private func strip(_ text: String) -> String { text.replacing(folder.path + "/", with: "") }

    private func cut(_ format: String, _ samples: [Int16], keep share: Double) throws -> String {
        let whole = folder.file("whole." + format)
        try #require(Encoder.write(samples, as: format, to: whole))
        let bytes = TemporaryFolder.bytes(of: whole)
        return folder.write(Array(bytes.prefix(Int(Double(bytes.count) * share))), to: "cut." + format)
    }

    @Test func flacCut() throws {
        let samples = noise16(40_000)
        let path = try cut("flac", samples, keep: 0.5)
        let expected =
            "cut.flac: expected 40,000 frames, found 16,384 (1.024 s); the rest is cut off or damaged "
            + "(libsndfile: Error : flac decoder lost sync.). " + hint
        let strict = try play(path, .error)
        #expect(strict.samples == samples.prefix(16_384).map { Int32($0) << 8 })
        #expect(strict.error == expected)
        let lenient = try play(path, .keep)
        #expect(lenient.samples == strict.samples)
        #expect(lenient.error == "no error")
        #expect(lenient.damage == expected)
        let clip = try AudioClip(path: path, whenDamaged: .keep)
        #expect(clip.samples == strict.samples)
        #expect(strip(clip.damage?.description ?? "") == expected)
    }

    @Test("A FLAC that does not say how long it is (written to a pipe), whole and cut off")
    func flacWithoutLength() throws {
        let whole = folder.file("whole.flac")
        let samples = noise16(40_000)
        try #require(Encoder.write(samples, as: "flac", to: whole))
        var bytes = TemporaryFolder.bytes(of: whole)
        // STREAMINFO begins at byte 8; its 36 bits from byte 13 and a half on are the total samples.
        bytes[21] &= 0xF0
        bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
        let played = try play(folder.write(bytes, to: "piped.flac"), .error)
        #expect(played.samples == samples.map { Int32($0) << 8 })
        #expect(played.error == "no error")
        let cut = try play(folder.write(Array(bytes.prefix(bytes.count * 2 / 3)), to: "cut.flac"), .error)
        #expect(
            cut.error
                == "cut.flac: expected more frames, found \(cut.samples.count.grouped) (1.536 s); the rest is cut off or "
                + "damaged (libsndfile: Error : flac decoder lost sync.). " + hint)
    }

    @Test func flacDamagedInside() throws {
        let whole = folder.file("whole.flac")
        try #require(Encoder.write(noise16(40_000), as: "flac", to: whole))
        var bytes = TemporaryFolder.bytes(of: whole)
        for index in 30_000..<30_400 { bytes[index] ^= 0x55 }
        let played = try play(folder.write(bytes, to: "bad.flac"), .error)
        #expect(played.samples.count < 40_000)
        #expect(played.error.hasPrefix("bad.flac: expected 40,000 frames, found "))
    }

    @Test func flacWithBytesBehind() throws {
        let whole = folder.file("whole.flac")
        let samples = noise16(10_000)
        try #require(Encoder.write(samples, as: "flac", to: whole))
        let path = folder.write(TemporaryFolder.bytes(of: whole) + Array("ID3 tag or other".utf8), to: "more.flac")
        let played = try play(path, .error)
        #expect(played.samples == samples.map { Int32($0) << 8 })
        #expect(played.error == "no error")
    }

    @Test func wavCut() throws {
        let path = folder.write(Array(WAVBytes.pcm16(noise16(48_000)).prefix(20_000)), to: "cut.wav")
        let played = try play(path, .error)
        #expect(played.samples.count == 9_978)
        #expect(
            played.error == "cut.wav: expected 96,000 bytes of samples, found 19,956; the rest is cut off. " + hint)
    }

    @Test func aiffCut() throws {
        let played = try play(try cut("aiff", noise16(48_000), keep: 0.5), .error)
        #expect(played.error.hasSuffix("; the rest is cut off. " + hint), "\(played.error)")
        #expect(abs(played.samples.count - 24_000) < 100)
    }

    @Test func oggCut() throws {
        let played = try play(try cut("ogg", noise16(160_000), keep: 0.5), .error)
        #expect(played.samples.count > 16_000)
        #expect(played.error == "cut.ogg: the Ogg stream stops without its last page; the rest is cut off. " + hint)
    }

    @Test(
        "The lengths that programs write to a pipe are no damage",
        arguments: [[0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0xF0, 0xFF, 0x7F]] as [[UInt8]])
    func streamedWAV(length: [UInt8]) throws {
        var bytes = WAVBytes.pcm16(noise16(8_000))
        bytes.replaceSubrange(40..<44, with: length)
        let played = try play(folder.write(bytes, to: "piped.wav"), .error)
        #expect(played.samples.count == 8_000)
        #expect(played.error == "no error")
    }

    @Test func fileThatShrinks() throws {
        let path = folder.write(WAVBytes.pcm16(noise16(160_000)), to: "a.wav")
        let source = try AudioFileSource(path: path)
        let block = AudioBatch()
        #expect(try source.read(into: block))
        unsafe truncate(path, 100_000)
        let text = message { while try source.read(into: block) { block.removeAll() } }
        #expect(strip(text).hasPrefix("a.wav: expected 160,000 frames, found "), "\(text)")
        #expect(text.hasSuffix("; the rest is cut off or damaged. " + hint))
    }

    @Test func logLines() {
        #expect(SoundFileLog.shortened(in: "fmt : 16\ndata : 96000 (should be 19956)\nEnd")?.declared == 96_000)
        #expect(SoundFileLog.shortened(in: " SSND : 96000 (should be 19956)")?.present == 19_956)
        #expect(SoundFileLog.shortened(in: "RIFF : 96036 (should be 19992)\ndata : 96000") == nil)
        #expect(SoundFileLog.shortened(in: "data : 4294967295 (should be 10)") == nil)
        #expect(SoundFileLog.shortened(in: "data : 99999999999999999999 (should be 10)") == nil)
        #expect(SoundFileLog.shortened(in: "") == nil)
    }
}
