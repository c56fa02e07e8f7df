import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The watchdog of microphones and accelerometers") struct SoundWatchdogTests {
    private static let rate = 1_000

    /// Noise of that many seconds and channels, frame after frame, with samples that `change` puts in.
    private static func noise(
        seconds: Int, channels: Int = 2, change: (Int, Int, Int32) -> Int32 = { _, _, sample in sample }
    ) -> [Int32] {
        var dice = Dice(state: 5)
        return (0..<seconds * rate * channels).map { index in
            change(index / channels, index % channels, dice.pick32(-4_000_000...4_000_000))
        }
    }

    /// What is reported of the samples; at each frame of `gaps` so many frames are missing.
    private static func faults(
        _ samples: [Int32], channels: Int = 2, most: Int = 100, gaps: [Int: Int64] = [:], seed: UInt64 = 1,
        quiet: Double = 10
    ) throws -> [Record] {
        let dog = SoundWatchdog(
            deadAfterMilliseconds: 1_500, quietSeconds: quiet,
            context: StageContext(pipeline: "mill", stage: "dog", folder: ""))
        var dice = Dice(state: seed)
        let (input, output) = (AudioBatch(), RecordBatch())
        (input.sampleRate, input.channels) = (rate, channels)
        var (frame, lost) = (0, Int64(0))
        while frame < samples.count / channels {
            lost += gaps[frame] ?? 0
            var end = min(samples.count / channels, frame + dice.pick(1...most))
            if let gap = gaps.keys.filter({ $0 > frame && $0 < end }).min() { end = gap }
            input.samples = Array(samples[frame * channels..<end * channels])
            input.firstSample = Int64(frame) + lost
            input.updateUpTo()
            try dog.process(input, into: output)
            #expect(output.upTo == input.upTo)
            frame = end
        }
        return output.records
    }

    @Test("clean noise is no fault, nor is a loud tone that only touches full scale") func clean() throws {
        #expect(try Self.faults(Self.noise(seconds: 30)).isEmpty)
        // Two samples in ten at full scale, of either sign: no run of three.
        let loud = Self.noise(seconds: 10) { frame, _, sample in
            frame % 10 < 2 ? AudioBatch.fullScale - 1 : frame % 10 == 2 ? -AudioBatch.fullScale : sample
        }
        #expect(try Self.faults(loud).isEmpty)
    }

    @Test("clipping is reported once, for the channel that clips, and again after a quiet time")
    func clipped() throws {
        let samples = Self.noise(seconds: 60) { frame, channel, sample in
            let second = frame / Self.rate
            let isClipping = (5..<10).contains(second) || (12..<14).contains(second) || (40..<41).contains(second)
            return channel == 1 && isClipping && frame % 100 < 4 ? 32_767 << 8 : sample
        }
        let records = try Self.faults(samples)
        let faults = records.faults
        #expect(faults.map(\.fault) == ["clipped", "clipped"])
        #expect(faults.map(\.place) == ["channel 1, 4.0 % of a second", "channel 1, 4.0 % of a second"])
        #expect(faults.map(\.at.seconds) == [6, 41])
        #expect(faults.allSatisfy { $0.pipeline == "mill" && $0.stage == "dog" })
    }

    @Test("a channel that gives one value is dead, be it zero or not", arguments: [0, 77, -8_388_608] as [Int32])
    func dead(value: Int32) throws {
        let samples = Self.noise(seconds: 20) { frame, channel, sample in
            channel == 0 && (4_000..<12_000).contains(frame) ? value : sample
        }
        let faults = try Self.faults(samples).faults.filter { $0.fault == "dead" }
        #expect(faults.map(\.place) == ["channel 0"])
        #expect(abs(faults[0].at.seconds - 5.5) < 0.01)
        // Shorter than 1.5 s is a pause.
        let pause = Self.noise(seconds: 20) { frame, channel, sample in
            channel == 0 && (4_000..<5_400).contains(frame) ? value : sample
        }
        #expect(try Self.faults(pause).faults.allSatisfy { $0.fault != "dead" })
    }

    @Test("missing samples are a jump of the clock, reported once") func clockJump() throws {
        let gaps: [Int: Int64] = [5_000: 250, 6_000: 1, 19_000: 2_000]
        let faults = try Self.faults(Self.noise(seconds: 20), gaps: gaps).faults
        #expect(faults.map(\.fault) == ["clock_jump", "clock_jump"])
        #expect(faults.map(\.place) == ["250.0 ms of samples are missing", "2000.0 ms of samples are missing"])
        #expect(faults[0].at.seconds == 5.25)
        #expect(try Self.faults(Self.noise(seconds: 20), gaps: gaps, quiet: 0).count == 3)
    }

    @Test("any cutting into blocks gives the same records, in the order of time", arguments: 0..<12)
    func cuts(seed: Int) throws {
        let samples = Self.noise(seconds: 20, channels: 3) { frame, channel, sample in
            switch (channel, frame) {
            case (0, 3_000..<9_000), (2, 3_100..<7_000): 5
            case (1, 2_000..<8_000): AudioBatch.fullScale
            default: sample
            }
        }
        let gaps: [Int: Int64] = [4_321: 77, 15_000: 12_000]
        let whole = try Self.faults(samples, channels: 3, most: 20_000, gaps: gaps, quiet: 1)
        let most = [1, 2, 17, 500, 5_000][seed % 5]
        let cut = try Self.faults(samples, channels: 3, most: most, gaps: gaps, seed: UInt64(seed), quiet: 1)
        #expect(cut == whole)
        #expect(Set(whole.faults.map(\.fault)) == ["clipped", "dead", "clock_jump"])
        #expect(zip(cut, cut.dropFirst()).allSatisfy { $0.at <= $1.at })
    }

    @Test("the stage is made with its options") func descriptor() throws {
        let context = StageContext(pipeline: "p", stage: "s", folder: "")
        let options = Options(["dead_after_ms": .integer(100), "quiet_s": .number(0)])
        guard case .transform(let stage) = try SoundWatchdog.descriptor.make(options, context) else {
            Issue.record("not a transform")
            return
        }
        let (input, output) = (AudioBatch(), RecordBatch())
        (input.sampleRate, input.samples) = (1_000, Array(repeating: 3, count: 450))
        try stage.process(input, output)
        // 100, 200, 300 and 400 samples that are equal to the first.
        #expect(output.records.faults.map(\.at.seconds) == [0.101, 0.201, 0.301, 0.401])
        #expect(SoundWatchdog.descriptor.options.allSatisfy { $0.complaint(about: .integer(-1)) != nil })
    }

    @Test("more kinds of fault than are remembered are let through no more") func bounded() {
        var gate = FaultGate(quietSeconds: 1)
        let isNew = (0..<2_000).map { gate.isNew("fault \($0)", at: .zero) }
        #expect(isNew == (0..<2_000).map { $0 < FaultGate.most })
        let later = [1_000_000_001, 2_000_000_001, 3_000_000_002].map { time in
            gate.isNew("fault 3", at: StreamTime(nanoseconds: time))
        }
        #expect(later == [true, false, true])
    }
}
