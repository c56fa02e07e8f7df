import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("Codings, gaps and limits") struct CodingGapTests {
    @Test("windows lie on the stream, not on the first tick heard", arguments: CodingParameters.Method.allCases)
    func windows(method: CodingParameters.Method) throws {
        var dice = Dice(state: 21)
        var parameters = CodingParameters(method)
        parameters.windowTicks = 16
        let values = (0..<160).map { _ in [Int64(dice.pick(0...65_536))] }
        let whole = try CodedStream(parameters, values)
        // From tick 40 on, in the middle of window 2: silence until window 3 begins at tick 48.
        let late = try CodedStream(parameters, Array(values[40...]), from: 40)
        switch method {
        case .poisson: #expect(late.counts == Array(whole.counts[40...]))
        case .regular, .delta: break
        default:
            #expect(late.counts[..<8].allSatisfy { $0.allSatisfy { $0 == 0 } })
            #expect(Array(late.counts[8...]) == Array(whole.counts[48...]))
            // What the cut window would have said is not made up: the first estimate is that of the window from 48 on.
            #expect(late.estimates[..<24].allSatisfy { $0 == [0] })
            #expect(Array(late.estimates[24...]) == Array(whole.estimates[64...]))
        }
    }

    @Test("a gap in the middle: regular and delta go on, windows wait", arguments: CodingParameters.Method.allCases)
    func gap(method: CodingParameters.Method) throws {
        var parameters = CodingParameters(method)
        parameters.windowTicks = 16
        let encoder = try CodingEncoder(parameters, values: 1)
        var row: [Int64] = [60_000]
        var (before, after) = (0, [Int]())
        for _ in 0..<100 {
            encoder.encode(&row)
            before += encoder.counts.reduce(0) { $0 + Int($1) }
        }
        encoder.skip(to: 1_000)
        #expect(encoder.tick == 1_000)
        for tick in 1_000..<1_100 {
            encoder.encode(&row)
            if encoder.counts.contains(where: { $0 > 0 }) { after.append(tick) }
        }
        #expect(before > 0)
        switch method {
        case .delta: #expect(after.isEmpty)
        case .regular, .poisson: #expect(after.count > 5)
        // 1,000 is 8 ticks into window 62; the next begins at 1,008.
        default: #expect(after.allSatisfy { $0 >= 1_008 } && after.count >= 4)
        }
    }

    @Test("the same seed gives the same spikes, and values saturate", arguments: CodingParameters.Method.allCases)
    func saturation(method: CodingParameters.Method) throws {
        let parameters = CodingParameters(method)
        let wild: [[Int64]] = (0..<200).map { [$0 % 50 < 25 ? .max : .min, -1, 65_537] }
        let tame: [[Int64]] = (0..<200).map { [$0 % 50 < 25 ? 65_536 : 0, 0, 65_536] }
        let (a, b) = try (CodedStream(parameters, wild), CodedStream(parameters, tame))
        #expect(a.counts == b.counts && a.estimates == b.estimates)
        #expect(a.estimates.allSatisfy { $0.allSatisfy { (0...65_536).contains($0) } })
    }

    @Test("decoders take any spikes, and say values", arguments: CodingParameters.Method.allCases)
    func anySpikes(method: CodingParameters.Method) throws {
        var dice = Dice(state: 33)
        for _ in 0..<20 {
            let parameters = CodingTests.settings(method, &dice)
            let decoder = try CodingDecoder(parameters, values: 3)
            for _ in 0..<500 {
                let wild = (0..<3 * parameters.channelsPerValue).map { _ in
                    dice.pick(0...3) == 0 ? UInt8(dice.pick(0...255)) : 0
                }
                decoder.decode(wild)
                #expect(decoder.estimates.allSatisfy { (0...65_536).contains($0) })
            }
        }
    }

    typealias Change = @Sendable (inout CodingParameters) -> Void

    static let refused: [(CodingParameters.Method, Change, String)] =
        [
            (.latency, { $0.windowTicks = 1 }, "expected a window of 2 to 4096 ticks, found 1"),
            (.phase, { $0.windowTicks = 4_097 }, "expected a window of 2 to 4096 ticks, found 4097"),
            (
                .weightedPhase, { $0.windowTicks = 17 },
                "expected a window of 2 to 16 ticks, one for each digit, found 17"
            ),
            (.population, { $0.neurons = 2 }, "expected 3 to 64 neurons, found 2"),
            (.population, { $0.neurons = 65 }, "expected 3 to 64 neurons, found 65"),
            (.delta, { $0.tickMilliseconds = 0 }, "expected a tick of 1 to 1000 ms, found 0"),
            (
                .poisson, { $0.rateHertz = 1_001 },
                "expected a rate of 0.1 Hz to 1 spikes in a tick of 1 ms, found 1001.0 Hz"
            ),
            (
                .poisson, { $0.rateHertz = .nan },
                "expected a rate of 0.1 Hz to 1 spikes in a tick of 1 ms, found nan Hz"
            ),
            (
                .regular, { $0.rateHertz = 0 },
                "expected a rate of 0.1 Hz to 255 spikes in a tick of 1 ms, found 0.0 Hz"
            ),
            (.logLatency, { $0.octaves = 17 }, "expected a range of 1 to 16 octaves, found 17.0"),
            (.firstSpike, { $0.tauTicks = 0 }, "expected a time constant of 1 to 10000 ticks, found 0.0"),
            (
                .firstSpike, { $0.threshold = 0.7 },
                "expected a threshold that a value of 1 reaches in the window, below 0.632, found 0.7"
            ),
            (.rankOrder, { $0.sensitivity = 1 }, "expected a sensitivity from 0.01 to 0.9999, found 1.0"),
            (.rankOrder, { $0.sensitivity = .nan }, "expected a sensitivity from 0.01 to 0.9999, found nan"),
            (.firstSpike, { $0.threshold = 0 }, "expected a threshold from 1/4096 to 1, found 0.0"),
            (.delta, { $0.threshold = 1.5 }, "expected a threshold from 1/4096 to 1, found 1.5"),
            (.delta, { $0.hysteresis = -0.1 }, "expected a hysteresis from 0 to 1, found -0.1"),
            (.delta, { $0.hysteresis = .infinity }, "expected a hysteresis from 0 to 1, found inf"),
        ]

    @Test("what cannot be is refused with what was expected", arguments: refused)
    func refusals(method: CodingParameters.Method, change: Change, expected: String) {
        var parameters = CodingParameters(method)
        change(&parameters)
        #expect(Self.message { _ = try CodingEncoder(parameters, values: 1, place: "x") } == "x: " + expected)
        #expect(Self.message { _ = try CodingDecoder(parameters, values: 1, place: "x") } == "x: " + expected)
    }

    @Test("too many values are refused", arguments: [0, -1, 8_193, 1_025]) func values(count: Int) {
        var parameters = CodingParameters(.population)
        parameters.neurons = 64
        #expect(
            Self.message { _ = try CodingEncoder(parameters, values: count, place: "x") }
                == "x: expected 1 to 8192 values and at most 65536 channels, found \(count) values of 64 channels")
    }

    static func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing is wrong"
    }
}
