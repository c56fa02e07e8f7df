import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// The two ends of a time counter of few bits: the reader that unwraps it, the writer that foresees what it will make.
struct TimeCounterTests {
    @Test func theRuleAtItsEdges() {
        // 24 bits: the counter begins anew at 16,777,216.
        let range: Int64 = 1 << 24
        let steps: [(from: Int64, to: Int64, time: Int64, isWrap: Bool)] = [
            (0, 5, 5, false), (5, 5, 5, false), (5, 4, 4, false),
            (range - 1, 0, range, true), (range - 1, range / 2, range / 2, false),
            (range - 1, range / 2 - 1, range + range / 2 - 1, true), (range / 2, 0, range, true),
            (range / 2 - 1, 0, 0, false), (0, range / 2, range / 2, false),
            (0, range - 65_537, range - 65_537, false), (0, range - 65_536, -65_536, false), (0, range - 1, -1, false),
        ]
        for step in steps {
            var unwrapper = TimeUnwrapper(bits: 24)
            unwrapper.start(at: step.from)
            let (time, didWrap) = unwrapper.time(step.to)
            #expect(time == step.time && didWrap == step.isWrap, "from \(step.from) to \(step.to)")
        }
    }

    @Test("Times whose steps are below half the range come back", arguments: [24, 32, 34] as [Int64])
    func unwrapping(bits: Int64) {
        var dice = Dice(state: UInt64(bits))
        let range = Int64(1) << bits
        var unwrapper = TimeUnwrapper(bits: bits)
        var time: Int64 = 12_345
        var wraps = 0
        unwrapper.start(at: time)
        for _ in 0..<20_000 {
            let before = time
            let isBack = dice.pick(0...4) == 0
            time += isBack ? -Int64(dice.pick(0...60_000)) : Int64(dice.pick(0...Int(range / 2 - 1)))
            if time < 0 { time = before }
            let (found, didWrap) = unwrapper.time(time % range)
            #expect(found == time)
            wraps += didWrap ? 1 : 0
            if dice.pick(0...99) == 0 {
                unwrapper = TimeUnwrapper(bits: bits)
                unwrapper.settle(at: time)
            }
        }
        #expect(wraps > 1_000)
    }

    @Test("What the writer calls plain or bridged, the reader understands", arguments: [24, 32, 34] as [Int64])
    func writing(bits: Int64) {
        var dice = Dice(state: UInt64(bits) + 100)
        let range = Int64(1) << bits
        let unit: Int64 = bits == 32 ? 1 : bits == 24 ? 4_096 : 64
        for start in [0, 7, 3_600_000_000, 3_600_000_001, -5, 1_700_000_000_000_000] as [Int64] {
            var writer = CounterTime(bits: bits)
            var values: [Int64] = []
            var wanted: [Int64] = []
            var time = start
            var kinds: [String: Int] = [:]
            for round in 0..<3_000 {
                switch round == 0 ? 9 : dice.pick(0...9) {
                case 0: time += Int64(dice.pick(0...Int(3 * range)))
                case 1: time -= Int64(dice.pick(0...Int(range)))
                case 2: time -= Int64(dice.pick(0...70_000))
                default: time += Int64(round == 0 ? 0 : dice.pick(0...100_000))
                }
                var isLost = false
                plans: while true {
                    switch writer.plan(time, unit: unit) {
                    case .plain:
                        values.append(writer.take(time, unit: unit))
                        kinds["plain", default: 0] += 1
                        break plans
                    case .bridge:
                        values.append(writer.step(unit: unit))
                        kinds["bridge", default: 0] += 1
                        wanted.append(.min)
                    case .lost:
                        kinds["lost", default: 0] += 1
                        isLost = true
                        break plans
                    }
                }
                if isLost { time = (writer.now ?? 0) + writer.shift } else { wanted.append(time - writer.shift) }
            }
            var reader = TimeUnwrapper(bits: bits)
            reader.start(at: values.first ?? 0)
            var isRight = values.count == wanted.count && values.allSatisfy { $0 >= 0 && $0 < range && $0 % unit == 0 }
            for (value, wanted) in zip(values, wanted) {
                let found = reader.time(value).time
                if wanted != .min, found != wanted & ~(unit - 1) { isRight = false }
            }
            #expect(isRight, "from \(start) on")
            #expect(["plain", "bridge", "lost"].allSatisfy { kinds[$0, default: 0] > 10 }, "\(kinds)")
            let isShifted = start < 0 || start > 3_600_000_000 && start >= range
            #expect(writer.shift % range == 0 && (writer.shift != 0) == isShifted)
        }
    }
}
