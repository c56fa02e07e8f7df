import Foundation
import SpikeEncoders
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

/// Recordings of bearings and of a fan, when they are there.
@Suite(
    "Real machines", .serialized,
    .enabled(if: SharedData.has("anomaly/cwru/Normal_0.wav"), "needs the shared recordings"))
struct RealMachineTests {
    /// The faults of the bearing.
    private static let faults = [
        "B007_0", "B014_0", "B021_0", "B028_0", "IR007_0", "IR014_0", "IR021_0", "IR028_0", "OR007_at_12_0",
        "OR007_at_3_0", "OR007_at_6_0", "OR014_at_6_0", "OR021_at_12_0", "OR021_at_3_0", "OR021_at_6_0",
    ]

    private static func bearing(_ name: String) throws -> [Int32] {
        try WatchSamples.frames(of: WatchSamples.shared("cwru/\(name).wav")).samples
    }

    /// The means over seeds of areas under the curve.
    private struct Areas: CustomStringConvertible {
        /// Of the slow scale: the detector, and its twin.
        var (slow, slowTwin) = (0.0, 0.0)
        /// Of the larger of both scales over their thresholds: the detector, and two twins over the same thresholds.
        var (both, bothTwin) = (0.0, 0.0)

        var description: String {
            "slow \(slow), floating point \(slowTwin); both scales \(both), floating point \(bothTwin)"
        }
    }

    /// The areas under the curve of both detectors: learned from `learn` ticks of normal that begin at the seed's place,
    /// tried on what is left and on `odd`; every score is the mean of a second.
    private static func areas(
        normal: [[Int32]], odd: [[[Int32]]], learn: Int, tick: Double, seeds: Int = 10
    ) -> Areas {
        var sums = Areas()
        let second = Int((1 / tick).rounded())
        for seed in 0..<seeds {
            let start = normal.count * seed / seeds
            let turned = Array(normal[start...] + normal[..<start])
            var detector = WatchSamples.detector(
                channels: normal[0].count, tick: tick, learnSeconds: Double(learn) * tick)
            var slow = FloatMahalanobis(channels: normal[0].count, timeConstant: detector.parameters.slowTicks)
            var fast = FloatMahalanobis(channels: normal[0].count, timeConstant: detector.parameters.fastTicks)
            for counts in turned[..<learn] {
                detector.step(counts) { _ in }
                slow.learn(counts)
                fast.learn(counts)
            }
            slow.solve()
            fast.solve()
            // The two scales are weighed as the detector weighs them when it is armed.
            let unity = Double(AlertRule.unity)
            let (slowLevel, fastLevel) = (
                Double(detector.slow.threshold) / unity, Double(detector.fast.threshold) / unity
            )
            var scores = [[[Double]]](repeating: [[], []], count: 4)
            for (index, ticks) in ([Array(turned[learn...])] + odd).enumerated() {
                var (detector, slow, fast) = (detector, slow, fast)
                var window = [0.0, 0, 0, 0]
                for (tick, counts) in ticks.enumerated() {
                    detector.step(counts) { _ in }
                    slow.follow(counts)
                    fast.follow(counts)
                    window[0] += Double(detector.slow.score)
                    window[2] += detector.ratio
                    if tick % 5 == 4 {
                        let score = slow.score
                        window[1] += score
                        window[3] += max(score / slowLevel, fast.score / fastLevel)
                    }
                    guard tick % second == second - 1 else { continue }
                    // The first second is still half of what came before.
                    if tick >= second { for kind in 0..<4 { scores[kind][index == 0 ? 0 : 1].append(window[kind]) } }
                    window = [0, 0, 0, 0]
                }
            }
            let areas = scores.map { areaUnderCurve(normal: $0[0], odd: $0[1]) / Double(seeds) }
            sums.slow += areas[0]
            sums.slowTwin += areas[1]
            sums.both += areas[2]
            sums.bothTwin += areas[3]
        }
        return sums
    }

