import SpikeContainers
import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

@Suite struct GraphQuantizerTests {
    typealias Make = GraphRunnerTests

    /// Two inputs, a current-free population of two with a loop, one readout; all numbers are exact in 8 bits.
    private func small(_ neuron: HDF5Content = GraphRunnerTests.lif, back: HDF5Content? = nil) throws -> NeuronGraph {
        let matrix = Make.node(
            "Affine", [("weight", Make.reals(127, -1, 2, 64, shape: [2, 2])), ("bias", Make.reals(3, 0))])
        let loop = back ?? Make.node("Linear", [("weight", Make.reals(0, 5, -5, 0, shape: [2, 2]))])
        let content = Make.graph(
            [
                ("a", matrix), ("back", loop), ("input", Make.port("Input", [2])), ("n.x", neuron),
                ("output", Make.port("Output", [2])),
            ], ["input", "a", "a", "n.x", "n.x", "back", "back", "n.x", "n.x", "output"])
        return try NeuronGraph(bytes: HDF5Writer.file(content), name: "g.nir")
    }

    private func agreement(
        of quantized: GraphQuantizer, and graph: NeuronGraph, rule: StepRule, input: [[Int]]
    ) throws -> SpikeAgreement {
        var trial = try QuantizationTrial(of: quantized, and: graph, rule: rule)
        try trial.run(input)
        return trial.agreement
    }

    private static func node(_ threshold: Float, _ leak: Float = 0, reset: Float = 0) -> HDF5Content {
        Make.node(
            "LIF",
            [
                ("tau", Make.reals(2, 2)), ("r", Make.reals(2)), ("v_leak", Make.reals(leak)),
                ("v_threshold", Make.reals(threshold)), ("v_reset", Make.reals(reset)),
            ])
    }

