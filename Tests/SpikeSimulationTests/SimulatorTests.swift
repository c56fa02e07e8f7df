import SpikeSignals
import Testing

@testable import SpikeSimulation

@Suite("Simulated populations") struct SimulatorTests {
    /// One neuron and nothing but a drive.
    static func driven(refractoryMs: Double = 0, driveMv: Double = 20) -> Simulation {
        Simulation(
            name: "driven", durationMs: 200, stepMs: 0.1, seed: 1, inputs: [],
            populations: [
                CellPopulation(
                    name: "cell", count: 1, tauMs: 10, restMv: -70, thresholdMv: -55, resetMv: -75,
                    refractoryMs: refractoryMs, driveMv: driveMv)
            ], projections: [])
    }

    static func float(_ simulation: Simulation) throws -> SimulationResult {
        try simulation.check()
        return try SimulationEngine.float(simulation, wiring: Wiring(simulation)).run(simulation.inputTrains())
    }

    static func integer(_ simulation: Simulation) throws -> SimulationResult {
        try SimulationEngine.integer(simulation, wiring: Wiring(simulation)).run(simulation.inputTrains())
    }

    static func steps(_ train: SpikeTrain) -> [Int] {
        var steps: [Int] = []
        train.forEach { step, _ in steps.append(step) }
        return steps
    }

    @Test("a driven neuron fires when the closed form says so", arguments: [(0.0, 160), (5.0, 210)])
    func drivenIntervals(refractoryMs: Double, interval: Int) throws {
        // From reset -75 to -55 under a level of -50: 10 ln(25 / 5) = 16.094 ms, the first step after it is 161 steps on.
        // From rest it is 10 ln(20 / 5) = 13.863 ms: step 138 ends at 13.9 ms. A refractory neuron loses r - 1 steps.
        let result = try Self.float(Self.driven(refractoryMs: refractoryMs))
        let steps = Self.steps(result.trains[0])
        #expect(steps.first == 138)
        let expected = 161 + max(0, Int(refractoryMs * 10) - 1)
        #expect(steps.count == 1 + (1999 - 138) / expected)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $1 - $0 == expected })
        #expect(expected == interval || expected == interval + 1)
    }

    @Test("a neuron that its drive does not lift to the threshold is silent and rests at its level")
    func silence() throws {
        let result = try Self.float(Self.driven(driveMv: 15))
        #expect(result.trains[0].neurons.isEmpty)
        let last = try #require(result.traces[0].last)
        #expect(abs(last - -55) < 1e-6)
        #expect(last < -55)
    }

    /// One regular input of 10 Hz onto one neuron.
    static func single(
        weightMv: Double, delayMs: Double = 0, synapseTauMs: Double? = nil, tauMs: Double = 10
    ) -> Simulation {
        Simulation(
            name: "single", durationMs: 90, stepMs: 0.1, seed: 1,
            inputs: [InputGroup(name: "in", count: 1, pattern: .regular, rateHz: 10)],
            populations: [
                CellPopulation(
                    name: "cell", count: 1, tauMs: tauMs, restMv: -70, thresholdMv: -55, resetMv: -75,
                    synapseTauMs: synapseTauMs)
            ], projections: [Projection(source: 0, target: 0, probability: 1, weightMv: weightMv, delayMs: delayMs)])
    }

