import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("Codings") struct CodingTests {
    static let methods = CodingParameters.Method.allCases

    /// Settings of a coding that are allowed, with thresholds that are multiples of 2^-16.
    static func settings(_ method: CodingParameters.Method, _ dice: inout Dice) -> CodingParameters {
        var parameters = CodingParameters(method)
        parameters.windowTicks = method == .weightedPhase ? dice.pick(2...16) : dice.pick(2...100)
        parameters.tickMilliseconds = dice.pick(1...10)
        parameters.rateHertz = Double(dice.pick(1...100))
        parameters.octaves = Double(dice.pick(1...16))
        parameters.neurons = dice.pick(3...20)
        parameters.tauTicks = Double(dice.pick(1...100))
        parameters.threshold = Double(dice.pick(16...20_000)) / 65_536
        parameters.hysteresis = Double(dice.pick(0...5_000)) / 65_536
        parameters.seed = UInt64(dice.pick(0...1_000_000))
        parameters.sensitivity = Double(dice.pick(1...99)) / 100
        if method == .firstSpike {
            let reached = 1 - exp(-Double(parameters.windowTicks) / parameters.tauTicks)
            parameters.threshold = max(
                1 / 4_096, (reached * Double(dice.pick(1...90)) / 100 * 65_536).rounded() / 65_536)
        }
        return parameters
    }

    /// Values that jump, rest, drift, and touch the ends.
    static func series(_ count: Int, _ dice: inout Dice) -> [Int64] {
        var (values, value) = ([Int64](), Int64(0))
        for _ in 0..<count {
            switch dice.pick(0...30) {
            case 0: value = Int64(dice.pick(0...65_536))
            case 1: value = 0
            case 2: value = 65_536
            case 3...10: value += Int64(dice.pick(-2_000...2_000))
            default: break
            }
            value = min(max(value, 0), 65_536)
            values.append(value)
        }
        return values
    }

    @Test("spikes are those of the formulas in floating point", arguments: methods) func twins(
        method: CodingParameters.Method
    ) throws {
        var dice = Dice(state: 7)
        var (compared, open, spikes) = (0, 0, 0)
        for round in 0..<60 {
            let parameters = Self.settings(method, &dice)
            let values = Self.series(500, &dice)
            let stream = try CodedStream(parameters, values.map { [$0] })
            let plain = PlainCoding.spikes(parameters, values.map { Double($0) / 65_536 }, seen: stream.counts)
            var wasOpen = false
            for (tick, expected) in plain.enumerated() {
                // After a near tie of a rate the twin's next count may be one more or less.
                if let expected, !(wasOpen && method == .regular) {
                    #expect(stream.counts[tick] == expected, "\(parameters) round \(round) tick \(tick)")
                    compared += 1
                } else {
                    open += 1
                }
                wasOpen = expected == nil
                spikes += stream.counts[tick].reduce(0) { $0 + Int($1) }
            }
        }
        #expect(spikes > 100 && (method == .poisson || open * 20 < compared), "\(open) of \(compared) are ties")
        #expect(compared > 100)
    }

    @Test("a value that rests comes back within the bound", arguments: methods) func bounds(
        method: CodingParameters.Method
    ) throws {
        var dice = Dice(state: 3)
        var largest = 0.0
        for _ in 0..<40 {
            var parameters = Self.settings(method, &dice)
            // All steps of a delta coder arrive within the time given.
            if method == .delta { parameters.threshold = max(parameters.threshold, 0.01) }
            let values = (0..<20).map { $0 == 0 ? Int64(0) : $0 == 1 ? 65_536 : Int64(dice.pick(0...65_536)) }
            let ticks = 4 * parameters.windowTicks + 2
            let stream = try CodedStream(parameters, Array(repeating: values, count: ticks))
            guard let bound = stream.bound else {
                #expect(method == .poisson || method == .rankOrder)
                return
            }
            for (value, estimate) in zip(values, stream.estimates[ticks - 1]) {
                let error = abs(Double(value - estimate)) / 65_536
                #expect(error <= bound + 3e-4, "\(parameters): \(value) came back as \(estimate), bound \(bound)")
                largest = max(largest, error / bound)
            }
        }
        // The bound says something: errors come near to it.
        #expect(largest > (method == .population ? 0.25 : 0.5), "\(largest)")
    }

    @Test("a delta coder follows whatever the value does, within step and hysteresis") func deltaFollows() throws {
        var dice = Dice(state: 5)
        for _ in 0..<50 {
            var parameters = Self.settings(.delta, &dice)
            parameters.threshold = max(parameters.threshold, 0.005)
            let values = Self.series(400, &dice)
            let stream = try CodedStream(parameters, values.map { [$0] })
            let bound = parameters.threshold + parameters.hysteresis
            for (value, estimate) in zip(values, stream.estimates) {
                #expect(Double(abs(value - estimate[0])) / 65_536 < bound + 1e-4)
            }
        }
    }

    @Test("a neuron with a long memory fires when its equation says so", arguments: [0.05, 0.2], [1_000.0, 10_000])
    func longMemory(threshold: Double, tau: Double) throws {
        var parameters = CodingParameters(.firstSpike)
        (parameters.windowTicks, parameters.threshold, parameters.tauTicks) = (4_096, threshold, tau)
        for value in [0.3, 0.5, 0.7, 1.0] {
            let due = Int((-tau * log(1 - threshold / value)).rounded(.up))
            guard due <= 4_096 else { continue }
            let values = [Int64((value * 65_536).rounded())]
            let stream = try CodedStream(parameters, Array(repeating: values, count: 4_096))
            let fired = try #require(stream.counts.firstIndex { $0[0] > 0 })
            #expect(abs(fired + 1 - due) <= 1, "\(value): tick \(fired + 1), not \(due)")
        }
    }

    @Test("hysteresis keeps noise around a level from being coded") func hysteresis() throws {
        var dice = Dice(state: 11)
        var parameters = CodingParameters(.delta)
        let noise = (0..<2_000).map { _ in [Int64(30_720 + dice.pick(-2_500...2_500))] }
        func spikes() throws -> Int {
            try CodedStream(parameters, noise).counts.dropFirst(100).reduce(0) { $0 + Int($1[0]) + Int($1[1]) }
        }
        let without = try spikes()
        parameters.hysteresis = 0.0625
        #expect(try spikes() == 0 && without > 20)
    }

    @Test("a Poisson neuron fires as often as it should, and irregularly", arguments: [0.02, 0.25, 0.7, 1.0])
    func poisson(x: Double) throws {
        var parameters = CodingParameters(.poisson)
        (parameters.rateHertz, parameters.windowTicks, parameters.seed) = (400, 100, 9)
        let ticks = 40_000
        let value = Int64(x * 65_536)
        let counts = try CodedStream(parameters, Array(repeating: [value, value], count: ticks)).counts
        let chance = Double(value) / 65_536 * 0.4
        for place in 0..<2 {
            let spikes = counts.reduce(0) { $0 + Int($1[place]) }
            let deviation = (Double(ticks) * chance * (1 - chance)).squareRoot()
            #expect(abs(Double(spikes) - Double(ticks) * chance) < 5 * deviation)
            // The variance of counts over 100 ticks, over their mean: 1 - p for independent ticks.
            let windows = stride(from: 0, to: ticks, by: 100).map { start in
                Double(counts[start..<start + 100].reduce(0) { $0 + Int($1[place]) })
            }
            let mean = windows.reduce(0, +) / 400
            let variance = windows.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399
            #expect(abs(variance / mean - (1 - chance)) < 0.3)
        }
        // Two neurons of the same value are strangers.
        let both = counts.reduce(0) { $0 + Int($1[0] & $1[1]) }
        #expect(
            abs(Double(both) - Double(ticks) * chance * chance) < 5 * (Double(ticks) * chance * chance).squareRoot())
        parameters.seed = 10
        #expect(
            try CodedStream(parameters, Array(repeating: [value, value], count: 1_000)).counts
                != Array(counts[..<1_000]))
    }

    @Test("rare spikes keep their rate", arguments: [CodingParameters.Method.poisson, .regular])
    func rare(method: CodingParameters.Method) throws {
        var parameters = CodingParameters(method)
        parameters.rateHertz = 0.3
        let spikes = try CodedStream(parameters, Array(repeating: [65_536, 65_536, 65_536, 65_536], count: 300_000))
            .counts.reduce(0) { sum, row in sum + row.reduce(0) { $0 + Int($1) } }
        // 4 neurons, 300 s: 360 spikes.
        #expect(method == .regular ? abs(spikes - 360) <= 4 : abs(spikes - 360) < 95, "\(spikes)")
    }

    @Test("larger is earlier, or more", arguments: methods) func order(method: CodingParameters.Method) throws {
        guard method != .population, method != .weightedPhase, method != .delta else { return }
        var parameters = CodingParameters(method)
        parameters.windowTicks = 64
        let values: [Int64] = [20_000, 30_000, 45_000, 65_536]
        let counts = try CodedStream(parameters, Array(repeating: values, count: 6_400)).counts
        let totals = values.indices.map { place in counts.reduce(0) { $0 + Int($1[place]) } }
        if method == .poisson || method == .regular {
            #expect(zip(totals, totals.dropFirst()).allSatisfy { $0 < $1 })
        } else {
            #expect(totals == [100, 100, 100, 100])
            let first = values.indices.map { place in counts.firstIndex { $0[place] > 0 } ?? -1 }
            #expect(zip(first, first.dropFirst()).allSatisfy { $0 > $1 }, "\(first)")
        }
    }

    @Test("a logarithmic latency moves all spikes alike when the scale changes") func scale() throws {
        var parameters = CodingParameters(.logLatency)
        (parameters.windowTicks, parameters.octaves) = (80, 8)
        let counts = try CodedStream(parameters, Array(repeating: [65_536, 32_768, 16_384, 256, 255, 0], count: 80))
            .counts
        let first = (0..<6).map { place in counts.firstIndex { $0[place] > 0 } }
        #expect(first == [0, 10, 20, nil, nil, nil])
        parameters.octaves = 8.25
        let wider = try CodedStream(parameters, Array(repeating: [256], count: 80)).counts
        #expect(wider.firstIndex { $0[0] > 0 } == 78)
    }

    @Test("fields of a population lie where Bohte, Kok and La Poutre put them") func fields() throws {
        // m = 8 on [0, 1]: centres (2i - 3) / 12, sigma 1 / 9. By hand for x = 0.5: distances of the eight neurons are
        // 7/12, 5/12, 3/12, 1/12 and back, so r = 1e-6, 0.0009, 0.0796, 0.7548; in ten ticks 10, 10, 9 and 2.
        var parameters = CodingParameters(.population)
        (parameters.neurons, parameters.windowTicks) = (8, 10)
        let counts = try CodedStream(parameters, Array(repeating: [32_768], count: 10)).counts
        let first = (0..<8).map { neuron in counts.firstIndex { $0[neuron] > 0 } }
        #expect(first == [nil, nil, 9, 2, 2, 9, nil, nil])
        #expect(PopulationCoder.centres(8).map { Double($0) / 65_536 }.first.map { abs($0 + 1 / 12) < 1e-4 } == true)
    }
}