    @Test func wholeNumbersStayWhatTheyAre() throws {
        let graph = try small(GraphQuantizerTests.node(99.5))
        let quantized = try GraphQuantizer(graph, rule: StepRule(dt: 1))
        let network = quantized.network
        #expect(network.connections.map(\.weights) == [[127, 2, -1, 64], [0, -5, 5, 0], [1, 0, 0, 1]])
        #expect(network.connections.map(\.delays) == [[0], [1], [0]])
        #expect(network.populations[0].thresholds == [100, 100] && network.populations[0].biases == [3, 0])
        #expect(network.populations[0].neuron == .lif(SpikingParameters(membraneDecay: 16_384, reset: .zero)))
        #expect(network.populations[0].name == "n_x-0" && network.tickNanoseconds == 1_000_000_000)
        #expect(quantized.layers[0].largestError == 0 && quantized.layers[0].vanished == 0)
        // v > 100 is v >= 101.
        #expect(
            try GraphQuantizer(small(GraphQuantizerTests.node(100)), rule: StepRule(dt: 1)).network.populations[0]
                .thresholds == [101, 101])
    }

    @Test(arguments: [StepRule.Reset.zero, .subtract]) func spikesAgreeWhereNothingIsRounded(reset: StepRule.Reset)
        throws
    {
        let rule = StepRule(dt: 1, reset: reset)
        let graph = try small(GraphQuantizerTests.node(180.5))
        let quantized = try GraphQuantizer(graph, rule: rule)
        let input = QuantizationTrial.randomInput(channels: 2, steps: 400, rate: 0.6, seed: 3)
        let found = try agreement(of: quantized, and: graph, rule: rule, input: input)
        #expect(found.cells == 800 && found.graphSpikes > 40)
        // The decay by a half is rounded to whole numbers, which the potentials of this graph are not.
        #expect(found.share ?? 0 >= 0.99)
    }

    /// A reset before the next comparison is another network than one at once, and both are the graph's under their rule.
    @Test(
        arguments: [(StepRule.Reset.zero, SpikingParameters.Reset.zeroLater), (.subtract, .subtractLater)],
        ["LIF", "CubaLIF"])
    func laterResetsAgreeToo(reset: (rule: StepRule.Reset, network: SpikingParameters.Reset), kind: String) throws {
        let names = kind == "LIF" ? ["tau"] : ["tau_mem", "tau_syn"]
        var values = names.map { ($0, Make.reals(2, 2)) }
        values += [
            ("r", Make.reals(2)), ("v_leak", Make.reals(0)), ("v_threshold", Make.reals(70.5)),
            ("v_reset", Make.reals(0)),
        ]
        if kind == "CubaLIF" { values.append(("w_in", Make.reals(2))) }
        let graph = try small(Make.node(kind, values))
        let rule = StepRule(dt: 1, reset: reset.rule, moment: .before)
        let quantized = try GraphQuantizer(graph, rule: rule)
        switch quantized.network.populations[0].neuron {
        case .lif(let parameters), .currentLIF(let parameters, _): #expect(parameters.reset == reset.network)
        default: Issue.record("another kind of neuron")
        }
        let input = QuantizationTrial.randomInput(channels: 2, steps: 400, rate: 0.6, seed: 3)
        let found = try agreement(of: quantized, and: graph, rule: rule, input: input)
        #expect(found.graphSpikes > 40 && found.share ?? 0 >= 0.97, "\(found)")
        let atOnce = try GraphQuantizer(graph, rule: StepRule(dt: 1, reset: reset.rule))
        #expect(try agreement(of: atOnce, and: graph, rule: rule, input: input).share ?? 1 < found.share ?? 0 - 0.02)
        // The model file keeps it.
        let model = ModelFile(
            network: quantized.network, encoder: ModelFile.Stage(type: "none"), head: ModelFile.Stage(type: "none"))
        let again: NetworkDescription = try ModelFile(bytes: model.bytes(), name: "m").network
        #expect(again == quantized.network)
    }

    @Test func subgraphsAreQuantisedToo() throws {
        let inner = Make.graph(
            [
                ("input", Make.port("Input", [2])), ("n", GraphQuantizerTests.node(99.5)),
                ("output", Make.port("Output", [2])),
            ], ["input", "n", "n", "output"], file: false)
        let quantized = try GraphQuantizer(small(inner), rule: StepRule(dt: 1))
        let plain = try GraphQuantizer(small(GraphQuantizerTests.node(99.5)), rule: StepRule(dt: 1))
        #expect(quantized.nodes == ["n.x.n"])
        #expect(quantized.network.connections == plain.network.connections)
    }

    @Test func aDifferentNetworkDoesNotAgree() throws {
        let rule = StepRule(dt: 1)
        let quantized = try GraphQuantizer(small(GraphQuantizerTests.node(180.5)), rule: rule)
        let input = QuantizationTrial.randomInput(channels: 2, steps: 400, rate: 0.6, seed: 3)
        let other = try small(GraphQuantizerTests.node(90.5))
        let found = try agreement(of: quantized, and: other, rule: rule, input: input)
        #expect(found.share ?? 1 < 0.9)
    }

    /// Three classes, told apart by which input fires; the graph and a network of another graph are scored alike.
    @Test func decisionsAreCountedAgainstLabels() throws {
        var parts = GraphParts()
        parts.port("Input", [3])
        parts.add("w", "Linear", ["weight": ([3, 3], [127, 0, 0, 0, 127, 0, 0, 0, 127])], after: "input")
        parts.neurons("n", thresholds: [100.5], after: "w")
        parts.port("Output", [3], after: "n")
        let rule = StepRule(dt: 1)
        let quantized = try GraphQuantizer(parts.graph, rule: rule)
        // The other graph confuses the first two inputs.
        var other = GraphParts()
        other.port("Input", [3])
        other.add("w", "Linear", ["weight": ([3, 3], [0, 127, 0, 127, 0, 0, 0, 0, 127])], after: "input")
        other.neurons("n", thresholds: [100.5], after: "w")
        other.port("Output", [3], after: "n")
        func scored(_ graph: NeuronGraph) throws -> [Int] {
            var trial = try QuantizationTrial(of: quantized, and: graph, rule: rule)
            for (channel, label) in [(0, 0), (1, 1), (2, 2), (2, 0), (1, 2)] {
                try trial.run((0..<4).map { _ in (0..<3).map { $0 == channel ? 1 : 0 } }, label: label)
            }
            // Without a label nothing is counted.
            try trial.run([[1, 1, 1]])
            return [trial.samples, trial.graphCorrect, trial.networkCorrect, trial.sameDecision]
        }
        #expect(try scored(parts.graph) == [5, 3, 3, 5])
        #expect(try scored(other.graph) == [5, 1, 3, 2])
    }

    @Test func severalSpikesAndTimedInputAreQuantisedToo() throws {
        var dice = Dice(state: 4)
        var parts = GraphParts()
        parts.port("Input", [4])
        parts.add("w", "Linear", ["weight": ([3, 4], dice.weights(12))], after: "input")
        parts.neurons("n", thresholds: [41 - 1e-6], r: [8], after: "w")
        parts.port("Output", [3], after: "n")
        let rule = StepRule(dt: 0.125, reset: .subtract, gathering: .time, maximumSpikes: 9)
        let quantized = try GraphQuantizer(parts.graph, rule: rule)
        #expect(quantized.network.populations[0].thresholds == [41, 41, 41])
        let found = try agreement(
            of: quantized, and: parts.graph, rule: rule,
            input: QuantizationTrial.randomInput(channels: 4, steps: 300, rate: 0.5, seed: 1))
        #expect(found.graphSpikes > 700 && found.equal == found.cells)
        var slow = rule
        slow.gathering = .step
        #expect(try GraphQuantizer(parts.graph, rule: slow).network.populations[0].thresholds == [5, 5, 5])
    }

    /// The same weights count e^(1/2) dt / tau against 1 - e^(-1/2) of a step.
    @Test func impulsesBecomeWeights() throws {
        let graph = try small(GraphQuantizerTests.node(99.5))
        let impulse = try GraphQuantizer(graph, rule: StepRule(dt: 1, integration: .impulse)).network
        let exact = try GraphQuantizer(graph, rule: StepRule(dt: 1, integration: .exact)).network
        #expect(impulse.populations[0].neuron == exact.populations[0].neuron)
        #expect(impulse.connections == exact.connections)
        // 99.5 / (2 / 2) and 99.5 / (2 (1 - e^(-1/2))), since the largest weight is 127 in both.
        #expect(impulse.populations[0].thresholds == [100, 100] && exact.populations[0].thresholds == [127, 127])
        var trial = try QuantizationTrial(
            of: impulseQuantizer(graph), and: graph, rule: StepRule(dt: 1, integration: .impulse))
        try trial.run(QuantizationTrial.randomInput(channels: 2, steps: 400, rate: 0.6, seed: 3))
        #expect(trial.agreement.graphSpikes > 40 && trial.agreement.share ?? 0 > 0.97)
    }

    private func impulseQuantizer(_ graph: NeuronGraph) throws -> GraphQuantizer {
        try GraphQuantizer(graph, rule: StepRule(dt: 1, integration: .impulse))
    }

    /// What is written has the network's weights; a graph whose weights have 8 bits already comes back as it was.
    @Test func theRoundedGraphIsThatOfTheNetwork() throws {
        let graph = try small(GraphQuantizerTests.node(99.5))
        let rule = StepRule(dt: 1)
        let same = try GraphQuantizer(graph, rule: rule).roundedGraph
        for (node, expected) in zip(same.nodes, graph.nodes) {
            #expect(node.arrays.mapValues(\.values) == expected.arrays.mapValues(\.values))
        }
        var dice = Dice(state: 12)
        var parts = GraphParts()
        parts.port("Input", [2, 6, 6])
        parts.pool("p", "AvgPool2d", 2, after: "input")
        let weights = (0..<24).map { _ in dice.unit() - 0.4 }
        parts.convolution("c", weights, [3, 2, 2, 2], padding: [1, 1], after: "p")
        parts.neurons("n", thresholds: [0.3], r: [2], after: "c")
        parts.flatten("f", after: "n")
        parts.add(
            "w", "Affine", ["weight": ([2, 48], (0..<96).map { _ in dice.unit() - 0.5 }), "bias": ([2], [0, 0.1])],
            after: "f")
        parts.neurons("m", thresholds: [0.7], after: "w")
        parts.port("Output", [2], after: "m")
        let quantized = try GraphQuantizer(parts.graph, rule: rule)
        let rounded = try NeuronGraph(bytes: try quantized.roundedGraph.bytes(), name: "again")
        let found = try #require(rounded.nodes.first { $0.name == "c" }?.arrays["weight"])
        let step = (weights.map(abs).max() ?? 0) / 127
        #expect(found.shape == [3, 2, 2, 2] && zip(found.values, weights).allSatisfy { abs($0 - $1) <= step * 0.5001 })
        #expect(found.values.contains { value in !weights.contains { abs($0 - value) < 1e-4 } })
        // Quantised again, and from a file, it is the same network.
        #expect(try GraphQuantizer(rounded, rule: rule).network.connections == quantized.network.connections)
        #expect(rounded.nodes.allSatisfy { $0.arrays["v_reset"] == nil })
    }

    @Test func graphsThatAFileCannotHoldAreNotWritten() throws {
        var parts = GraphParts()
        parts.port("Input", [1])
        parts.add("w", "Linear", ["weight": ([1, 1], [1e60])], after: "input")
        parts.port("Output", [1], after: "w")
        let wide = #expect(throws: SpikelineError.self) { try parts.graph.bytes() }
        #expect(wide?.description.contains("\"w\" has a number that single precision does not hold") == true)
        parts.add("w", "Linear", ["weight": ([1, 1], [1])], after: "input")
        let twice = #expect(throws: SpikelineError.self) { try parts.graph.bytes() }
        #expect(twice?.description.contains("two nodes have the same name") == true)
    }

    @Test func whatAnIntegerNetworkDoesNotHaveIsNamed() throws {
        func message(_ graph: NeuronGraph, _ rule: StepRule = StepRule(dt: 1)) -> String? {
            do throws(SpikelineError) {
                _ = try GraphQuantizer(graph, rule: rule)
                return nil
            } catch { return error.description }
        }
        #expect(message(try small(), StepRule(dt: 1e-9))?.contains("no tick") == true)
        #expect(message(try small(GraphQuantizerTests.node(1, reset: 2)))?.contains("resets to another") == true)
        #expect(message(try small(GraphQuantizerTests.node(-1)))?.contains("threshold below zero") == true)
        #expect(message(try small(GraphQuantizerTests.node(1e30)))?.contains("at most 2^24") == true)
        #expect(message(try small(), StepRule(dt: 3))?.contains("shorter than the step") == true)
        let scale = Make.node("Scale", [("scale", Make.reals(1))])
        #expect(
            message(try small(back: scale))?.contains(
                "(Scale) leads to neurons, which an integer network does not have") == true)
        let several = Make.node(
            "LIF",
            [
                ("tau", Make.reals(2, 4)), ("r", Make.reals(2)), ("v_leak", Make.reals(0)),
                ("v_threshold", Make.reals(1)),
            ])
        #expect(message(try small(several))?.contains("differs between neurons") == true)
    }

    /// 8-bit weights of a trained recurrent network, on the first Braille sample.
    @Test(
        .enabled(if: Goldens.folder != nil, "no golden NIR files on this machine"),
        arguments: ["braille_noDelay_bias_zero", "braille_noDelay_noBias_subtract"])
    func aTrainedNetworkKeepsMostSpikes(name: String) throws {
        let graph = try NeuronGraph(bytes: try Goldens.bytes(name + ".nir"), name: name)
        let rule = StepRule(reset: name.hasSuffix("subtract") ? .subtract : .zero)
        let quantized = try GraphQuantizer(graph, rule: rule)
        #expect(quantized.layers.allSatisfy { $0.largestError <= 0.5 / 127 + 1e-9 })
        let golden = try JSONValue.read(try Goldens.bytes("expected/\(name)__paper_sample0.json"))
        var input = [[Int]](repeating: Array(repeating: 0, count: 12), count: 256)
        for spike in golden["spikes_in"]?.arrayValue ?? [] {
            let pair = (spike.arrayValue ?? []).compactMap(\.integerValue)
            input[pair[0]][pair[1]] += 1
        }
        let found = try agreement(of: quantized, and: graph, rule: rule, input: input)
        #expect(found.share ?? 0 > 0.9)
    }

    private static func single(_ threshold: Float) -> HDF5Content {
        Make.node(
            "LIF",
            [
                ("tau", Make.reals(2)), ("r", Make.reals(2)), ("v_leak", Make.reals(0)),
                ("v_threshold", Make.reals(threshold)), ("v_reset", Make.reals(0)),
            ])
    }

    /// Input, a matrix of one weight, neurons, output; `more` and `edges` beside.
    private func one(
        _ weight: HDF5Content, _ neuron: HDF5Content, more: Make.Fields = [], edges: [String] = []
    ) throws -> NeuronGraph {
        let nodes: Make.Fields =
            more + [
                ("input", Make.port("Input", [1])), ("n", neuron), ("output", Make.port("Output", [1])),
                ("w", Make.node("Linear", [("weight", weight)])),
            ]
        let content = Make.graph(
            nodes.sorted { $0.0 < $1.0 }, ["input", "w", "w", "n", "n", "output"] + edges)
        return try NeuronGraph(bytes: HDF5Writer.file(content), name: "g.nir")
    }

    @Test(
        "weights that cannot be scaled to 8 bits are refused",
        arguments: [
            (190 * Double.leastNonzeroMagnitude, "too large or too small to be scaled"),
            (0, "has no weight that leads to it"),
        ])
    func unscalable(weight: Double, message: String) throws {
        var graph = try one(Make.reals(1, shape: [1, 1]), Make.node("I", [("r", Make.reals(1))]))
        let place = try #require(graph.nodes.firstIndex { $0.name == "w" })
        graph.nodes[place].arrays["weight"]?.values = [weight]
        let error = #expect(throws: SpikelineError.self) { try GraphQuantizer(graph, rule: StepRule(dt: 1)) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test("an output that adds up two layers is refused, and not taken for one of them")
    func twoLayersLead() throws {
        let graph = try one(
            Make.reals(1, shape: [1, 1]), Self.single(0.5),
            more: [("m", Self.single(0.5)), ("v", Make.node("Linear", [("weight", Make.reals(1, shape: [1, 1]))]))],
            edges: ["input", "v", "v", "m", "m", "output"])
        let error = #expect(throws: SpikelineError.self) { try GraphQuantizer(graph, rule: StepRule(dt: 1)) }
        #expect(error?.description.contains("adds up 2 inputs, expected one") == true, "\(String(describing: error))")
    }

    @Test("a node and one of a subgraph may not have one name")
    func sameNames() throws {
        let inner = Make.graph(
            [
                ("b", Make.node("Linear", [("weight", Make.reals(1, shape: [1, 1]))])),
                ("input", Make.port("Input", [1])), ("output", Make.port("Output", [1])),
            ], ["input", "b", "b", "output"], file: false)
        let error = #expect(throws: SpikelineError.self) {
            try one(
                Make.reals(1, shape: [1, 1]), Self.single(0.5), more: [("a", inner), ("a.b", Self.single(0.5))])
        }
        #expect(
            error?.description.contains("has a name that another node has too") == true, "\(String(describing: error))")
    }

    @Test("weights that lead to two layers are written once, with 8 bits")
    func sharedWeights() throws {
        let graph = try one(
            Make.reals(0.3, shape: [1, 1]), Self.single(0.5), more: [("m", Self.single(0.25))], edges: ["w", "m"])
        let quantized = try GraphQuantizer(graph, rule: StepRule(dt: 1))
        let weight = quantized.roundedGraph.nodes.first { $0.name == "w" }?.arrays["weight"]?.values.first
        #expect(abs((weight ?? 0) - 0.3) < 1e-6)
    }

    @Test("kernels that pools make too large, again and again, are refused before memory is")
    func manyWideKernels() throws {
        let neurons = (0..<140).map { "n\($0)" }
        let neuron = Make.node(
            "LIF",
            ["tau", "r", "v_leak", "v_threshold", "v_reset"].map { ($0, Make.reals($0 == "tau" ? 2 : 1)) })
        let nodes: Make.Fields =
            neurons.map { ($0, neuron) } + [
                ("input", Make.port("Input", [1, 31, 31])), ("output", Make.port("Output", [256, 1, 1])),
                (
                    "w",
                    Make.node(
                        "Conv2d",
                        [
                            ("weight", .float32([Float](repeating: 1, count: 256), dimensions: [256, 1, 1, 1])),
                            ("bias", .float32([Float](repeating: 0, count: 256))), ("stride", .int64([1, 1])),
                            ("padding", .int64([0, 0])), ("dilation", .int64([1, 1])), ("groups", .int64([1])),
                            ("input_shape", .int64([31, 31])),
                        ])
                ),
                (
                    "x",
                    Make.node(
                        "SumPool2d",
                        [
                            ("kernel_size", .int64([31, 31])), ("padding", .int64([0, 0])),
                            ("stride", .int64([31, 31])),
                        ])
                ),
            ]
        let edges = ["input", "w", "w", "x"] + neurons.flatMap { ["x", $0] } + ["n0", "output"]
        let bytes = HDF5Writer.file(Make.graph(nodes.sorted { $0.name < $1.name }, edges))
        let graph = try NeuronGraph(bytes: bytes, name: "g.nir")
        let error = #expect(throws: SpikelineError.self) { try GraphQuantizer(graph, rule: StepRule(dt: 1)) }
        #expect(
            error?.description.contains("reached by more than 33554432 weights") == true, "\(String(describing: error))"
        )
    }

    @Test("a file that is cut off says how much of it is there")
    func cutOff() throws {
        let content = Make.graph(
            [("input", Make.port("Input", [1])), ("output", Make.port("Output", [1]))], ["input", "output"])
        let bytes = HDF5Writer.file(content)
        let error = #expect(throws: SpikelineError.self) {
            try NeuronGraph(bytes: Array(bytes.prefix(bytes.count / 2)), name: "g.nir")
        }
        #expect(
            error?.description
                == "g.nir: the file is cut off: it has \(bytes.count / 2) of \(bytes.count) bytes. Copy it again"
        )
    }
}