    @Test("one delta spike decays as an exponential", arguments: [0.0, 1.5])
    func deltaResponse(delayMs: Double) throws {
        let result = try Self.float(Self.single(weightMv: 6, delayMs: delayMs))
        let arrival = Int(delayMs * 10)
        for step in [0, 1, 10, 100, 500] where step < arrival { #expect(result.traces[0][step] == -70) }
        for step in [arrival, arrival + 1, arrival + 100] {
            let expected = -70 + 6 * SetUpMath.exp(-Double(step - arrival) * 0.1 / 10)
            #expect(abs(result.traces[0][step] - expected) < 1e-9)
        }
    }

    @Test("one current spike follows the closed form, also where both time constants are equal", arguments: [5.0, 10])
    func currentResponse(synapse: Double) throws {
        let result = try Self.float(Self.single(weightMv: 8, synapseTauMs: synapse))
        for step in [1, 20, 200] {
            let t = Double(step) * 0.1
            let expected =
                synapse == 10
                ? 8 * t / 10 * SetUpMath.exp(-t / 10)
                : 8 * synapse / (synapse - 10) * (SetUpMath.exp(-t / synapse) - SetUpMath.exp(-t / 10))
            #expect(abs(result.traces[0][step] + 70 - expected) < 1e-9)
        }
    }

    @Test(
        "the twin in whole numbers follows the reference", arguments: [(nil, 0.01), (5.0, 0.05)] as [(Double?, Double)])
    func twinFollows(synapse: Double?, within: Double) throws {
        // A current rounds to itself below 0.5 / (1 - e^(-0.1 / 5)) = 25 units, which hold the membrane 25 / (1 - e^-0.01)
        // = 2,537 units or 0.039 mV off its rest.
        let simulation = Self.single(weightMv: 8, synapseTauMs: synapse)
        let (a, b) = (try Self.float(simulation), try Self.integer(simulation))
        let distance = zip(a.traces[0], b.traces[0]).map { abs($0 - $1) }.max() ?? .infinity
        #expect(distance < within)
        #expect(distance > 0)
    }

    @Test("an input in the very step of a spike is lost, and one step later it is not")
    func orderWithinAStep() throws {
        // 16 mV lifts over the threshold; it is seen in the next step, where the neuron fires and is reset.
        let result = try Self.float(Self.single(weightMv: 16))
        #expect(Self.steps(result.trains[0]) == [1])
        #expect(result.traces[0][0] == -54)
        #expect(result.traces[0][1] == -75)
    }

    static func population(_ seed: UInt64) -> Simulation {
        Simulation(
            name: "population", durationMs: 500, stepMs: 0.1, seed: seed,
            inputs: [InputGroup(name: "drive", count: 100, pattern: .poisson, rateHz: 15)],
            populations: [
                CellPopulation(name: "cells", count: 100, tauMs: 10, restMv: -70, thresholdMv: -55, resetMv: -75)
            ],
            projections: [
                Projection(source: 0, target: 0, probability: 0.1, weightMv: 3),
                Projection(source: 1, target: 0, probability: 0.1, weightMv: -2, delayMs: 1),
            ])
    }

    /// The same network by the plainest loops: every pair, every step, no queues and no tables.
    static func naive(_ simulation: Simulation) -> [[Int]] {
        let wiring = Wiring(simulation)
        let inputs = simulation.inputTrains()
        var history: [[Set<Int>]] = [[], []]
        let cell = simulation.populations[0]
        let decay = SetUpMath.exp(-simulation.stepMs / cell.tauMs)
        var v = [Double](repeating: 0, count: cell.count)
        for step in 0..<simulation.steps {
            v = v.map { $0 * decay }
            let fired = v.indices.filter { v[$0] > cell.thresholdMv - cell.restMv }
            history[0].append(Set(inputs[0].neurons[inputs[0].range(ofStep: step)].map(Int.init)))
            history[1].append(Set(fired))
            for (projection, table) in zip(simulation.projections, wiring.tables) {
                let then = step - simulation.steps(of: projection.delayMs)
                guard then >= 0 else { continue }
                for source in history[projection.source][then].sorted() {
                    for target in table.targets[table.rows[source]..<table.rows[source + 1]] {
                        v[Int(target)] += projection.weightMv
                    }
                }
            }
            for neuron in fired { v[neuron] = cell.resetMv - cell.restMv }
        }
        return history[1].map { $0.sorted() }
    }

    @Test("queues, tables and blocks give the spikes of plain loops", arguments: [1, 2, 3] as [UInt64])
    func equalsPlainLoops(seed: UInt64) throws {
        let simulation = Self.population(seed)
        let train = try Self.float(simulation).trains[0]
        let expected = Self.naive(simulation)
        #expect(!train.neurons.isEmpty)
        for step in 0..<simulation.steps {
            #expect(train.neurons[train.range(ofStep: step)].map(Int.init) == expected[step])
        }
    }

    @Test("the same seed gives the same run, another seed another")
    func seeds() throws {
        let (a, b, c) = (
            try Self.float(Self.population(7)), try Self.float(Self.population(7)), try Self.float(Self.population(8))
        )
        #expect(a == b)
        #expect(a != c)
    }

    @Test("both engines agree on nearly every spike of the textbook's population")
    func agreement() throws {
        let simulation = Self.population(1)
        let (a, b) = (try Self.float(simulation), try Self.integer(simulation))
        #expect(SpikeAgreement(a, b, tolerance: 10).share > 0.95)
        #expect(SpikeAgreement(a, a, tolerance: 0).share == 1)
    }

    @Test("spikes that are not there, or too far apart, do not agree")
    func disagreement() {
        var a = SimulationResult(Self.driven())
        var b = a
        for step in 0..<20 {
            if step == 3 { a.trains[0].neurons.append(0) }
            if step == 6 || step == 15 { b.trains[0].neurons.append(0) }
            a.trains[0].endStep()
            b.trains[0].endStep()
        }
        #expect(SpikeAgreement(a, b, tolerance: 2).common == 0)
        #expect(SpikeAgreement(a, b, tolerance: 3).common == 1)
        #expect(SpikeAgreement(a, b, tolerance: 100).common == 1)
        #expect(SpikeAgreement(a, b, tolerance: 3).share == 2.0 / 3)
    }

    @Test("more than whole numbers hold is refused")
    func refusesOverflow() throws {
        var simulation = Self.population(1)
        simulation.inputs[0].count = 1000
        simulation.projections = [Projection(source: 0, target: 0, probability: 1, weightMv: 9)]
        let wiring = Wiring(simulation)
        _ = try SimulationEngine.float(simulation, wiring: wiring)
        let error = #expect(throws: SpikelineError.self) { try SimulationEngine.integer(simulation, wiring: wiring) }
        #expect(
            error?.description == """
                population: up to 9000 mV may arrive at a neuron of "cells" in one step, expected less than 8192 mV in \
                whole numbers. Lower weight_mv or probability
                """)
    }

    @Test("rates over time sum to the spikes, also with a short last bin")
    func binnedRates() throws {
        var simulation = Self.population(1)
        simulation.recording.binMs = 30
        let train = try Self.float(simulation).trains[0]
        let bins = simulation.binnedRates(train, count: 100)
        #expect(bins.count == 17)
        let spikes = bins.dropLast().reduce(0) { $0 + $1 * 3 } + (bins.last ?? 0) * 2
        #expect(abs(spikes - Double(train.neurons.count)) < 1e-9)
    }
}
