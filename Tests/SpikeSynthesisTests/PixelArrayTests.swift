import SpikeSignals
import Testing

@testable import SpikeSynthesis

#if canImport(Glibc)
import Glibc
#endif

@Suite struct PixelArrayTests {
    /// Settings without anything random.
    static var exact: PixelSettings {
        var settings = PixelSettings()
        settings.mismatch = 0
        settings.bandwidth = 1e9
        settings.floor = 0
        settings.refractory = 0
        settings.leak = 0
        settings.noise = 0
        settings.hotPixels = 0
        settings.jitter = 0
        return settings
    }

    /// The events of one pixel that sees these luminances, a millisecond apart.
    static func events(_ luminances: [Float], _ settings: PixelSettings, seed: UInt64 = 1) -> [PixelEvent] {
        let pixels = PixelArray(width: 1, height: 1)
        var random = SeededGenerator(seed)
        pixels.start(settings, using: &random)
        let box = PixelBox(left: 0, top: 0, right: 1, bottom: 1)
        for (index, value) in luminances.enumerated() {
            unsafe withUnsafePointer(to: value) {
                unsafe pixels.see($0, in: box, time: Float(index - 1) * 1_000, step: 1_000)
            }
        }
        let duration = Float(luminances.count - 1) * 1_000
        pixels.addNoise(duration: duration, using: &random)
        return pixels.sorted(duration: duration, using: &random)
    }

    @Test(arguments: [0.1, 0.23, 0.5, 1.3, 3.0]) func aStepOfTheLogarithmGivesItsCountOfThresholds(step: Float) {
        let bright = Self.events([0.05, 0.05 * exp(step)], Self.exact)
        #expect(bright.count == Int(step / 0.22 + 1e-3))
        #expect(bright.allSatisfy { $0.isOn })
        let dark = Self.events([0.9, 0.9 * exp(-step)], Self.exact)
        #expect(dark.count == Int(step / 0.22 + 1e-3))
        #expect(dark.allSatisfy { !$0.isOn })
    }

    @Test func eventsOfAStepLieOnItsLine() {
        let times = Self.events([0.1, 0.1 * exp(0.9)], Self.exact).map(\.offset)
        // Thresholds at 0.22, 0.44, 0.66 and 0.88 of a rise of 0.9 in 1,000 µs.
        for (time, expected) in zip(times, [244, 489, 733, 978]) { #expect(abs(Int(time) - expected) <= 2) }
        #expect(times.count == 4)
    }

    @Test func twoThresholdsUpAndDownReturn() {
        let events = Self.events([0.1, 0.1 * exp(0.5), 0.1, 0.1 * exp(0.5), 0.1], Self.exact)
        #expect(events.map(\.isOn) == [true, true, false, false, true, true, false, false])
    }

    @Test func aPixelIsBlindForItsRefractoryPeriod() {
        var settings = Self.exact
        settings.refractory = 10_000
        let ramp = (0...100).map { 0.01 * exp(Float($0) * 0.04) }
        let times = Self.events(ramp, settings).map(\.offset)
        #expect(times.count >= 8)
        for (before, after) in zip(times, times.dropFirst()) { #expect(after - before >= 9_999) }
    }

    @Test func aDarkPixelIsSlow() {
        var settings = Self.exact
        settings.bandwidth = 100
        // 1 - exp(-2 pi 100 Hz luminance t): after a step at 0 the first threshold of 0.22 of 1 is crossed at this time.
        func first(_ luminance: Float) -> Double {
            let after = luminance * exp(1)
            let steps = [luminance] + [Float](repeating: after, count: 400)
            return Double(Self.events(steps, settings).first?.offset ?? 0)
        }
        for luminance: Float in [0.02, 0.1] {
            let expected = -log(1 - 0.22) / (2 * .pi * 100 * Double(luminance) * exp(1)) * 1e6
            #expect(abs(first(luminance) - expected) < 0.1 * expected, "\(luminance): \(first(luminance)), \(expected)")
        }
    }

    @Test func leakAndNoiseComeAtTheirRates() {
        var settings = Self.exact
        settings.leak = 3
        settings.noise = 5
        let pixels = PixelArray(width: 64, height: 64)
        var random = SeededGenerator(3)
        pixels.start(settings, using: &random)
        pixels.addNoise(duration: 2e6, using: &random)
        let events = pixels.sorted(duration: 2e6, using: &random)
        let expected = 8.0 * 4_096 * 2
        #expect(abs(Double(events.count) - expected) < 5 * expected.squareRoot())
        // Leak is on; noise is on and off alike.
        let off = Double(events.count { !$0.isOn })
        #expect(abs(off - 2.5 * 8_192) < 5 * (2.5 * 8_192).squareRoot())
        #expect(Set(events.map { Int($0.y) << 16 | Int($0.x) }).count > 4_000)
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.offset <= $1.offset })
    }

    @Test func thresholdsDifferFromPixelToPixel() {
        var settings = Self.exact
        settings.mismatch = 0.05
        let counts = (0..<200).map { Self.events([0.05, 0.05 * exp(1)], settings, seed: $0).count }
        let mean = Double(counts.reduce(0, +)) / 200
        #expect(Set(counts).count > 3)
        #expect(abs(mean - 4.3) < 0.8)
    }
}

@Suite struct VideoEmulatorTests {
    @Test func aStillImageGivesNothingAndABrighterOneGivesOn() throws {
        let emulator = try VideoEmulator(width: 4, height: 3, settings: PixelArrayTests.exact, seed: 1)
        let grey = [Float](repeating: 0.5, count: 12)
        #expect(try emulator.events(grey, at: 0).isEmpty)
        #expect(try emulator.events(grey, at: 10_000).isEmpty)
        var changed = grey
        changed[5] = 1
        let events = try emulator.events(changed, at: 20_000)
        // sRGB 0.5 is 0.214 of full light: a rise of 1.54 is seven thresholds of 0.22.
        #expect(events.count == 7)
        #expect(events.allSatisfy { $0.x == 1 && $0.y == 1 && $0.isOn && (0..<10_000).contains($0.offset) })
    }

    @Test func whatIsNoVideoIsRefused() throws {
        #expect(throws: SpikelineError.self) {
            try VideoEmulator(width: 0, height: 3, settings: PixelSettings(), seed: 1)
        }
        let emulator = try VideoEmulator(width: 2, height: 1, settings: PixelSettings(), seed: 1)
        #expect(throws: SpikelineError.self) { try emulator.events([1], at: 0) }
        _ = try emulator.events([0, 1], at: 50)
        #expect(throws: SpikelineError.self) { try emulator.events([0, 1], at: 50) }
    }
}