    @Test("bearings: as good as the twin, with faults in full and of a twentieth", arguments: [1.0, 0.05])
    func bearings(share: Double) throws {
        let normal = try Self.bearing("Normal_0")
        let odd = try Self.faults.map { name in
            let fault = try Self.bearing(name)
            let mixed = fault.indices.map { share < 1 ? normal[$0] + Int32(share * Double(fault[$0])) : fault[$0] }
            return try WatchSamples.counts(mixed, channels: 1, rate: 12_000).ticks
        }
        let ticks = try WatchSamples.counts(normal, channels: 1, rate: 12_000).ticks
        let areas = Self.areas(normal: ticks, odd: odd, learn: 1_400, tick: 0.01)
        print("AUC of bearings at \(share): \(areas)")
        #expect(areas.slow >= areas.slowTwin - 0.0005 && areas.slow > 0.99)
        #expect(areas.both >= areas.bothTwin - 0.0005 && areas.both > 0.99)
    }

    @Test("a fan with a weight on a blade: as good as the twin", arguments: ["low", "med", "high"])
    func fan(speed: String) throws {
        func ticks(_ weight: Int) throws -> [[Int32]] {
            let path = try WatchSamples.shared("ceiling_fan/\(speed)_\(weight)_weight.wav")
            let frames = try WatchSamples.frames(of: path)
            return try WatchSamples.counts(frames.samples, channels: frames.channels, rate: frames.rate).ticks
        }
        let areas = Self.areas(normal: try ticks(0), odd: [try ticks(1)], learn: 180 * 20, tick: 0.05)
        print("AUC of the fan, \(speed): \(areas)")
        #expect(areas.slow >= areas.slowTwin - 0.0005 && areas.slow > 0.8)
        #expect(areas.both >= areas.bothTwin - 0.0005 && areas.both > 0.8)
    }

    @Test("bearings: no alert on normal, one within 5 s of every fault of a twentieth") func bearingAlerts() throws {
        let normal = try Self.bearing("Normal_0")
        let rate = 12_000
        // 15 s to learn from, 5 s of normal, and the same 5 s again, with a fault or without one.
        func ticks(_ fault: [Int32]?) throws -> [[Int32]] {
            let last = normal[15 * rate..<20 * rate].enumerated().map { index, sample in
                sample + (fault.map { Int32(0.05 * Double($0[index])) } ?? 0)
            }
            let samples = Array(normal[..<(20 * rate)]) + last
            return try WatchSamples.counts(samples, channels: 1, rate: rate).ticks
        }
        func run(_ ticks: [[Int32]]) -> (early: Double?, delay: Double?) {
            var detector = WatchSamples.detector(channels: 32, tick: 0.01, learnSeconds: 15 - 0.4)
            let early = WatchSamples.delay(&detector, Array(ticks[40..<2_000]), tick: 0.01)
            #expect(detector.phase == .armed)
            return (early, WatchSamples.delay(&detector, Array(ticks[2_000...]), tick: 0.01))
        }
        let clean = run(try ticks(nil))
        #expect(clean.early == nil && clean.delay == nil)
        var delays: [Double] = []
        for name in Self.faults {
            let seen = run(try ticks(Self.bearing(name)))
            #expect(seen.early == nil, "\(name)")
            #expect(seen.delay != nil, "\(name)")
            delays.append(seen.delay ?? .infinity)
        }
        print("bearings at a twentieth: alerts after \(delays) s")
    }

    @Test("a fan: no alert on normal, one within 5 s of the weight", arguments: ["low", "med", "high"])
    func fanAlerts(speed: String) throws {
        let normal = try WatchSamples.frames(of: WatchSamples.shared("ceiling_fan/\(speed)_0_weight.wav"))
        let odd = try WatchSamples.frames(of: WatchSamples.shared("ceiling_fan/\(speed)_1_weight.wav"))
        let ticks = try WatchSamples.counts(
            Array(normal.samples[..<(185 * 600)] + odd.samples[..<(30 * 600)]), channels: 3, rate: 200
        ).ticks
        var detector = WatchSamples.detector(channels: 96, tick: 0.05, learnSeconds: 180 - 2)
        let early = WatchSamples.delay(&detector, Array(ticks[40..<185 * 20]), tick: 0.05)
        #expect(early == nil && detector.phase == .armed)
        let delay = WatchSamples.delay(&detector, Array(ticks[(185 * 20)...]), tick: 0.05)
        print("fan, \(speed): an alert after \(delay.map { "\($0) s" } ?? "never")")
        #expect(delay.map { $0 <= 5 } == true)
    }
}

