import SpikePipeline
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSimulation

@Suite("Simulations as YAML") struct SimulationDocumentTests {
    static let good = """
        simulate:
          duration_ms: 50
          seed: 3
          inputs:
            drive: {type: poisson, count: 10, rate_hz: 15}
          populations:
            e: {count: 8, tau_ms: 10, rest_mv: -70, threshold_mv: -55, reset_mv: -75, refractory_ms: 2}
            i: {count: 2, tau_ms: 5, rest_mv: -70, threshold_mv: -55, reset_mv: -75, synapse_tau_ms: 4, drive_mv: 1}
          projections:
            - {from: drive, to: e, probability: 0.5, weight_mv: 3}
            - {from: i, to: e, weight_mv: -3, delay_ms: 1.5}
          record: {traces: 2, bin_ms: 10}

        """

    @Test("everything that a file may say arrives") func reads() throws {
        let simulation = try SimulationDocument.parse(Self.good, path: "folder/small.yaml")
        let expected = Simulation(
            name: "small", durationMs: 50, stepMs: 0.1, seed: 3,
            inputs: [InputGroup(name: "drive", count: 10, pattern: .poisson, rateHz: 15)],
            populations: [
                CellPopulation(
                    name: "e", count: 8, tauMs: 10, restMv: -70, thresholdMv: -55, resetMv: -75, refractoryMs: 2),
                CellPopulation(
                    name: "i", count: 2, tauMs: 5, restMv: -70, thresholdMv: -55, resetMv: -75, driveMv: 1,
                    synapseTauMs: 4),
            ],
            projections: [
                Projection(source: 0, target: 0, probability: 0.5, weightMv: 3),
                Projection(source: 2, target: 0, probability: 1, weightMv: -3, delayMs: 1.5),
            ], recording: Recording(traces: 2, binMs: 10))
        #expect(simulation == expected)
        #expect(try SimulationDocument.parse(Self.good, path: "x.yaml", seed: 99).seed == 99)
    }

    @Test("all errors are told at once, with line, column and near misses") func errors() {
        let text = """
            simulate:
              duration_ms: x
              inputs:
                a: {type: poison, count: 0, rate_hz: 3}
              populations:
                b: {count: 3, tau_ms: 10, rest_mv: -70, treshold_mv: -55, reset_mv: -75}
                c: {count: 3, tau_ms: 10, rest_mv: -70, threshold_mv: -75, reset_mv: -75}
              projections:
                - {from: d, to: a, weight_mv: .nan}
            """
        let errors = #expect(throws: PipelineErrors.self) { try SimulationDocument.parse(text, path: "bad.yaml") }
        let lines = errors?.diagnostics.map { "\($0.position?.line ?? 0): \($0.message)" } ?? []
        #expect(
            lines == [
                "2: \"duration_ms\" expects a number from 0.001 to 1000000000.0, found \"x\"",
                "4: \"type\" expects one of poisson, regular, found \"poison\"",
                "4: \"count\" expects a whole number from 1 to 4000000, found 0",
                "6: \"b\" needs \"threshold_mv\"",
                "6: \"b\" has no \"treshold_mv\". Did you mean \"threshold_mv\"?",
                "7: \"c\" has its threshold_mv -75.0 not above its reset_mv -75.0: it would fire for ever",
                "9: there is no \"d\". Did you mean \"a\"?",
                "9: \"a\" is an input, which no projection goes to. Did you mean \"b\"?",
                "9: \"weight_mv\" expects a number from -1000.0 to 1000.0, found nan",
            ])
    }

    @Test(
        "files of other kinds say so", arguments: ["sources: {}", "simulate: 3", "- 1", "", "simulate: {inputs: []}"])
    func otherFiles(text: String) {
        #expect(throws: PipelineErrors.self) { try SimulationDocument.parse(text, path: "x.yaml") }
    }

    @Test(
        "sizes that do not fit are refused before anything is allocated",
        arguments: [
            ("duration_ms: 50", "duration_ms: 1000000000"), ("count: 10, rate_hz: 15", "count: 10, rate_hz: 15000"),
            ("count: 8,", "count: 4000000,\n     "), ("delay_ms: 1.5", "delay_ms: 1000"),
            ("duration_ms: 50", "duration_ms: 0.01"),
        ])
    func sizes(from: String, to: String) throws {
        var text = Self.good.replacing(from, with: to)
        if to.contains("4000000") { text = text.replacing("count: 10,", with: "count: 4000000,") }
        if to.contains("delay_ms") { text = text.replacing("count: 2,", with: "count: 400000,") }
        #expect(text != Self.good)
        #expect(throws: SpikelineError.self) { try SimulationDocument.parse(text, path: "x.yaml") }
    }

    @Test("no damage of a file traps or is taken for a network that cannot run") func fuzz() {
        var random = SeededGenerator(11)
        let bytes = Array(Self.good.utf8)
        let pieces = Array("{}[]:,-&*0.9e\n x\"".utf8)
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0...random.index(below: 4) {
                let place = random.index(below: damaged.count)
                switch random.index(below: 3) {
                case 0: damaged[place] = pieces[random.index(below: pieces.count)]
                case 1: damaged.insert(pieces[random.index(below: pieces.count)], at: place)
                default: damaged.remove(at: place)
                }
            }
            guard
                let simulation = try? SimulationDocument.parse(
                    String(decoding: damaged, as: UTF8.self), path: "x.yaml")
            else { continue }
            #expect(simulation.steps >= 1)
            #expect((try? simulation.check()) != nil)
        }
    }

    @Test(
        "the simulations of this package run and fire",
        arguments: ["lif-population", "lif-refractory", "lif-currents", "balanced-network"])
    func shipped(name: String) throws {
        // The whole second: over less of it the rates of the chaotic balanced network differ by a fifth.
        let simulation = try SimulationDocument.load(path: SharedData.packageRoot + "/Pipelines/\(name).yaml")
        let wiring = Wiring(simulation)
        let inputs = simulation.inputTrains()
        let float = try SimulationEngine.float(simulation, wiring: wiring).run(inputs)
        let integer = try SimulationEngine.integer(simulation, wiring: wiring).run(inputs)
        #expect(simulation.name == name)
        for (a, b) in zip(simulation.rates(float), simulation.rates(integer)) {
            #expect(a > 0.5)
            #expect(abs(a - b) < 0.05 * a)
        }
    }
}
