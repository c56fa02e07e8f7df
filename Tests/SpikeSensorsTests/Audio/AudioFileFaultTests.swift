import Glibc
import SpikeSignals
import Testing

@testable import SpikeSensors

/// Files that cannot be played, each committed on purpose, with the whole text of the message.
struct AudioFileFaultTests {
    let folder = TemporaryFolder()

    private func complaint(_ path: String, _ parameters: AudioFileSource.Parameters = .init()) -> String {
        message { _ = try drain(AudioFileSource(path: path, parameters: parameters)) }
            .replacing(folder.path + "/", with: "")
    }

    @Test func missing() {
        #expect(complaint(folder.path + "/no.wav") == "no.wav: there is no such file. Check the path")
    }

    @Test func empty() {
        let path = folder.write([], to: "a.wav")
        #expect(complaint(path) == "a.wav: expected a sound file, found nothing (0 bytes). Copy or record it again")
    }

    @Test func directory() {
        #expect(
            complaint(folder.path).hasSuffix(": expected a sound file, found a folder. Name one of the files in it"))
    }

    @Test func device() {
        #expect(
            complaint("/dev/zero")
                == "/dev/zero: expected a sound file, found a device. Give a file, or pipe one into standard input")
    }

    @Test func text() {
        let path = folder.write(Array("These are words, not sound.\n".utf8), to: "a.wav")
        #expect(
            complaint(path)
                == "a.wav: expected a sound file (WAV, FLAC, Ogg, AIFF, ...), found something else or only its beginning "
                + "(libsndfile: Format not recognised). Play it elsewhere to see whether it is whole, or convert it to WAV"
        )
    }

    @Test func headerCut() {
        let path = folder.write(Array(WAVBytes.pcm16(noise16(100)).prefix(40)), to: "a.wav")
        #expect(
            complaint(path)
                == "a.wav: expected a sound file (WAV, FLAC, Ogg, AIFF, ...), found something else or only its beginning "
                + "(libsndfile: Error in WAV file. No 'data' chunk marker). Play it elsewhere to see whether it is whole, "
                + "or convert it to WAV")
    }

    @Test func headerOnly() {
        let path = folder.write(WAVBytes.pcm16([]), to: "a.wav")
        #expect(complaint(path) == "a.wav: expected sound, found a header and 0 frames. Record it again")
    }

    @Test func unreadable() {
        #expect(
            SoundInput.refusal(code: EACCES, name: "a.wav").description
                == "a.wav: the file may not be read (permission denied). Change its owner or mode (chmod +r)")
        #expect(
            SoundInput.refusal(code: EIO, name: "a.wav").description
                == "a.wav: the file cannot be opened (Input/output error)")
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func permission() {
        let path = folder.write(WAVBytes.pcm16([1]), to: "a.wav")
        unsafe chmod(path, 0)
        #expect(complaint(path).contains("permission denied"))
    }

    @Test(arguments: [(1, "1"), (10_000_000, "10,000,000")])
    func sampleRate(rate: Int, text: String) {
        let path = folder.write(WAVBytes.pcm16(noise16(100), rate: rate), to: "a.wav")
        #expect(
            complaint(path)
                == "a.wav: expected a sample rate from 100 to 384,000 Hz, found \(text) Hz. "
                + "The header is wrong, or the file needs converting first")
    }

    @Test func zeroChannels() {
        var wav = WAVBytes.pcm16(noise16(100))
        wav[22] = 0
        let text = complaint(folder.write(wav, to: "a.wav"))
        #expect(text.hasPrefix("a.wav: expected "), "\(text)")
    }

    @Test func channelThatDoesNotExist() {
        let path = folder.write(WAVBytes.pcm16(noise16(100), channels: 2), to: "a.wav")
        var parameters = AudioFileSource.Parameters()
        for index in [2, -1, .max, .min] {
            parameters.channel = .index(index)
            #expect(
                complaint(path, parameters)
                    == "a.wav: expected a channel from 0 to 1, found \(index). "
                    + "Choose one that the file has, or \"mix\" for the mean of all")
        }
    }

    @Test func parametersOutOfRange() {
        let path = folder.write(WAVBytes.pcm16(noise16(100)), to: "a.wav")
        var parameters = AudioFileSource.Parameters()
        parameters.sampleRateHz = 0
        #expect(
            complaint(path, parameters)
                == "a.wav: \"sample_rate_hz\" expects a whole number from 100 to 384000, found 0")
        parameters.sampleRateHz = 16_000
        parameters.blockMs = 1_001
        #expect(
            complaint(path, parameters) == "a.wav: \"block_ms\" expects a whole number from 1 to 1000, found 1001")
    }

    @Test(arguments: [(Float.nan, "not a number (NaN)"), (.infinity, "infinite"), (-.infinity, "infinite")])
    func notFinite(value: Float, text: String) {
        var samples = [Float](repeating: 0.1, count: 40_000)
        samples[2 * 12_345 + 1] = value
        let path = folder.write(WAVBytes.float(samples, channels: 2), to: "a.wav")
        #expect(
            complaint(path)
                == "a.wav: expected a finite sample, found one that is \(text): sample 12,345 (0.772 s) of channel 1. "
                + "Write the file again as 16- or 24-bit PCM")
        var parameters = AudioFileSource.Parameters()
        parameters.channel = .index(0)
        #expect(complaint(path, parameters) == "no error")
    }

    @Test func tooLongForAClip() {
        let path = folder.write(WAVBytes.pcm16(noise16(32_001)), to: "a.wav")
        #expect(
            message { _ = try AudioClip(path: path, maximumSeconds: 2) }.hasSuffix(
                "a.wav: expected at most 2 s of sound, found more. Cut it into shorter pieces"))
        #expect(message { _ = try AudioClip(path: path, maximumSeconds: 3) } == "no error")
    }

    @Test("Descriptors are given back after each kind of failure")
    func descriptors() {
        let text = folder.write(Array("no sound".utf8), to: "a.wav")
        let rate = folder.write(WAVBytes.pcm16([1], rate: 1), to: "b.wav")
        for _ in 0..<2_000 {
            for path in [text, rate, folder.path, folder.path + "/no.wav"] { _ = complaint(path) }
        }
        let next = dup(0)
        close(next)
        #expect(next < 1_000)
    }
}