/// A swinging pendulum before an event camera, when it is there, and faults that are put into it.
@Suite(
    "A real event camera", .enabled(if: SharedData.has("anomaly/dvs/pendulum.aedat"), "needs the shared recordings"))
struct RealCameraTests {
    private typealias Event = WatchSamples.Event

    private static func pendulum() throws -> [Event] {
        let reader = try EventFileReader(path: WatchSamples.shared("dvs/pendulum.aedat"))
        let batch = EventBatch()
        var events: [Event] = []
        var start: Int64?
        while try reader.read(into: batch) {
            for event in batch {
                let time = batch.time(of: event)
                if start == nil { start = time }
                events.append((time - (start ?? 0), Int(event.x), Int(event.y), event.isOn))
            }
            batch.removeAll()
        }
        return events
    }

    private static func faults(_ events: [Event]) throws -> [SensorFaultRecord] {
        let dog = EventWatchdog(context: StageContext(pipeline: "p", stage: "dog", folder: ""))
        let (input, output) = (EventBatch(), RecordBatch())
        (input.width, input.height) = (128, 128)
        var next = 0
        while next < events.count {
            input.removeAll()
            while next < events.count, input.count < 500 {
                let event = events[next]
                guard input.append(time: event.time, x: UInt16(event.x), y: UInt16(event.y), isOn: event.isOn) else {
                    break
                }
                next += 1
            }
            input.upTo = StreamTime(nanoseconds: max(events[next - 1].time, 0) * 1_000)
            try dog.process(input, into: output)
        }
        return output.records.compactMap { if case .sensorFault(let record) = $0 { record } else { nil } }
    }

    /// When faults are put in, in microseconds.
    private static let at: Int64 = 10_000_000

