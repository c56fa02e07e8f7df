import Foundation
import SpikeEncoders
import SpikePlasticity
import SpikeServices
import SpikeSignals
import SpikeSimulation
import SpikeTestSupport
import Testing

@testable import spikeline

/// What the cards answer is what the engine gives when it is called directly.
@Suite("The cards of the playground")
struct CardTests {
    private func object(_ parent: [String: Any], _ name: String) throws -> [String: Any] {
        try #require(parent[name] as? [String: Any])
    }

    private func numbers(_ parent: [String: Any], _ name: String) throws -> [Double] {
        try #require(parent[name] as? [NSNumber]).map(\.doubleValue)
    }

    // MARK: Neuron

    @Test("neuron: membranes, spikes and rates are those of both engines", arguments: ["0", "5"])
    func neuron(synapse: String) throws {
        let answer = try playgroundObject(
            "neuron",
            [
                "tau_ms": "12.5", "threshold_mv": "-58", "reset_mv": "-72", "refractory_ms": "3", "drive_mv": "9",
                "rate_hz": "400", "weight_mv": "1.5", "duration_ms": "300", "seed": "9", "synapse_tau_ms": synapse,
            ])
        let simulation = Simulation(
            name: "n", durationMs: 300, stepMs: 0.1, seed: 9,
            inputs: [InputGroup(name: "i", count: 1, pattern: .poisson, rateHz: 400)],
            populations: [
                CellPopulation(
                    name: "p", count: 1, tauMs: 12.5, restMv: -70, thresholdMv: -58, resetMv: -72, refractoryMs: 3,
                    driveMv: 9, synapseTauMs: synapse == "0" ? nil : 5)
            ], projections: [Projection(source: 0, target: 0, probability: 1, weightMv: 1.5)],
            recording: Recording(traces: 1))
        let (wiring, inputs) = (Wiring(simulation), simulation.inputTrains())
        let results = [
            "float": try SimulationEngine.float(simulation, wiring: wiring).run(inputs),
            "integer": try SimulationEngine.integer(simulation, wiring: wiring).run(inputs),
        ]
        for (name, result) in results {
            let engine = try object(answer, name)
            #expect(engine["spikes"] as? Int == result.trains[0].neurons.count && result.trains[0].neurons.count > 2)
            #expect(
                try numbers(engine, "at_ms").map { Int(($0 * 10).rounded()) - 1 }
                    == result.trains[0].ends.indices.filter { !result.trains[0].range(ofStep: $0).isEmpty })
            let shown = try numbers(engine, "membrane_mv")
            #expect(shown.count == 1_000 && answer["stride"] as? Int == 3)
            for (index, value) in shown.enumerated() { #expect(abs(value - result.traces[0][index * 3]) < 0.00051) }
            let rate = try #require(engine["rate_hz"] as? Double)
            #expect(abs(rate - Double(result.trains[0].neurons.count) / 0.3) < 0.001)
        }
        #expect(try object(answer, "input")["spikes"] as? Int == inputs[0].neurons.count)
        let apart = zip(try #require(results["float"]).traces[0], try #require(results["integer"]).traces[0])
            .map { abs($0 - $1) }.max()
        #expect(abs(try #require(answer["largest_difference_mv"] as? Double) - (apart ?? -1)) < 1e-6)
    }

    /// From reset to threshold takes tau ln((rest + drive - reset) / (rest + drive - threshold)); steps of 0.1 ms add up to two.
    @Test("neuron: without input spikes the curve is the closed form", arguments: [(20.0, 0.0), (8.0, 4.0)])
    func curve(tau: Double, refractory: Double) throws {
        let answer = try playgroundObject(
            "neuron",
            [
                "tau_ms": "\(tau)", "refractory_ms": "\(refractory)", "rate_hz": "0", "threshold_mv": "-55",
                "reset_mv": "-75",
            ])
        let curve = try object(answer, "curve")
        let drives = try numbers(curve, "drive_mv")
        #expect(drives.first == 0 && drives.last == 60 && drives.count == 25)
        for name in ["float_hz", "integer_hz"] {
            var firing = 0
            for (drive, rate) in zip(drives, try numbers(curve, name)) {
                let spikes = rate * 0.5
                guard drive > 15 else {
                    #expect(spikes == 0)
                    continue
                }
                let first = tau * log(drive / (drive - 15))
                let rise = tau * log((drive + 5) / (drive - 15))
                // The integer engine's time constant is right to 2^-16 tau / h.
                let slack = 1 + tau / 0.1 / 65_536
                // A neuron that fires at step k is advanced again at step k + refractory: one step of the rise falls into it.
                let most = 1 + (500 - first / slack) / (max(refractory - 0.1, 0) + rise / slack)
                let fewest = 1 + (500 - first * slack - 0.2) / (refractory + rise * slack + 0.2)
                #expect(spikes >= fewest.rounded(.down) - 0.001 && spikes <= most.rounded(.down) + 0.001, "\(drive) mV")
                firing += 1
            }
            #expect(firing == 18)
        }
    }

    // MARK: Coding

    @Test("coding: spikes and values are those of coder and decoder", arguments: CodingParameters.Method.allCases)
    func coding(method: CodingParameters.Method) throws {
        let answer = try playgroundObject("coding", ["method": method.rawValue, "signal": "ramp", "ticks": "128"])
        let parameters = CodingParameters(method)
        // Eight copies of the ramp, each a sixteenth ahead, where a value alone has no rank.
        let count = method == .rankOrder ? 8 : 1
        let encoder = try CodingEncoder(parameters, values: count)
        let decoder = try CodingDecoder(parameters, values: count)
        var (decoded, spikes) = ([Double](), [[Int]]())
        for tick in 0..<128 {
            var value = (0..<count).map { Int64((tick + 8 * $0) % 128) * 512 }
            encoder.encode(&value)
            decoder.decode(encoder.counts)
            decoded.append(Double(decoder.estimates[0]) / 65_536)
            for (channel, count) in encoder.counts.enumerated() where count > 0 {
                spikes.append([tick, channel, Int(count)])
            }
        }
        let shown = try numbers(answer, "decoded")
        #expect(shown.count == 128 && zip(shown, decoded).allSatisfy { abs($0 - $1) < 6e-6 })
        let raster = try object(answer, "raster")
        let (ticks, channels) = (try numbers(raster, "tick"), try numbers(raster, "channel"))
        let counts = try numbers(raster, "count")
        #expect(
            spikes.count > 1 && spikes == ticks.indices.map { [Int(ticks[$0]), Int(channels[$0]), Int(counts[$0])] })
        #expect(answer["spikes"] as? Int == spikes.reduce(0) { $0 + $1[2] })
        #expect(answer["delay_ticks"] as? Int == decoder.delay && answer["channels"] as? Int == encoder.channels)
    }

