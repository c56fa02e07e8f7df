import SpikePipeline
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Capture through ALSA itself, from devices that give the samples of a file.
@Suite struct ALSAFileTests {
    init() { _ = SoundDevices.areSetUp }

    private func bytes(_ values: [Int16]) -> [UInt8] {
        values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    private func noise(_ count: Int) -> [Int16] {
        var dice = Dice(state: 11)
        return (0..<count).map { _ in Int16(dice.pick(-32_768...32_767)) }
    }

    /// All blocks of a source; each must go on from the one before.
    private func read(_ source: ALSASource) throws -> [Int32] {
        let block = AudioBatch()
        var samples: [Int32] = []
        while try source.read(into: block) {
            #expect(block.firstSample == Int64(samples.count))
            #expect(block.upTo == StreamTime(sample: Int64(samples.count + block.count), rate: block.sampleRate))
            samples += block.samples
            block.removeAll()
        }
        return samples
    }

    private func parameters(_ samples: Int, rate: Int = 16_000) -> ALSASource.Parameters {
        var parameters = ALSASource.Parameters()
        parameters.sampleRateHz = rate
        parameters.stopAfterSeconds = Double(samples) / Double(rate)
        return parameters
    }

    @Test(arguments: [1, 20, 73, 1_000]) func everySampleComesThroughExactly(periodMs: Int) throws {
        let folder = TemporaryFolder()
        let values = noise(31_832)
        let path = folder.write(bytes(values), to: "sound.raw")
        var parameters = parameters(values.count)
        parameters.periodMs = periodMs
        let source = try ALSASource(device: "raw:" + path, parameters: parameters)
        #expect(source.setup == CaptureSetup(format: .s16, channels: 1, rate: 16_000))
        #expect(try read(source) == values.map { Int32($0) << 8 })
        #expect(source.faults.take() == [])
        #expect(source.counters.counts.first { $0.name == "device_rate_hz" }?.value == 16_000)
    }

    @Test(arguments: CaptureFormat.allCases) func everyFormatOfADeviceIsUnderstood(format: CaptureFormat) throws {
        let folder = TemporaryFolder()
        let values = noise(4_000).map { Int32($0) << 8 }
        let bytes: [UInt8] = values.flatMap { value -> [UInt8] in
            let word: UInt32 =
                switch format {
                case .s16: UInt32(bitPattern: value >> 8)
                case .s24, .packed24: UInt32(bitPattern: value)
                case .s32: UInt32(bitPattern: value << 8)
                case .float: (Float(value) / 0x1p23).bitPattern
                }
            return (0..<format.width).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        var parameters = parameters(values.count)
        parameters.formats = [format]
        let path = folder.write(bytes, to: "sound.raw")
        let source = try ALSASource(device: "raw:" + path, parameters: parameters)
        #expect(source.setup?.format == format)
        #expect(try read(source) == values)
    }

    @Test func aChannelIsChosen() throws {
        let folder = TemporaryFolder()
        let values = noise(8_000)
        let path = folder.write(bytes(values), to: "stereo.raw")
        for index in 0...1 {
            var parameters = parameters(4_000)
            parameters.channel = .index(index)
            let source = try ALSASource(device: "raw:" + path, parameters: parameters)
            #expect(source.setup?.channels == 2)
            let wanted = stride(from: index, to: values.count, by: 2).map { Int32(values[$0]) << 8 }
            #expect(try read(source) == wanted)
        }
    }

    /// What comes is what a file of the same sound gives, which is resampled by the same arithmetic.
    @Test(arguments: [0, 1]) func aDeviceOf48kHzIsResampled(index: Int) throws {
        let folder = TemporaryFolder()
        let values = noise(96_000)
        var parameters = parameters(15_000)
        parameters.channel = .index(index)
        let source = try ALSASource(
            device: "rate48:" + folder.write(bytes(values), to: "stereo.raw"), parameters: parameters)
        #expect(source.setup == CaptureSetup(format: .s16, channels: 2, rate: 48_000))
        let heard = try read(source)
        let wav = folder.file("stereo.wav")
        #expect(Encoder.write(values, as: "wav", to: wav, channels: 2, rate: 48_000))
        let clip = try AudioClip(path: wav, channel: .index(index))
        #expect(heard.count == 15_000)
        #expect(heard == Array(clip.samples.prefix(heard.count)))
    }

    @Test func aDeviceOfTwoChannelsIsMixed() throws {
        let folder = TemporaryFolder()
        let values = noise(16_000)
        let path = folder.write(bytes(values), to: "stereo.raw")
        let source = try ALSASource(device: "stereo:" + path, parameters: parameters(8_000))
        #expect(source.setup == CaptureSetup(format: .s16, channels: 2, rate: 16_000))
        let sums = (0..<8_000).map { Int32(values[2 * $0]) + Int32(values[2 * $0 + 1]) }
        #expect(try read(source) == sums.map { $0 << 7 })
    }

    @Test(arguments: [
        (
            "nonsense",
            "nonsense: there is no such capture device (No such file or directory). \"spikeline devices\" lists"
        ),
        ("hw:7", "hw:7: there is no such capture device"),
    ]) func aDeviceThatThereIsNotIsAnErrorOfInput(name: String, complaint: String) {
        #expect {
            try ALSASource(device: name)
        } throws: { error in
            "\(error)".contains(complaint) && (error as? SpikelineError)?.cause == .input
        }
    }

    @Test func aChannelThatTheDeviceLacksIsRefused() throws {
        let folder = TemporaryFolder()
        let path = folder.write(bytes(noise(100)), to: "stereo.raw")
        var parameters = ALSASource.Parameters()
        parameters.channel = .index(5)
        #expect {
            try ALSASource(device: "stereo:" + path, parameters: parameters)
        } throws: {
            "\($0)".contains("expected a device with a channel 5, found one without")
        }
    }

    @Test func devicesAreListed() {
        let all = CaptureDeviceEntry.all()
        #expect(
            all.contains { $0.name == "quiet" && $0.description == "A microphone that hears nothing" }, "\(all)")
    }
}