    @Test("is well") func clean() throws { #expect(try Self.faults(Self.pendulum()).isEmpty) }

    @Test("loses a quadrant: dead within 2 s", arguments: 0..<4) func quadrant(index: Int) throws {
        let (left, top) = (index % 2 * 64, index / 2 * 64)
        let events = try Self.pendulum().filter {
            $0.time < Self.at || !(left..<left + 64).contains($0.x) || !(top..<top + 64).contains($0.y)
        }
        let faults = try Self.faults(events)
        let dead = faults.first { $0.fault == "dead" }
        print("pendulum without quadrant \(index): \(faults.map { "\($0.fault) \($0.place) at \($0.at.seconds) s" })")
        let place = "pixels \(left) to \(left + 63), \(top) to \(top + 63)"
        #expect(faults.contains { $0.fault == "dead" && $0.place == place && (10...12).contains($0.at.seconds) })
        #expect(dead.map { $0.at.seconds > 10 } == true && faults.allSatisfy { $0.fault == "dead" })
    }

    @Test("stalls: told within 2 s") func stall() throws {
        let events = try Self.pendulum().filter { !(Self.at..<Self.at + 4_000_000).contains($0.time) }
        let faults = try Self.faults(events)
        #expect(faults.map(\.fault) == ["stalled"] && (11...12).contains(faults[0].at.seconds))
    }

    @Test("has a hot pixel: told within 3 s") func hot() throws {
        var events = try Self.pendulum()
        for time in stride(from: Self.at, to: Self.at + 5_000_000, by: 1_000) { events.append((time, 3, 120, true)) }
        events.sort { $0.time < $1.time }
        let faults = try Self.faults(events)
        print("pendulum with a hot pixel: \(faults.map { "\($0.fault) \($0.place) at \($0.at.seconds) s" })")
        #expect(faults.map(\.fault) == ["hot"] && faults[0].place == "pixel 3, 120")
        #expect((12...13).contains(faults[0].at.seconds))
    }

    @Test("has a clock that jumps: told at once", arguments: [-3_000_000, 90_000_000] as [Int64])
    func jump(by step: Int64) throws {
        let events = try Self.pendulum().map { ($0.time < Self.at ? $0.time : $0.time + step, $0.x, $0.y, $0.isOn) }
        let faults = try Self.faults(events)
        #expect(faults.map(\.fault) == ["clock_jump"], "\(faults)")
    }

    /// What a lamp that fills a square adds: of its pixels a half tell of each rise and each fall, at their own time within
    /// a twentieth of the period.
    private static func flicker(
        x: Int, y: Int, size: Int, hertz: Int, _ time: Range<Int64>, _ dice: inout Dice
    ) -> [Event] {
        var events: [Event] = []
        let half = 500_000 / Int64(hertz)
        for (index, start) in stride(from: time.lowerBound, to: time.upperBound, by: Int(half)).enumerated() {
            for pixel in 0..<size * size where dice.next() & 1 == 0 {
                let late = Int64(dice.unit() * Double(half) / 10)
                events.append((start + late, x + pixel % size, y + pixel / size, index % 2 == 0))
            }
        }
        return events
    }

    @Test("sees a lamp that flickers: when it is alerted, its cells are named first or second") func lamp() throws {
        let seconds = 1_000_000 as Int64
        let events = try Self.pendulum()
        let (learned, legend) = try WatchSamples.cells(events.filter { $0.time < 16 * seconds })
        // 15 s to learn from, so that the last second shows that normal stays quiet.
        var detector = WatchSamples.detector(channels: 128, tick: 0.01, learnSeconds: 15)
        #expect(WatchSamples.delay(&detector, learned, tick: 0.01) == nil && detector.phase == .armed)
        // The stream goes on where it was left; its time begins anew.
        let rest = events.filter { (16 * seconds..<19 * seconds).contains($0.time) }.map {
            ($0.time - 16 * seconds, $0.x, $0.y, $0.isOn)
        }
        var (trials, alerted, right, named, delays, dice) = (0, 0, 0, 0, [Double](), Dice(state: 21))
        for size in [12, 16, 24, 32] {
            for hertz in [10, 25, 50, 100] {
                for _ in 0..<5 {
                    let (x, y) = (dice.pick(0...128 - size), dice.pick(0...128 - size))
                    let lamp = Self.flicker(
                        x: x, y: y, size: size, hertz: hertz, 0..<3 * seconds, &dice)
                    let (ticks, _) = try WatchSamples.cells((rest + lamp).sorted { $0.time < $1.time })
                    var own = detector
                    trials += 1
                    let delay = WatchSamples.delay(&own, ticks, tick: 0.01)
                    // Where there is no alert after three seconds, the causes are those that one would have.
                    let causes = own.findCauses(atMost: 3) { legend.areNeighbours($0, $1) }
                    let isRight = causes.prefix(2).contains { cause in
                        guard case .cell(let cell, _) = legend.place(of: cause.channel) else { return false }
                        return cause.isMore && cell.x < x + size && cell.x + cell.width > x && cell.y < y + size
                            && cell.y + cell.height > y
                    }
                    named += isRight ? 1 : 0
                    if let delay {
                        alerted += 1
                        delays.append(delay)
                        right += isRight ? 1 : 0
                    }
                    if !isRight {
                        let names = causes.map { "\(legend.place(of: $0.channel)) more \($0.isMore) \($0.weight)" }
                        print("pendulum with a lamp of \(size) pixels at \(x), \(y), \(hertz) Hz: \(names)")
                    }
                }
            }
        }
        delays.sort()
        print(
            "pendulum with a lamp: alerted \(alerted) of \(trials), named \(right) times, of all \(named); after \(delays[delays.count / 2]) s, at most \(delays[delays.count - 1]) s"
        )
        // Fifteen seconds of a pendulum teach too little for faint lamps to pass the threshold.
        #expect(alerted * 2 >= trials && right * 100 >= alerted * 95 && named * 100 >= trials * 95)
    }
}
