import Foundation
import SpikeEncoders
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("What an alert blames") struct AttributionTests {
    /// A machine that hums and hisses at 16 kHz, and from `tone` seconds on whistles at 3.1 kHz.
    private static func noise(seconds: Double, seed: UInt64, tone: Double, amplitude: Double) -> [Int32] {
        var dice = Dice(state: seed)
        var slow = 0.0
        return (0..<Int(seconds * 16_000)).map { index in
            let time = Double(index) / 16_000
            slow = 0.9 * slow + 0.02 * dice.normal()
            var value = slow + 0.01 * dice.normal() + 0.05 * sin(2 * .pi * 100 * time)
            if time >= tone { value += amplitude * sin(2 * .pi * 3_100 * time) }
            return Int32(min(max(value, -1), 1) * 8_388_607)
        }
    }

    @Test("a tone is found in its band", arguments: [0.012, 0.04]) func tone(amplitude: Double) throws {
        let normal = try WatchSamples.counts(
            Self.noise(seconds: 40, seed: 1, tone: 99, amplitude: 0), channels: 1, rate: 16_000, bands: 64)
        var detector = WatchSamples.detector(channels: 64, tick: 0.01, learnSeconds: 35)
        #expect(WatchSamples.delay(&detector, normal.ticks, tick: 0.01) == nil && detector.phase == .armed)
        var (alerted, right, delays) = (0, 0, 0.0)
        for trial in 0..<20 {
            let samples = Self.noise(seconds: 3.5, seed: UInt64(50 + trial), tone: 1, amplitude: amplitude)
            let ticks = try WatchSamples.counts(samples, channels: 1, rate: 16_000, bands: 64).ticks
            var own = detector
            // The filters settle, as in a stream that begins.
            guard let delay = WatchSamples.delay(&own, Array(ticks.dropFirst(40)), tick: 0.01) else { continue }
            alerted += 1
            delays += delay - 0.6
            let causes = own.findCauses(atMost: 3) { normal.legend.areNeighbours($0, $1) }
            let isRight = causes.prefix(2).contains { cause in
                (-1...1).contains { offset in
                    let channel = min(max(cause.channel + offset, 0), 63)
                    guard case .band(let low, _, let high, _) = normal.legend.place(of: channel) else { return false }
                    return (low...high).contains(3_100)
                }
            }
            right += isRight ? 1 : 0
        }
        print(
            "a tone at 3.1 kHz of \(amplitude): alerted \(alerted) of 20 after \(delays / 20) s, named \(right) times")
        #expect(alerted == 20 && right >= 19)
        #expect((0.25...1).contains(delays / 20))
    }

    /// Events all over a sensor of 128 x 128, more in the middle, and from `flicker` seconds on of a lamp.
    private static func scene(seconds: Double, seed: UInt64, flicker: Double, lamp: (x: Int, y: Int))
        -> [WatchSamples.Event]
    {
        var dice = Dice(state: seed)
        var events: [WatchSamples.Event] = []
        for time in stride(from: 0, to: Int64(seconds * 1e6), by: 250) {
            func place() -> Int { dice.next() & 1 == 0 ? dice.pick(0...127) : dice.pick(40...87) }
            events.append((time, place(), place(), dice.next() & 1 == 0))
        }
        for time in stride(from: Int64(flicker * 1e6), to: Int64(seconds * 1e6), by: 5_000) {
            for _ in 0..<4 {
                events.append((time, lamp.x + dice.pick(0...9), lamp.y + dice.pick(0...9), time % 10_000 == 0))
            }
        }
        events.sort { $0.time < $1.time }
        return events
    }

    @Test("a lamp that flickers is found in its cells") func flicker() throws {
        let normal = try WatchSamples.cells(Self.scene(seconds: 40, seed: 1, flicker: 99, lamp: (0, 0)))
        var detector = WatchSamples.detector(channels: 128, tick: 0.01, learnSeconds: 35)
        #expect(WatchSamples.delay(&detector, normal.ticks, tick: 0.01) == nil && detector.phase == .armed)
        var (alerted, right, dice) = (0, 0, Dice(state: 9))
        for trial in 0..<40 {
            let lamp = (x: dice.pick(0...118), y: dice.pick(0...118))
            let ticks = try WatchSamples.cells(
                Self.scene(seconds: 2.5, seed: UInt64(70 + trial), flicker: 0.7, lamp: lamp)
            )
            .ticks
            var own = detector
            guard WatchSamples.delay(&own, ticks, tick: 0.01) != nil else { continue }
            alerted += 1
            let causes = own.findCauses(atMost: 3) { normal.legend.areNeighbours($0, $1) }
            let isRight = causes.prefix(2).contains { cause in
                guard case .cell(let cell, _) = normal.legend.place(of: cause.channel) else { return false }
                return cause.isMore && cell.x < lamp.x + 10 && cell.x + cell.width > lamp.x && cell.y < lamp.y + 10
                    && cell.y + cell.height > lamp.y
            }
            right += isRight ? 1 : 0
        }
        print("a lamp that flickers: alerted \(alerted) of 40, named \(right) times")
        #expect(alerted == 40 && right >= 38)
    }
}
