import Glibc
import SpikeSensors
import SpikeSignals
import Testing

/// What an undamaged file delivers.
struct AudioFileSourceTests {
    let folder = TemporaryFolder()

    @Test("16-bit PCM at the wanted rate comes through bit-exactly as sample << 8")
    func pcm16() throws {
        let samples: [Int16] = [0, 1, -1, 127, -128, 32_767, -32_768] + noise16(5_000)
        let path = folder.write(WAVBytes.pcm16(samples), to: "a.wav")
        #expect(try drain(AudioFileSource(path: path)).samples == samples.map { Int32($0) << 8 })
        #expect(try AudioClip(path: path).pcm16 == samples)
    }

    @Test("24-bit PCM comes through bit-exactly")
    func pcm24() throws {
        let samples: [Int32] = [0, 1, -1, 8_388_607, -8_388_608, 1_234_567, -7_654_321]
        let path = folder.write(WAVBytes.pcm24(samples), to: "a.wav")
        #expect(try AudioClip(path: path).samples == samples)
    }

    @Test("Floats are rounded to nearest and clipped at full scale, and the clipped ones are counted")
    func floats() throws {
        let unit = Float(1) / 8_388_608
        let values: [Float] = [
            0, unit, 0.5 * unit, 0.49 * unit, -0.5 * unit, 1, -1, 1.5, -3e38, .leastNonzeroMagnitude,
        ]
        let source = try AudioFileSource(path: folder.write(WAVBytes.float(values), to: "a.wav"))
        let full = AudioBatch.fullScale
        #expect(try drain(source).samples == [0, 1, 1, 0, -1, full, -full, full, -full, 0])
        #expect(source.clippedSamples == 2)
    }

    @Test(
        "Lossless formats deliver the samples that were written",
        arguments: ["flac", "aiff", "au", "caf", "w64", "rf64", "nist"])
    func lossless(format: String) throws {
        let samples = noise16(10_000)
        let path = folder.file("a." + format)
        try #require(Encoder.write(samples, as: format, to: path))
        #expect(try AudioClip(path: path).pcm16 == samples)
    }

    @Test("Lossy formats deliver about the samples that were written", arguments: ["ogg", "opus", "mp3"])
    func lossy(format: String) throws {
        let tone = sine(500, rate: 16_000, count: 16_000).map { Int16($0 * 32_768) }
        let path = folder.file("a." + format)
        try #require(Encoder.write(tone, as: format, to: path))
        let read = try AudioClip(path: path).pcm16
        #expect(abs(read.count - tone.count) < 2_000)
        let power = read.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(read.count)
        #expect(abs(power.squareRoot() - 0.5 * 32_768 / 2.0.squareRoot()) < 1_200)
    }

    @Test("One channel is chosen, or the mean of all is taken")
    func channels() throws {
        let left = noise16(3_000, seed: 2)
        let right = noise16(3_000, seed: 3)
        let both = zip(left, right).flatMap { [$0, $1] }
        let path = folder.write(WAVBytes.pcm16(both, channels: 2), to: "a.wav")
        #expect(try AudioClip(path: path, channel: .index(0)).pcm16 == left)
        #expect(try AudioClip(path: path, channel: .index(1)).pcm16 == right)
        let mean = zip(left, right).map { (Int32($0) + Int32($1)) << 7 }
        #expect(try AudioClip(path: path).samples == mean)
    }

    @Test("A file of 1,024 channels is read with the memory of a mono file")
    func manyChannels() throws {
        let samples = noise16(1_024 * 20)
        let path = folder.write(WAVBytes.pcm16(samples, channels: 1_024), to: "a.wav")
        #expect(try AudioClip(path: path, channel: .index(1_023)).pcm16 == (1...20).map { samples[$0 * 1_024 - 1] })
    }

    @Test("Blocks have the wanted length, the last one the rest, and a clock without gaps")
    func blocks() throws {
        let path = folder.write(WAVBytes.pcm16(noise16(4_000)), to: "a.wav")
        let source = try AudioFileSource(path: path)
        let block = AudioBatch()
        var starts: [Int64] = []
        var times: [Int64] = []
        while try source.read(into: block) {
            starts.append(block.firstSample)
            times.append(block.upTo.nanoseconds)
            block.removeAll()
        }
        #expect(starts == [0, 1_600, 3_200])
        #expect(times == [100_000_000, 200_000_000, 250_000_000])
        #expect(source.samplesDelivered == 4_000)
        #expect(try source.read(into: block) == false)
    }

    @Test("The block length does not change a sample", arguments: [1, 7, 1_000])
    func blockLength(milliseconds: Int) throws {
        let path = folder.write(WAVBytes.pcm16(noise16(30_000), rate: 44_100), to: "a.wav")
        var parameters = AudioFileSource.Parameters()
        parameters.blockMs = milliseconds
        let (samples, blocks) = try drain(AudioFileSource(path: path, parameters: parameters))
        #expect(samples == (try AudioClip(path: path).samples))
        #expect(blocks.dropLast().allSatisfy { $0 == 16 * milliseconds })
    }

    @Test("A warm block reuses its storage")
    func storage() throws {
        let path = folder.write(WAVBytes.pcm16(noise16(100_000), rate: 48_000), to: "a.wav")
        let source = try AudioFileSource(path: path)
        let block = AudioBatch()
        var places: Set<UInt> = []
        while try source.read(into: block) {
            places.insert(unsafe block.samples.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) })
            block.removeAll()
        }
        #expect(places.count == 1)
    }

    @Test("Real-time pace delivers a block when its last sample would have been heard")
    func pace() throws {
        let path = folder.write(WAVBytes.pcm16(noise16(3_200)), to: "a.wav")
        var parameters = AudioFileSource.Parameters()
        parameters.pace = .realtime
        let source = try AudioFileSource(path: path, parameters: parameters)
        let clock = ContinuousClock()
        let elapsed = try clock.measure { _ = try drain(source) }
        #expect(source.isLive)
        #expect(elapsed >= .milliseconds(195))
    }

    @Test("Another speed than that of the clock, and none that makes no sense")
    func speed() throws {
        let path = folder.write(WAVBytes.pcm16(noise16(160_000)), to: "a.wav")
        var parameters = AudioFileSource.Parameters()
        (parameters.pace, parameters.speed) = (.realtime, 20)
        let source = try AudioFileSource(path: path, parameters: parameters)
        let elapsed = try ContinuousClock().measure { _ = try drain(source) }
        // Ten seconds of sound in half a second, also on a machine that is busy.
        #expect(elapsed >= .milliseconds(490) && elapsed < .seconds(9))
        for speed in [0, 0.09, 101, -.infinity, .nan] {
            parameters.speed = speed
            #expect(throws: SpikelineError.self) { try AudioFileSource(path: path, parameters: parameters) }
        }
    }
}
