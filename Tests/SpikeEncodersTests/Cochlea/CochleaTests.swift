import SpikeEncoders
import SpikeSignals
import SpikeTestSupport
import Testing

/// Runs a stream through an ear in blocks.
enum Harness {
    struct Result: Equatable {
        var counts: [UInt8] = []
        var levels: [Int16] = []
        var ticks = 0
    }

    /// Cuts `samples` into blocks of the lengths that `next` gives and checks the clock of every batch.
    static func run(
        _ ear: Cochlea, _ samples: [Int32], blocks next: () -> Int
    ) throws -> Result {
        var result = Result()
        let (input, output) = (AudioBatch(), SpikeBatch())
        var at = 0
        while at < samples.count {
            let end = min(samples.count, at + next())
            input.removeAll()
            input.samples.append(contentsOf: samples[at..<end])
            input.firstSample = Int64(at)
            input.updateUpTo()
            output.removeAll()
            try ear.process(input, into: output)
            try append(output, to: &result, ear)
            at = end
        }
        return result
    }

    private static func append(_ output: SpikeBatch, to result: inout Result, _ ear: Cochlea) throws {
        #expect(output.firstTick == Int64(result.ticks))
        #expect(output.channels == ear.channels)
        for tick in 0..<output.count {
            var row = [UInt8](repeating: 0, count: ear.channels)
            var last = -1
            for spikes in output.spikes[output.range(ofTick: tick)] {
                #expect(Int(spikes.channel) > last && spikes.count > 0)
                last = Int(spikes.channel)
                row[last] = UInt8(spikes.count)
            }
            result.counts += row
        }
        result.levels += output.levels
        result.ticks += output.count
        #expect(output.upTo.nanoseconds == Int64(result.ticks) * output.tickNanoseconds)
    }

    static func clip(_ ear: Cochlea, _ samples: [Int32]) -> [UInt8] {
        var counts: [UInt8] = []
        ear.appendCounts(of: samples, to: &counts)
        return counts
    }

    static func mixture(count: Int) -> [Int32] {
        let noise = Signal.noise(amplitude: 0.02, count: count, seed: 11)
        return zip(Signal.sweep(amplitude: 0.3, count: count), noise).map { $0 + $1 }
    }
}

@Suite struct CochleaTests {
    @Test("any block size gives the same spikes and levels", arguments: [1, 7, 160, 1_000])
    func blockSizes(size: Int) throws {
        let samples = Harness.mixture(count: 4_800)
        let whole = try Harness.run(try Cochlea(), samples) { 4_800 }
        #expect(try Harness.run(try Cochlea(), samples) { size } == whole)
        #expect(whole.ticks == 15)
        #expect(whole.counts.contains { $0 > 0 })
    }

    @Test("random cuts give the same spikes, as does a clip", arguments: 0..<6)
    func randomCuts(seed: Int) throws {
        let samples = Harness.mixture(count: 4_000)
        var random = Random(seed: UInt64(seed))
        let cut = try Harness.run(try Cochlea(), samples) { Int.random(in: 1...500, using: &random) }
        #expect(cut.counts == Harness.clip(try Cochlea(), samples))
    }

    @Test("spikes equal those of the float twin in at least 99 % of all places, both gain controls")
    func floatTwin() throws {
        let samples = Harness.mixture(count: 16_000)
        for gain in [GainControl.channel(.init()), .level(.init())] {
            var parameters = Cochlea.Parameters()
            parameters.gain = gain
            let ours = Harness.clip(try Cochlea(parameters), samples)
            let twin = FloatEar.counts(parameters, Signal.real(samples)).flatMap { $0 }
            #expect(ours.count == twin.count)
            let equal = zip(ours, twin).filter { Int($0) == $1 }.count
            #expect(equal * 100 >= twin.count * 99)
            #expect(zip(ours, twin).allSatisfy { abs(Int($0) - $1) <= 1 })
        }
    }

    @Test("without a floor, 30 dB quieter gives the same counts in 90 % of all places", arguments: [0, 1])
    func levelInvariance(kind: Int) throws {
        var parameters = Cochlea.Parameters()
        var (channel, level) = (GainControl.Channel(), GainControl.Level())
        (channel.quietDecibels, level.quietDecibels) = (-160, -160)
        parameters.gain = kind == 0 ? .channel(channel) : .level(level)
        let loud = Harness.mixture(count: 16_000)
        let a = Harness.clip(try Cochlea(parameters), loud)
        let b = Harness.clip(try Cochlea(parameters), Self.quieter(loud))
        #expect(zip(a, b).filter { $0 == $1 }.count * 100 >= a.count * 90)
    }