    @Test("coding: every setting reaches the coder")
    func codingSettings() throws {
        func parameters(_ query: [(String, String)]) throws -> CodingParameters {
            try CodingCard.parameters(
                try KnobSettings(CodingCard.knobs, query.map { .init($0.0, $0.1) }, card: "coding"))
        }
        var expected = CodingParameters(.firstSpike)
        (expected.windowTicks, expected.threshold, expected.tauTicks) = (40, 0.3, 50)
        #expect(
            try parameters([
                ("method", "first_spike"), ("window_ticks", "40"), ("threshold", "0.3"), ("tau_ticks", "50"),
            ]) == expected)
        expected = CodingParameters(.delta)
        (expected.threshold, expected.hysteresis) = (0.1, 0.02)
        #expect(try parameters([("method", "delta"), ("threshold", "0.1"), ("hysteresis", "0.02")]) == expected)
        expected = CodingParameters(.poisson)
        (expected.rateHertz, expected.seed, expected.windowTicks) = (50, 7, 16)
        #expect(try parameters([("rate_hz", "50"), ("seed", "7"), ("window_ticks", "16")]) == expected)
        expected = CodingParameters(.logLatency)
        expected.octaves = 4
        #expect(try parameters([("method", "log_latency"), ("octaves", "4")]) == expected)
        expected = CodingParameters(.rankOrder)
        (expected.sensitivity, expected.windowTicks) = (0.75, 20)
        #expect(
            try parameters([("method", "rank_order"), ("sensitivity", "0.75"), ("window_ticks", "20")]) == expected)
        expected = CodingParameters(.population)
        expected.neurons = 5
        #expect(try parameters([("method", "population"), ("neurons", "5")]) == expected)
    }

    // MARK: STDP

    /// The weights that a synapse in floating point would have after pairs, by the equations of Pfister and Gerstner, spike by spike.
    private func twin(_ rule: STDPRule, lag: Int, pairs: Int, period: Int) -> Double {
        var (w, r1, r2, o1, o2) = (64.0, 0.0, 0.0, 0.0, 0.0)
        let isNearest = rule.pairing == .nearest
        func risen(_ trace: Double) -> Double { isNearest ? 1 : trace + 1 }
        for tick in 0...(200 + (pairs - 1) * period) {
            let isPre = tick >= 100 && (tick - 100) % period == 0 && (tick - 100) / period < pairs
            let since = tick - 100 - lag
            let isPost = since >= 0 && since % period == 0 && since / period < pairs
            if isPre {
                w -= o1 * (rule.depression + rule.tripletDepression * r2)
                (r1, r2) = (risen(r1), risen(r2))
            }
            if isPost {
                w += r1 * (rule.potentiation + rule.tripletPotentiation * o2)
                (o1, o2) = (risen(o1), risen(o2))
            }
            w = min(max(w, 0), 127)
            r1 *= exp(-1 / rule.potentiationTicks)
            r2 *= exp(-1 / rule.tripletDepressionTicks)
            o1 *= exp(-1 / rule.depressionTicks)
            o2 *= exp(-1 / rule.tripletPotentiationTicks)
        }
        return (w - 64) / Double(pairs)
    }

    @Test(
        "stdp: the window is that of the equations, within what rounding at random explains",
        arguments: [
            ["pairs": "10"], ["pairs": "10", "pair_hz": "20", "pairing": "nearest"], ["pairs": "5", "pair_hz": "30"],
            [
                "rule": "triplet", "pairs": "10", "pair_hz": "10", "a_plus": "0.1", "a3_plus": "1.5", "a3_minus": "0.5",
            ],
        ])
    func window(query: [String: String]) throws {
        let answer = try playgroundObject("stdp", query)
        let window = try object(answer, "window")
        let (lags, changes) = (try numbers(window, "lag_ms"), try numbers(window, "change"))
        #expect(lags.count == 101 && lags.first == -100 && lags.last == 100)
        let settings = try KnobSettings(
            PlasticityCard.knobs, query.map { .init($0.key, $0.value) }, card: "stdp")
        let rule = PlasticityCard.rule(settings)
        let (pairs, period) = (settings.whole("pairs"), Int((1_000 / settings["pair_hz"]).rounded()))
        // A change is rounded at random at each of at most 2 * 12 spikes of a lag: five standard errors of the mean of 64.
        let error = 5 * 0.5 * (2 / Double(pairs)).squareRoot() / 8 + 0.001
        var largest = 0.0
        for (lag, change) in zip(lags, changes) {
            let expected = twin(rule, lag: Int(lag), pairs: pairs, period: period)
            #expect(abs(change - expected) < error, "lag \(lag): \(change), expected \(expected) within \(error)")
            largest = max(largest, abs(expected))
        }
        #expect(largest > 3 * error)
    }

    @Test("stdp: every setting reaches the rule")
    func ruleSettings() throws {
        let query = [
            "rule": "triplet", "pairing": "nearest_to_postsynaptic", "bounds": "soft", "a_plus": "2", "a_minus": "3",
            "tau_plus_ms": "11", "tau_minus_ms": "22", "a3_plus": "4", "a3_minus": "5", "tau_y_ms": "33",
            "tau_x_ms": "44",
        ]
        var rule = STDPRule(potentiation: 2, depression: 3, potentiationTicks: 11, depressionTicks: 22)
        (rule.tripletPotentiation, rule.tripletDepression) = (4, 5)
        (rule.tripletPotentiationTicks, rule.tripletDepressionTicks) = (33, 44)
        (rule.pairing, rule.bounds) = (.nearestToPostsynaptic, .soft)
        let settings = try KnobSettings(
            PlasticityCard.knobs, query.map { .init($0.key, $0.value) }, card: "stdp")
        #expect(PlasticityCard.rule(settings) == rule)
    }

    @Test("stdp: trains have their rates, and as many spikes that follow as they say", arguments: [-8, 0, 12])
    func trains(lag: Int) {
        let trains = PlasticTrains(preHertz: 40, postHertz: 25, correlation: 0.4, lagTicks: lag, ticks: 1_000_000)
        var random = SeededGenerator(5)
        let spikes = trains.draw(&random)
        let pre = spikes.indices.filter { spikes[$0] & 1 != 0 }
        let post = spikes.indices.filter { spikes[$0] & 2 != 0 }
        // 40,000 and 25,000 expected; five standard deviations.
        #expect(abs(pre.count - 40_000) < 1_000 && abs(post.count - 25_000) < 1_100)
        let follow = post.filter { spikes.indices.contains($0 - lag) && spikes[$0 - lag] & 1 != 0 }.count
        // 40 % on purpose, and 4 % of the others by chance: 42.4 %.
        #expect(abs(Double(follow) / Double(post.count) - 0.424) < 0.02)
        let few = PlasticTrains(preHertz: 5, postHertz: 50, correlation: 0.8, lagTicks: lag, ticks: 1)
        #expect(few.shareThatFollows == 0.1)
    }

    @Test("stdp: weights over time are those of the rule with the same spikes")
    func course() throws {
        let answer = try playgroundObject("stdp", ["seconds": "2", "seed": "4", "correlation": "1"])
        let course = try object(answer, "course")
        let rows = try #require(course["weights"] as? [[Int]])
        let rule = STDPRule(potentiation: 1, depression: 1.05, potentiationTicks: 17, depressionTicks: 34)
        let trains = PlasticTrains(preHertz: 20, postHertz: 20, correlation: 1, lagTicks: 5, ticks: 2_000)
        #expect(rows.count == 8 && course["every_ms"] as? Int == 10)
        for (index, row) in rows.enumerated() {
            var random = SeededGenerator(4, 3, UInt64(index))
            let spikes = trains.draw(&random)
            let synapse = try PlasticSynapses(sources: 1, targets: 1, weights: [64], rule: rule, seed: random.next())
            var expected = [64]
            for (tick, bits) in spikes.enumerated() {
                let one = [ChannelSpikes(channel: 0, count: 1)]
                try synapse.learn(presynaptic: bits & 1 != 0 ? one : [], postsynaptic: bits & 2 != 0 ? one : [])
                if tick % 10 == 9 { expected.append(Int(synapse.weights[0])) }
            }
            #expect(row == expected)
        }
        #expect(course["mean_at_end"] as? Double == Double(rows.reduce(0) { $0 + $1[200] }) / 8)
    }

    // MARK: Population

    @Test("population: spikes are those of both engines")
    func population() throws {
        let answer = try playgroundObject(
            "population",
            [
                "count": "60", "inputs": "50", "rate_hz": "40", "probability": "0.2", "weight_mv": "2.5",
                "recurrent_mv": "0.4", "delay_ms": "2", "duration_ms": "250", "seed": "3",
            ])
        let simulation = Simulation(
            name: "p", durationMs: 250, stepMs: 0.1, seed: 3,
            inputs: [InputGroup(name: "i", count: 50, pattern: .poisson, rateHz: 40)],
            populations: [
                CellPopulation(
                    name: "p", count: 60, tauMs: 10, restMv: -70, thresholdMv: -55, resetMv: -75, refractoryMs: 2)
            ],
            projections: [
                Projection(source: 0, target: 0, probability: 0.2, weightMv: 2.5),
                Projection(source: 1, target: 0, probability: 0.2, weightMv: 0.4, delayMs: 2),
            ], recording: Recording(traces: 0, binMs: 10))
        let (wiring, inputs) = (Wiring(simulation), simulation.inputTrains())
        for (name, result) in [
            ("float", try SimulationEngine.float(simulation, wiring: wiring).run(inputs)),
            ("integer", try SimulationEngine.integer(simulation, wiring: wiring).run(inputs)),
        ] {
            let engine = try object(answer, name)
            var (steps, neurons) = ([Int](), [Int]())
            result.trains[0].forEach { step, neuron in
                steps.append(step)
                neurons.append(neuron)
            }
            let shown = try numbers(engine, "at_ms").map { Int(($0 * 10).rounded()) - 1 }
            #expect(steps.count > 50 && shown == steps)
            #expect(try numbers(engine, "neuron").map { Int($0) } == neurons)
            let rates = try numbers(engine, "rates_hz")
            // 25 bins of 10 ms and 60 neurons: 0.6 s of neurons each.
            #expect(rates.count == 25 && abs(rates.reduce(0, +) * 0.6 - Double(steps.count)) < 0.2)
        }
        #expect(answer["synapses"] as? Int == wiring.synapses)
    }
}
