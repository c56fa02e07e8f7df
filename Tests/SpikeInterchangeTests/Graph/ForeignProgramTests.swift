import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

#if canImport(Glibc)
import Glibc
#endif

/// Rules and corrections for the files of other programs, against the steps of those programs written out plainly.
@Suite struct ForeignProgramTests {
    private func graph(_ type: String, _ arrays: [String: ([Int], [Double])]) -> NeuronGraph {
        var parts = GraphParts()
        parts.port("Input", [arrays["r"]?.1.count ?? 1])
        parts.add("n", type, arrays, after: "input")
        parts.port("Output", [arrays["r"]?.1.count ?? 1], after: "n")
        return parts.graph
    }

    private func random(_ count: Int, seed: UInt64, from least: Double, to most: Double) -> [Double] {
        var generator = SeededGenerator(seed, 1)
        return (0..<count).map { _ in least + (most - least) * Double(generator.index(below: 1 << 20)) / 1_048_576 }
    }

    /// snnTorch 1.0.0, `Leaky.forward` with `reset_delay=False` and `reset_mechanism="subtract"`.
    @Test("a reset at both moments is snnTorch's step", arguments: [1, 2, 3] as [UInt64])
    func bothMoments(seed: UInt64) throws {
        let (beta, threshold) = (0.875, 1.5)
        let tau = 1e-4 / (1 - beta)
        let graph = graph(
            "LIF",
            ["tau": ([1], [tau]), "r": ([1], [tau / 1e-4]), "v_leak": ([1], [0]), "v_threshold": ([1], [threshold])])
        let runner = try GraphRunner(graph, rule: StepRule(reset: .subtract, moment: .both))
        let after = try GraphRunner(graph, rule: StepRule(reset: .subtract))
        var (mem, spikes, others, undone) = (0.0, 0, 0, 0)
        for input in random(2_000, seed: seed, from: -2, to: 4) {
            let reset = mem > threshold ? 1.0 : 0
            mem = beta * mem + input - reset * threshold
            let spike = mem > threshold ? 1.0 : 0
            mem -= (spike - reset) * threshold
            #expect(try runner.step([input]) == [spike])
            #expect(abs(try #require(runner.potentials(of: "n")).first! - mem) < 1e-9)
            spikes += Int(spike)
            if spike < reset { undone += 1 }
            others += Int(try after.step([input])[0])
        }
        // Every branch was taken, and it is another rule than a reset after the spike.
        #expect(spikes > 300 && undone > 20 && spikes < others)
    }

