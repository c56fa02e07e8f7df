import SpikeSignals
import SpikeSimulation

extension BenchCase {
    /// The simulator against the same loops in plain C.
    static let population = BenchCase(
        name: "population", summary: "synaptic operations per second of simulated populations, against plain C"
    ) { (_) throws(SpikelineError) in
        var results: [BenchResult] = []
        for problem in PopulationProblem.all { results.append(try problem.measure()) }
        return results
    }
}

/// A network of `Pipelines/lif-population.yaml` at another size, and the C loop beside it.
private struct PopulationProblem {
    let detail: String
    let simulation: Simulation

    /// The example with as many synapses per neuron as it has, and one in which the synapses are nearly all the work.
    static let all = [
        PopulationProblem("10,000 neurons", neurons: 10_000, inputs: 100, probability: 0.1, rateHz: 15, weightMv: 3),
        PopulationProblem("100,000 neurons", neurons: 100_000, inputs: 100, probability: 0.1, rateHz: 15, weightMv: 3),
        PopulationProblem(
            "1,000 synapses per neuron", neurons: 10_000, inputs: 10_000, probability: 0.1, rateHz: 10, weightMv: 0.14),
    ]

    init(_ detail: String, neurons: Int, inputs: Int, probability: Double, rateHz: Double, weightMv: Double) {
        self.detail = detail
        let isDense = inputs > 1000
        simulation = Simulation(
            name: detail, durationMs: isDense ? 100 : 1000, stepMs: 0.1, seed: 1,
            inputs: [InputGroup(name: "drive", count: inputs, pattern: .poisson, rateHz: rateHz)],
            populations: [
                CellPopulation(
                    name: "neurons", count: neurons, tauMs: 10, restMv: -70, thresholdMv: -55, resetMv: -75)
            ], projections: [Projection(source: 0, target: 0, probability: probability, weightMv: weightMv)],
            recording: Recording(traces: 0))
    }

    func measure() throws(SpikelineError) -> BenchResult {
        let wiring = Wiring(simulation)
        let inputs = simulation.inputTrains()
        let simulator = try SimulationEngine.float(simulation, wiring: wiring)
        let result = simulator.run(inputs)
        let operations = Double(result.synapticOperations)
        let unit = "M synaptic operations/s"
        guard let function = CCompiler.function("run", in: PopulationReference.source) else {
            let seconds = try Stopwatch.least(of: 3) { () throws(SpikelineError) in
                _ = simulator.run(inputs)
            } _: {
            }
            return BenchResult(detail: detail, value: operations / seconds.first / 1e6, unit: unit)
        }
        let table = wiring.tables[0]
        let reference = PopulationReference.run(function, simulation, table, inputs[0])
        guard reference.operations == result.synapticOperations, reference.spikes == result.trains[0].neurons.count
        else {
            throw SpikelineError("simulator and C reference disagree", at: "bench population", cause: .defect)
        }
        let seconds = try Stopwatch.least(of: 3) { () throws(SpikelineError) in
            _ = simulator.run(inputs)
        } _: {
            _ = PopulationReference.run(function, simulation, table, inputs[0])
        }
        return BenchResult(
            detail: detail, value: operations / seconds.first / 1e6, unit: unit, reference: function.command,
            referenceValue: operations / seconds.second / 1e6)
    }
}

/// The simulator's loops as a C programmer would write them, for one population with delta synapses from one input.
private enum PopulationReference {
    static let source = """
        #include <stdint.h>
        #include <stdlib.h>
        int64_t run(int64_t n, int64_t steps, double decay, double threshold, double reset, double weight,
                    const int64_t *rows, const uint32_t *targets, const int64_t *ends, const uint32_t *input,
                    int64_t *spikes) {
            double *v = calloc(n, sizeof(double));
            uint32_t *fired = malloc(n * sizeof(uint32_t));
            int64_t operations = 0, all = 0;
            for (int64_t step = 0, next = 0; step < steps; step++) {
                for (int64_t i = 0; i < n; i++) v[i] *= decay;
                int64_t count = 0;
                for (int64_t i = 0; i < n; i++) if (v[i] > threshold) fired[count++] = i;
                for (; next < ends[step]; next++) {
                    int64_t first = rows[input[next]], end = rows[input[next] + 1];
                    for (int64_t k = first; k < end; k++) v[targets[k]] += weight;
                    operations += end - first;
                }
                for (int64_t i = 0; i < count; i++) v[fired[i]] = reset;
                all += count;
            }
            free(v); free(fired);
            *spikes = all;
            return operations;
        }
        """

    private typealias Run =
        @convention(c) (
            Int64, Int64, Double, Double, Double, Double, UnsafePointer<Int>, UnsafePointer<UInt32>,
            UnsafePointer<Int>, UnsafePointer<UInt32>, UnsafeMutablePointer<Int64>
        ) -> Int64

    /// Runs the C loop: the synaptic operations and the spikes.
    static func run(
        _ function: CCompiler.Function, _ simulation: Simulation, _ table: SynapseTable, _ input: SpikeTrain
    ) -> (operations: Int, spikes: Int) {
        let call = unsafe unsafeBitCast(function.address, to: Run.self)
        let cell = simulation.populations[0]
        var spikes: Int64 = 0
        let operations = unsafe call(
            Int64(cell.count), Int64(simulation.steps), SetUpMath.exp(-simulation.stepMs / cell.tauMs),
            cell.thresholdMv - cell.restMv, cell.resetMv - cell.restMv, simulation.projections[0].weightMv, table.rows,
            table.targets, input.ends, input.neurons, &spikes)
        return (Int(operations), Int(spikes))
    }
}