    @Test("with the floor that keeps silence silent, a word 30 dB quieter gives the same counts but for one spike")
    func quietWord() throws {
        let word = Harness.mixture(count: 16_000)
        let a = Harness.clip(try Cochlea(), word)
        let b = Harness.clip(try Cochlea(), Self.quieter(word))
        #expect(zip(a, b).filter { abs(Int($0) - Int($1)) <= 1 }.count * 1_000 >= a.count * 995)
        let (spikesOfA, spikesOfB) = (a.reduce(0) { $0 + Int($1) }, b.reduce(0) { $0 + Int($1) })
        #expect(abs(spikesOfA - spikesOfB) * 5 < spikesOfA)
    }

    static func quieter(_ samples: [Int32]) -> [Int32] {
        samples.map { Int32((Double($0) / 31.6227766).rounded()) }
    }

    @Test("silence gives no spikes, also after a loud sound has died away") func silence() throws {
        let ear = try Cochlea()
        let quiet = [Int32](repeating: 0, count: 16_000)
        #expect(Harness.clip(ear, quiet).allSatisfy { $0 == 0 })
        let after = Harness.clip(ear, Signal.noise(amplitude: 1, count: 8_000, seed: 2) + quiet)
        #expect(after.suffix(25 * ear.channels).allSatisfy { $0 == 0 })
    }

    @Test("a full-scale square wave is survived and heard at its place") func fullScale() throws {
        let ear = try Cochlea()
        let frequency = ear.centreFrequencies[20]
        let quiet = Signal.noise(amplitude: 1e-4, count: 8_000, seed: 4)
        let counts = Harness.clip(ear, quiet + Signal.square(frequency, amplitude: 1, count: 1_600))
        let onset = counts[25 * ear.channels..<26 * ear.channels]
        #expect(onset[onset.startIndex + 20] == 15)
    }

    @Test("a clip of 16 bits is the clip of 24 bits") func sampleWidths() throws {
        let narrow = Harness.mixture(count: 1_600).map { Int16($0 >> 8) }
        let ear = try Cochlea()
        var counts: [UInt8] = []
        ear.appendCounts(of: narrow, to: &counts)
        #expect(counts == Harness.clip(ear, narrow.map { Int32($0) << 8 }))
        #expect(counts.count == ear.ticks(inSamples: 1_600) * ear.channels)
    }

    @Test("the same clip again gives the same counts: nothing is remembered") func reset() throws {
        let ear = try Cochlea()
        let samples = Harness.mixture(count: 3_333)
        let first = Harness.clip(ear, samples)
        _ = try Harness.run(ear, Signal.noise(amplitude: 1, count: 777, seed: 9)) { 100 }
        #expect(Harness.clip(ear, samples) == first)
    }

    @Test("levels are dB of full scale", arguments: [(1.0, -301), (0.1, -2_301), (0.001, -6_301)])
    func levels(amplitude: Double, expected: Int) throws {
        let result = try Harness.run(try Cochlea(), Signal.tone(1_000, amplitude: amplitude, count: 1_600)) { 160 }
        for level in result.levels { #expect(abs(Int(level) - expected) <= 1) }
        #expect(try Harness.run(try Cochlea(), [Int32](repeating: 0, count: 320)) { 160 }.levels == [-14_449])
    }

    @Test("the spikes of a fixed sound are these, on any machine and in any build") func pinned() throws {
        var random = Random(seed: 42)
        let sound = (0..<8_000).map { index in
            Int32(truncatingIfNeeded: random.next() >> 44) - 1 << 19 + (index / 37 % 2 == 0 ? 3_000_000 : -3_000_000)
        }
        var digests: [UInt64] = []
        for gain in [GainControl.channel(.init()), .level(.init())] {
            var parameters = Cochlea.Parameters()
            parameters.gain = gain
            // FNV-1a, 64 bits.
            digests.append(
                Harness.clip(try Cochlea(parameters), sound).reduce(0xcbf2_9ce4_8422_2325) {
                    ($0 ^ UInt64($1)) &* 0x100_0000_01b3
                })
        }
        #expect(digests == [1_679_977_053_550_686_685, 16_754_991_145_063_921_036])
    }

    @Test("phases count one after the other what a tick as short as a phase counts") func phases() throws {
        var short = Cochlea.Parameters()
        (short.phases, short.tickMilliseconds) = (1, 10)
        let samples = Harness.mixture(count: 3_200)
        #expect(Harness.clip(try Cochlea(short), samples) == Harness.clip(try Cochlea(), samples))
    }
}
