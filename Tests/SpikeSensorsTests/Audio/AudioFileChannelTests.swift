import SpikeSensors
import SpikeSignals
import Testing

/// All channels side by side, at the rate of the file, down to 100 Hz.
struct AudioFileChannelTests {
    let folder = TemporaryFolder()

    private func parameters(_ channel: AudioChannel, _ rate: Int?) -> AudioFileSource.Parameters {
        var parameters = AudioFileSource.Parameters()
        (parameters.channel, parameters.sampleRateHz) = (channel, rate)
        return parameters
    }

    private func complaint(_ path: String, _ parameters: AudioFileSource.Parameters) -> String {
        message { _ = try AudioFileSource(path: path, parameters: parameters) }
            .replacing(folder.path + "/", with: "")
    }

    @Test(
        "all channels come bit-exactly, whole frames in every block", arguments: [1, 3, 8], [100, 200, 12_000, 50_000])
    func all(channels: Int, rate: Int) throws {
        let samples = noise16(channels * 1_234)
        let path = folder.write(WAVBytes.pcm16(samples, channels: channels, rate: rate), to: "a.wav")
        let source = try AudioFileSource(path: path, parameters: parameters(.all, nil))
        #expect(source.channels == channels && source.sampleRate == rate)
        let block = AudioBatch()
        var (seen, frames): ([Int32], Int64) = ([], 0)
        while try source.read(into: block) {
            #expect(block.channels == channels && block.sampleRate == rate && block.firstSample == frames)
            #expect(block.count == block.frames * channels)
            #expect(block.frames == min(rate / 10, 1_234 - Int(frames)))
            frames += Int64(block.frames)
            #expect(block.upTo == StreamTime(sample: frames, rate: rate))
            seen += block.samples
            block.removeAll()
        }
        #expect(seen == samples.map { Int32($0) << 8 } && source.samplesDelivered == 1_234)
    }

    @Test("one channel and the mean of all come at the rate of the file too") func mono() throws {
        let path = folder.write(WAVBytes.pcm16([10, 20, 30, -10, -20, -30], channels: 3, rate: 200), to: "a.wav")
        let one = try AudioFileSource(path: path, parameters: parameters(.index(2), nil))
        #expect(one.channels == 1 && one.sampleRate == 200)
        #expect(try drain(one).samples == [30 << 8, -30 << 8])
        #expect(
            try drain(AudioFileSource(path: path, parameters: parameters(.mix, nil))).samples == [20 << 8, -20 << 8])
    }

    @Test("several channels are not resampled, one is") func resampled() throws {
        let path = folder.write(WAVBytes.pcm16(noise16(3_000), channels: 3, rate: 200), to: "a.wav")
        #expect(
            complaint(path, parameters(.all, 400))
                == "a.wav: expected a file at 400 Hz, found one at 200 Hz; several channels are not resampled. "
                + "Set sample_rate_hz: native, or choose one channel")
        #expect(complaint(path, parameters(.all, 200)) == "no error" || complaint(path, parameters(.all, 200)).isEmpty)
        let one = try drain(AudioFileSource(path: path, parameters: parameters(.index(0), 400)))
        #expect(abs(one.samples.count - 2_000) < 50)
        let mono = folder.write(WAVBytes.pcm16(noise16(1_000), rate: 200), to: "b.wav")
        let all = try AudioFileSource(path: mono, parameters: parameters(.all, 100))
        #expect(all.channels == 1 && all.sampleRate == 100)
        #expect(abs(try drain(all).samples.count - 500) < 20)
    }

    @Test("a rate too far from that of the file is refused") func factor() {
        let path = folder.write(WAVBytes.pcm16(noise16(1_000), rate: 200), to: "a.wav")
        #expect(
            complaint(path, parameters(.mix, 51_201))
                == "a.wav: expected a rate within a factor of 256 of the file's 200 Hz, found 51,201 Hz. "
                + "Set sample_rate_hz: native")
        #expect(
            complaint(path, parameters(.mix, 99))
                == "a.wav: \"sample_rate_hz\" expects a whole number from 100 to 384000, found 99")
    }

    @Test("the lowest rate is 100 Hz", arguments: [99, 100]) func lowest(rate: Int) throws {
        let path = folder.write(WAVBytes.pcm16(noise16(1_000), rate: rate), to: "a.wav")
        if rate < 100 {
            #expect(complaint(path, parameters(.mix, nil)).contains("from 100 to 384,000 Hz, found 99 Hz"))
        } else {
            #expect(try drain(AudioFileSource(path: path, parameters: parameters(.mix, nil))).samples.count == 1_000)
        }
    }

    @Test("a sample that is no number is named with its frame and channel") func notFinite() throws {
        var values = [Float](repeating: 0.25, count: 300)
        values[3 * 70 + 1] = .nan
        let path = folder.write(WAVBytes.float(values, channels: 3, rate: 200), to: "a.wav")
        let source = try AudioFileSource(path: path, parameters: parameters(.all, nil))
        let text = message { _ = try drain(source) }
        #expect(text.contains("not a number (NaN): sample 70 (0.350 s) of channel 1"), "\(text)")
    }

    @Test("the options of a pipeline say the same") func options() throws {
        folder.write(WAVBytes.pcm16(noise16(600), channels: 3, rate: 200), to: "a.wav")
        let context = StageContext(pipeline: "test", stage: "shaker", folder: folder.path)
        let options = Options([
            "path": .string("a.wav"), "channel": .string("all"), "sample_rate_hz": .string("native"),
        ])
        let specs = Dictionary(uniqueKeysWithValues: AudioFileSource.descriptor.options.map { ($0.name, $0) })
        #expect(specs["channel"]?.complaint(about: .string("all")) == nil)
        #expect(specs["sample_rate_hz"]?.complaint(about: .string("native")) == nil)
        #expect(specs["sample_rate_hz"]?.complaint(about: .string("natural")) != nil)
        #expect(specs["sample_rate_hz"]?.complaint(about: .integer(99)) != nil)
        guard case .source(let source) = try AudioFileSource.descriptor.make(options, context) else {
            Issue.record("not a source")
            return
        }
        let block = AudioBatch()
        #expect(try source.read(block))
        #expect(block.channels == 3 && block.sampleRate == 200 && block.frames == 20)
        #expect("\(AudioChannel.all)" == "all")
    }
}
