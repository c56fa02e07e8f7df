import SpikeContainers
import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

#if canImport(Glibc)
import Glibc
#endif

/// Lets the Python package `nir` read what this package writes, and the other way round.
@Suite(
    .enabled(
        if: Python.hasNIR, "no .venv with the Python package nir: run Scripts/test-venv"))
struct NIRPackageTests {
    @Test func nirReadsTheWeightsAndParameters() throws {
        for (index, model) in [Samples.small(), Samples.large20].enumerated() {
            let folder = try Scratch.folder()
            defer { Scratch.remove(folder) }
            try model.write(to: folder + "/model.nir")
            try WholeFile.write(Array(expectation(model, input: [], output: []).utf8), to: folder + "/expected.json")
            #expect(
                Python.run(["Scripts/check-nir", folder + "/model.nir", folder + "/expected.json"]) == 0, "\(index)")
        }
    }

    @Test func aWrongWeightIsFound() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        var model = Samples.small()
        try model.write(to: folder + "/model.nir")
        model.network.connections[0].weights[3] += 1
        try WholeFile.write(Array(expectation(model, input: [], output: []).utf8), to: folder + "/expected.json")
        #expect(Python.run(["Scripts/check-nir", folder + "/model.nir", folder + "/expected.json"]) != 0)
    }

    @Test(arguments: 0..<8) func theGraphRunByEulerGivesTheEnginesOutput(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        var model = Samples.small()
        model.network = plainNetwork(&dice)
        let (input, output) = try run(model.network, &dice)
        #expect(Set(output.flatMap { $0 }).count > 5)
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        try model.write(to: folder + "/model.nir")
        try WholeFile.write(Array(expectation(model, input: input, output: output).utf8), to: folder + "/expected.json")
        #expect(Python.run(["Scripts/check-nir", folder + "/model.nir", folder + "/expected.json"]) == 0)
    }

    @Test(arguments: 0..<6) func convolutionsRunByEulerGiveTheEnginesOutput(seed: Int) throws {
        var dice = Dice(state: UInt64(900 + seed))
        var model = Samples.small()
        model.network = Samples.convolutional(&dice, isPlain: true)
        let (input, output) = try run(model.network, &dice)
        #expect(Set(output.flatMap { $0 }).count > 5)
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        try model.write(to: folder + "/model.nir")
        let expected = OptionValue.map(["input": rows(input), "output": rows(output)])
        try WholeFile.write(Array(expected.json("expected").utf8), to: folder + "/expected.json")
        #expect(Python.run(["Scripts/check-nir", folder + "/model.nir", folder + "/expected.json"]) == 0)
        let code = "import nir, sys; nir.write(sys.argv[2], nir.read(sys.argv[1]))"
        #expect(Python.run(["-c", code, folder + "/model.nir", folder + "/again.nir"]) == 0)
        #expect(try ModelFile(contentsOf: folder + "/again.nir") == model)
    }

    @Test func whatNIRWritesAgainIsReadBack() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        try Samples.large20.write(to: folder + "/model.nir")
        let code = "import nir, sys; nir.write(sys.argv[2], nir.read(sys.argv[1]))"
        #expect(Python.run(["-c", code, folder + "/model.nir", folder + "/again.nir"]) == 0)
        #expect(try ModelFile(contentsOf: folder + "/again.nir") == Samples.large20)
    }

    /// A network without several spikes per tick and reset by subtraction, which NIR says up to rounding.
    private func plainNetwork(_ dice: inout Dice) -> NetworkDescription {
        let shared = [0, 24_576].map { SpikingParameters(membraneDecay: $0, reset: .zero) }
        let models: [NeuronModel] = [
            .lif(shared[1]), .lif(shared[0]), .currentLIF(shared[1], synapticDecay: 0),
            .currentLIF(shared[0], synapticDecay: 16_384),
        ]
        func population(_ index: Int) -> Population {
            Population(
                name: "p\(index)", neuron: models[dice.pick(0...3)],
                thresholds: (0..<5).map { _ in dice.pick32(300...900) },
                biases: (0..<5).map { _ in dice.pick32(-20...20) }
            )
        }
        func weights(_ count: Int) -> [Int8] { (0..<count).map { _ in Int8(dice.pick(-100...127)) } }
        let readout = Population(
            name: "out", neuron: .leakyIntegrator(membraneDecay: 24_576), thresholds: [1, 1], biases: [1, -1])
        return NetworkDescription(
            tickNanoseconds: 10_000_000, inputs: 4, maximumInputSpikes: 3,
            populations: [population(0), population(1), readout],
            connections: [
                Connection(source: .input, target: 0, delays: [0, 3], weights: weights(40)),
                Connection(source: .population(0), target: 0, delays: [1], weights: weights(25)),
                Connection(source: .population(0), target: 1, delays: [0, 2, 5], weights: weights(75)),
                Connection(source: .population(1), target: 0, delays: [2], weights: weights(25)),
                Connection(source: .population(1), target: 2, weights: weights(10)),
                Connection(source: .input, target: 2, delays: [4], weights: weights(8)),
            ])
    }

    private func run(_ network: NetworkDescription, _ dice: inout Dice) throws -> (input: [[Int]], output: [[Int]]) {
        let engine = try SpikingNetwork(network)
        var (input, output): ([[Int]], [[Int]]) = ([], [])
        for _ in 0..<60 {
            let counts = (0..<network.inputs).map { _ in max(0, dice.pick(-3...3)) }
            let spikes = counts.enumerated().filter { $0.element > 0 }
            try engine.step(spikes.map { ChannelSpikes(channel: UInt16($0.offset), count: UInt16($0.element)) })
            input.append(counts)
            output.append((0..<2).map { Int(engine.potential(ofOutput: $0)) })
        }
        return (input, output)
    }

    private func rows(_ values: [[Int]]) -> OptionValue { .list(values.map { .list($0.map { .integer($0) }) }) }

    /// The expectation file of `Scripts/check-nir`.
    private func expectation(_ model: ModelFile, input: [[Int]], output: [[Int]]) -> String {
        var weights: [String: OptionValue] = [:]
        let names = NIRGraph(model.network).tapNodes
        for (connection, names) in zip(model.network.connections, names) {
            let targets = model.network.populations[connection.target].size
            let sources = connection.weights.count / targets / connection.delays.count
            for (tap, name) in names.enumerated() {
                weights[name] = rows(
                    (0..<targets).map { target in
                        (0..<sources).map { Int(connection.weights[(tap * sources + $0) * targets + target]) }
                    })
            }
        }
        let all = OptionValue.map(["weights": .map(weights), "input": rows(input), "output": rows(output)])
        return (try? all.json("expected")) ?? ""
    }
}

/// The Python of the package's own virtual environment.
enum Python {
    private static let path = SharedData.packageRoot + "/.venv/bin/python3"

    /// Whether it is there and has `nir`.
    static let hasNIR = unsafe access(path, X_OK) == 0 && run(["-c", "import nir"]) == 0

    /// Runs it in the root of the package; returns its exit code.
    static func run(_ arguments: [String]) -> Int32 {
        let resolved = arguments.map { $0.hasPrefix("Scripts/") ? SharedData.packageRoot + "/" + $0 : $0 }
        var words = unsafe ([path] + resolved).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        guard unsafe posix_spawn(&child, path, nil, nil, &words, environ) == 0 else { return -1 }
        var status: Int32 = 0
        _ = unsafe waitpid(child, &status, 0)
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    }
}