    @Test("a reset at both moments to a potential is one after the spike; several spikes have no such rule")
    func bothToZero() throws {
        let graph = graph("IF", ["r": ([1], [1]), "v_threshold": ([1], [1])])
        let one = try GraphRunner(graph, rule: StepRule(reset: .zero, moment: .both))
        let two = try GraphRunner(graph, rule: StepRule(reset: .zero, moment: .after))
        for input in random(500, seed: 4, from: -1, to: 3) {
            #expect(try one.step([input]) == two.step([input]))
            #expect(one.potentials(of: "n") == two.potentials(of: "n"))
        }
        let error = #expect(throws: SpikelineError.self) {
            try GraphRunner(graph, rule: StepRule(reset: .subtract, moment: .both, maximumSpikes: 2))
        }
        #expect(error?.description.contains("a rule for one spike in a step, found 2") == true)
    }

    @Test("the integer network resets after the spike where the rule resets at both moments")
    func quantised() throws {
        let cell: [String: ([Int], [Double])] = [
            "tau": ([1], [1e-3]), "r": ([1], [10]), "v_leak": ([1], [0]), "v_threshold": ([1], [1]),
        ]
        var parts = GraphParts()
        parts.port("Input", [2])
        parts.add("w", "Linear", ["weight": ([1, 2], [1.75, 0.5])], after: "input")
        parts.add("n", "LIF", cell, after: "w")
        parts.port("Output", [1], after: "n")
        let both = try GraphQuantizer(parts.graph, rule: StepRule(reset: .subtract, moment: .both))
        let after = try GraphQuantizer(parts.graph, rule: StepRule(reset: .subtract))
        #expect(both.network == after.network)
    }

    /// Rockpool 3.1.0, `LIFTorch.forward`: `isyn = (isyn + input) alpha; vmem = vmem beta + isyn; spikes = floor(vmem / threshold)`.
    @Test("Rockpool's files run as Rockpool runs them", arguments: [false, true])
    func rockpool(hasSynapses: Bool) throws {
        let (dt, mem, syn, threshold) = (1e-3, [0.02, 0.004], [0.01, 0.03], 3.0)
        // As its exporter writes them.
        var arrays: [String: ([Int], [Double])] = [
            "r": ([2], mem.map { $0 * exp(-dt / $0) / dt }), "v_leak": ([2], [0, 0]),
            "v_threshold": ([2], [threshold, threshold]),
        ]
        arrays[hasSynapses ? "tau_mem" : "tau"] = ([2], mem)
        if hasSynapses { arrays["tau_syn"] = ([2], syn) }
        let written = graph(hasSynapses ? "CubaLIF" : "LIF", arrays)
        let runner = try GraphRunner(
            try ForeignProgram.rockpool.asRun(written, dt: dt), rule: ForeignProgram.rockpool.rule)
        let asWritten = try GraphRunner(written, rule: ForeignProgram.rockpool.rule)
        var (current, potential, total, differ) = ([0.0, 0], [0.0, 0], 0.0, 0)
        let input = random(2_000, seed: 5, from: -1, to: 2)
        for step in 0..<1_000 {
            var expected = [0.0, 0]
            for n in 0..<2 {
                current[n] = hasSynapses ? (current[n] + input[2 * step + n]) * exp(-dt / syn[n]) : input[2 * step + n]
                potential[n] = potential[n] * exp(-dt / mem[n]) + current[n]
                expected[n] = min(max((potential[n] / threshold).rounded(.down), 0), 31)
                potential[n] -= expected[n] * threshold
            }
            let row = [input[2 * step], input[2 * step + 1]]
            #expect(try runner.step(row) == expected)
            if try asWritten.step(row) != expected { differ += 1 }
            total += expected[0] + expected[1]
        }
        #expect(total > 100 && differ > 10)
    }

    @Test("one time constant serves all neurons, and one r all time constants")
    func shapes() throws {
        func r(_ r: ([Int], [Double]), _ tau: ([Int], [Double])) throws -> NeuronGraph.Tensor? {
            let written = graph("LIF", ["r": r, "tau": tau, "v_leak": ([1], [0]), "v_threshold": ([1], [1])])
            return try ForeignProgram.rockpool.asRun(written, dt: 1).nodes.first { $0.name == "n" }?.arrays["r"]
        }
        let many = try r(([2], [1, 2]), ([], [2]))
        #expect(many?.shape == [2] && many?.values == [exp(0.5), 2 * exp(0.5)])
        let one = try r(([], [3]), ([2], [1, 2]))
        #expect(one?.shape == [2] && one?.values == [3 * exp(1.0), 3 * exp(0.5)])
        // What does not fit together is left to the check of shapes.
        #expect(try r(([3], [1, 2, 3]), ([2], [1, 2]))?.values == [1, 2, 3])
    }

    @Test("other programs' graphs stay as they are, and a step that gives no number is refused by name")
    func refusals() throws {
        let written = graph(
            "CubaLIF",
            [
                "r": ([1], [1]), "tau_mem": ([1], [1e-6]), "tau_syn": ([1], [0.1]), "v_leak": ([1], [0]),
                "v_threshold": ([1], [1]),
            ])
        for program in ForeignProgram.allCases where program != .rockpool {
            let same = try program.asRun(written, dt: 1)
            #expect(
                same.nodes.map { $0.arrays.mapValues(\.values) } == written.nodes.map { $0.arrays.mapValues(\.values) })
        }
        let error = #expect(throws: SpikelineError.self) { try ForeignProgram.rockpool.asRun(written, dt: 1) }
        #expect(error?.description.contains("\"n\" has time constants for which a step of 1.0 gives no r") == true)
    }
}
