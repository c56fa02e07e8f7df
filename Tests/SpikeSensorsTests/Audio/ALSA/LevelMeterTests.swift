import SpikeSignals
import Testing

@testable import SpikeSensors

@Suite struct LevelMeterTests {
    @Test func silenceAndFullScale() {
        var meter = LevelMeter(rate: 100)
        #expect(meter.level == -144 && meter.peak == -144)
        meter.add(Array(repeating: 0, count: 100))
        #expect(meter.level == -144 && meter.peak == -144)
        meter.add((0..<100).map { $0 % 2 == 0 ? AudioBatch.fullScale : -AudioBatch.fullScale })
        #expect(meter.level == 0 && meter.peak == 0)
    }

    @Test func aSecondIsJudgedAsAWhole() {
        var meter = LevelMeter(rate: 100)
        for _ in 0..<9 { meter.add(Array(repeating: AudioBatch.fullScale / 10, count: 10)) }
        #expect(meter.level == -144)
        meter.add(Array(repeating: -AudioBatch.fullScale / 10, count: 10))
        #expect(meter.level == -20 && meter.peak == -20)
        // One loud sample in a second of silence: the mean of the squares is a hundredth.
        meter.add([AudioBatch.fullScale] + Array(repeating: 0, count: 99))
        #expect(meter.level == -20 && meter.peak == 0)
    }
}
