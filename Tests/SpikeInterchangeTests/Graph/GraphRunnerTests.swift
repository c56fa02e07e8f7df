import SpikeContainers
import SpikeSignals
import Testing

@testable import SpikeInterchange

/// Small graphs whose steps are worked out by hand, and faulty ones.
@Suite struct GraphRunnerTests {
    typealias Fields = [(name: String, content: HDF5Content)]

    static func node(_ type: String, _ fields: Fields = []) -> HDF5Content {
        .group([("type", .text(type))] + fields)
    }

    static func graph(_ nodes: Fields, _ edges: [String], file: Bool = true) -> HDF5Content {
        let root = HDF5Content.group([
            ("type", .text("NIRGraph")), ("edges", .texts(edges, dimensions: [edges.count / 2, 2])),
            ("nodes", .group(nodes)),
        ])
        return file ? .group([("version", .text("1.0.8")), ("node", root)]) : root
    }

    static func port(_ type: String, _ shape: [Int64]) -> HDF5Content { node(type, [("shape", .int64(shape))]) }

    static func reals(_ values: Float..., shape: [Int]? = nil) -> HDF5Content { .float32(values, dimensions: shape) }

    static let lif = node(
        "LIF",
        [("tau", reals(2)), ("r", reals(1)), ("v_leak", reals(0)), ("v_threshold", reals(1)), ("v_reset", reals(0))])

    private func run(_ content: HDF5Content, _ input: [[Double]], _ rule: StepRule = StepRule(dt: 1)) throws
        -> [[Double]]
    {
        let graph = try NeuronGraph(bytes: HDF5Writer.file(content), name: "g.nir")
        let runner = try GraphRunner(graph, rule: rule)
        let first = try input.map { try runner.step($0) }
        // The same again after a reset.
        runner.reset()
        #expect(try input.map { try runner.step($0) } == first)
        return first
    }

    private func message(_ content: HDF5Content) -> String? {
        do {
            _ = try GraphRunner(NeuronGraph(bytes: HDF5Writer.file(content), name: "g.nir"), rule: StepRule(dt: 1))
            return nil
        } catch { return "\(error)" }
    }

    /// `input > a > output` with the node `a`.
    private func single(_ node: HDF5Content, _ shape: [Int64], out: [Int64] = [1]) -> HDF5Content {
        GraphRunnerTests.graph(
            [
                ("a", node), ("input", GraphRunnerTests.port("Input", shape)),
                ("output", GraphRunnerTests.port("Output", out)),
            ],
            ["input", "a", "a", "output"])
    }

    private func neuron(_ type: String, _ names: [String]) -> HDF5Content {
        let values: [String: Float] = [
            "tau": 2, "tau_mem": 2, "tau_syn": 4, "r": 3, "v_leak": 1, "v_threshold": 1, "w_in": 2,
        ]
        return GraphRunnerTests.node(type, names.map { ($0, GraphRunnerTests.reals(values[$0] ?? 0)) })
    }

    @Test func neuronsFollowTheirEquations() throws {
        let input: [[Double]] = [[1], [0], [1]]
        #expect(try run(single(neuron("I", ["r"]), [1]), input) == [[3], [3], [6]])
        // v += (1 - v + 3 x) / 2.
        #expect(try run(single(neuron("LI", ["tau", "r", "v_leak"]), [1]), input) == [[2], [1.5], [2.75]])
        // s += (2 x - s) / 4: 0.5, 0.375, 0.78125; v += (1 - v + 3 s) / 2.
        let cuba = single(neuron("CubaLI", ["tau_syn", "tau_mem", "r", "v_leak", "w_in"]), [1])
        #expect(try run(cuba, input) == [[1.25], [1.6875], [2.515625]])
        #expect(try run(single(neuron("IF", ["r", "v_threshold"]), [1]), input) == [[1], [0], [1]])
    }

    @Test func resetsAreOptions() throws {
        let graph = single(GraphRunnerTests.lif, [1])
        // After: v = 0, so 1.5 and 1.5; subtracted, 1.5 - 1 = 0.5 stays and decays to 0.25.
        let input: [[Double]] = [[3], [0], [1.6], [0]]
        #expect(try run(graph, input) == [[1], [0], [0], [0]])
        #expect(try run(graph, input, StepRule(dt: 1, reset: .subtract)) == [[1], [0], [0], [0]])
        let more: [[Double]] = [[3], [1.6], [0], [0]]
        #expect(try run(graph, more) == [[1], [0], [0], [0]])
        #expect(try run(graph, more, StepRule(dt: 1, reset: .subtract)) == [[1], [1], [0], [0]])
        // Before: 1.5; 0.75 + 1.1 - 1 = 0.85 and no spike, where subtracting at once leaves 0.25 + 1.1 = 1.35.
        let late: [[Double]] = [[3], [2.2]]
        #expect(try run(graph, late, StepRule(dt: 1, reset: .subtract, moment: .before)) == [[1], [0]])
        #expect(try run(graph, late, StepRule(dt: 1, reset: .subtract)) == [[1], [1]])
        let exact = try run(
            single(neuron("LI", ["tau", "r", "v_leak"]), [1]), [[0]], StepRule(dt: 1, integration: .exact))
        #expect(abs(exact[0][0] - 0.393_469_340_287_366_6) < 1e-15)
    }

    @Test func planesAreConvolvedPooledAndFlattened() throws {
        typealias Make = GraphRunnerTests
        func conv(_ weight: HDF5Content, _ bias: Float, stride: Int64 = 1, padding: Int64 = 0, groups: Int64 = 1)
            -> HDF5Content
        {
            Make.node(
                "Conv2d",
                [
                    ("weight", weight), ("bias", .float32([bias])), ("stride", .int64([stride, stride])),
                    ("padding", .int64([padding, padding])), ("dilation", .int64([1, 1])),
                    ("groups", .int64([groups], dimensions: [])),
                ])
        }
        let plane: [[Double]] = [[1, 2, 3, 4, 5, 6, 7, 8, 9]]
        let kernel = Make.reals(1, 0, 0, -1, shape: [1, 1, 2, 2])
        #expect(try run(single(conv(kernel, 10), [1, 3, 3]), plane) == [[6, 6, 6, 6]])
        #expect(try run(single(conv(kernel, 0, stride: 2, padding: 1), [1, 3, 3]), plane) == [[-1, -3, -7, -4]])
        let grouped = conv(Make.reals(1, 2, shape: [2, 1, 1, 1]), 1, groups: 2)
        #expect(try run(single(grouped, [2, 1, 1]), [[5, 7]]) == [[6, 15]])
        func pool(_ type: String) -> HDF5Content {
            Make.node(
                type,
                [("kernel_size", .int64([2, 2])), ("stride", .int64([1, 1])), ("padding", .int64([0, 0]))])
        }
        #expect(try run(single(pool("SumPool2d"), [1, 3, 3]), plane) == [[12, 16, 24, 28]])
        #expect(try run(single(pool("AvgPool2d"), [1, 3, 3]), plane) == [[3, 4, 6, 7]])
        let line = Make.node(
            "Conv1d",
            [
                ("weight", Make.reals(1, 10, shape: [1, 1, 2])), ("bias", Make.reals(0)), ("stride", .int64([1])),
                ("padding", .text("valid")), ("dilation", .int64([2])), ("groups", .int64([1])),
            ])
        #expect(try run(single(line, [1, 4]), [[1, 2, 3, 4]]) == [[31, 42]])
        let flat = Make.node(
            "Flatten", [("start_dim", .int64([0], dimensions: [])), ("end_dim", .int64([-1], dimensions: []))])
        #expect(try run(single(flat, [1, 3, 3]), plane) == plane)
        #expect(try run(single(Make.node("Scale", [("scale", Make.reals(2, 3))]), [2]), [[5, 7]]) == [[10, 21]])
        #expect(try run(single(Make.node("Threshold", [("threshold", Make.reals(6))]), [2]), [[5, 7]]) == [[0, 1]])
        let affine = Make.node(
            "Affine", [("weight", Make.reals(1, 2, 3, 4, shape: [2, 2])), ("bias", Make.reals(1, 0))])
        #expect(try run(single(affine, [2]), [[5, 7]]) == [[20, 43]])
    }

    @Test func neuronsMayFireSeveralTimesAndGatherPerTime() throws {
        let fast = single(neuron("IF", ["r", "v_threshold"]), [1])
        // v = 0 + 3 x, threshold 1.
        func spikes(_ rule: StepRule, _ input: [[Double]]) throws -> [[Double]] { try run(fast, input, rule) }
        let many = StepRule(dt: 1, reset: .subtract, maximumSpikes: 255)
        #expect(try spikes(many, [[1.5], [0], [0.2]]) == [[4], [0], [1]])
        // What is left of 4.5 after two of at most two spikes is 2.5, then 0.5.
        #expect(try spikes(StepRule(dt: 1, reset: .subtract, maximumSpikes: 2), [[1.5], [0], [0]]) == [[2], [2], [0]])
        #expect(
            try spikes(StepRule(dt: 1, reset: .zero, maximumSpikes: 255), [[1.5], [0.2], [0.2]]) == [[4], [0], [1]])
        let late = StepRule(dt: 1, reset: .subtract, moment: .before, maximumSpikes: 255)
        #expect(try spikes(late, [[1.5], [0.4], [0]]) == [[4], [1], [0]])
        // r dt x = 3 * 0.25 x.
        let timed = StepRule(dt: 0.25, gathering: .time)
        #expect(try spikes(timed, [[1], [1], [1], [1]]) == [[0], [1], [0], [1]])
        #expect(throws: SpikelineError.self) { try spikes(StepRule(dt: 1, maximumSpikes: 0), [[1]]) }
        #expect(throws: SpikelineError.self) { try spikes(StepRule(dt: 1, maximumSpikes: 256), [[1]]) }
    }

    /// s = e^(-dt / 4) s + dt / 4 w_in x,  v = e^(-dt / 2) v + dt / 2 r s.
    @Test func impulsesLeakExactlyAndCountAsInEuler() throws {
        let content = single(neuron("CubaLI", ["tau_mem", "tau_syn", "r", "w_in"] + ["v_leak"]), [1])
        let graph = try NeuronGraph(bytes: HDF5Writer.file(content), name: "g")
        let runner = try GraphRunner(graph, rule: StepRule(dt: 0.5, integration: .impulse))
        var (s, v) = (0.0, 0.0)
        for x in [1.0, 0, 2, 0] {
            s = 0.8824969025845955 * s + 0.125 * 2 * x
            // The leak of one pulls as it does in the exact solution.
            v = 0.7788007830714049 * v + (1 - 0.7788007830714049) + 0.25 * 3 * s
            #expect(abs(try runner.step([x])[0] - v) < 1e-12)
        }
    }

    @Test func loopsAndDelaysTakeTheirTime() throws {
        typealias Make = GraphRunnerTests
        let delay = Make.node("Delay", [("delay", Make.reals(2))])
        #expect(try run(single(delay, [1]), [[1], [2], [3], [4]]) == [[0], [0], [1], [2]])
        #expect(try run(single(delay, [1]), [[1], [2]], StepRule(dt: 4)) == [[0], [1]])
        func loop(_ back: HDF5Content) -> HDF5Content {
            Make.graph(
                [
                    ("back", back), ("input", Make.port("Input", [1])), ("n", neuron("IF", ["r", "v_threshold"])),
                    ("output", Make.port("Output", [1])),
                ], ["input", "n", "n", "back", "back", "n", "n", "output"])
        }
        let same = Make.node("Linear", [("weight", Make.reals(1, shape: [1, 1]))])
        // What flows back comes one step later; through a delay of two steps, two later.
        #expect(try run(loop(same), [[1], [0], [0], [0]]) == [[1], [1], [1], [1]])
        #expect(try run(loop(delay), [[1], [0], [0], [0]]) == [[1], [0], [1], [0]])
    }

    @Test func subgraphsAreEnteredAndLeft() throws {
        typealias Make = GraphRunnerTests
        let inner = Make.graph(
            [
                ("input", Make.port("Input", [1])), ("n", neuron("I", ["r"])), ("output", Make.port("Output", [1])),
                ("twice", Make.node("Scale", [("scale", Make.reals(2))])),
            ], ["input", "n", "n", "twice", "twice", "output"], file: false)
        let content = single(inner, [1])
        #expect(try run(content, [[1], [0], [1]]) == [[6], [6], [12]])
        let graph = try NeuronGraph(bytes: HDF5Writer.file(content), name: "g")
        #expect(graph.nodes.map(\.name).sorted() == ["a.input", "a.n", "a.output", "a.twice", "input", "output"])
    }

    @Test func faultyGraphsAreNamed() {
        typealias Make = GraphRunnerTests
        let linear = Make.node("Linear", [("weight", Make.reals(1, shape: [1, 1]))])
        #expect(
            message(single(Make.node("Tanh"), [1]))?.hasPrefix(
                "g.nir: \"node/nodes/a\" is a \"Tanh\", which is not known. Known: Affine") == true)
        #expect(
            message(single(linear, [2]))
                == "g.nir: the node \"input\" gives 2 values, which \"a\" does not take")
        let loop = Make.graph(
            [("a", linear), ("b", linear), ("input", Make.port("Input", [1])), ("output", Make.port("Output", [1]))],
            ["input", "a", "a", "b", "b", "a", "b", "output"])
        #expect(message(loop)?.contains("on or behind a loop without a neuron or a delay") == true)
        let lost = Make.graph(
            [("a", linear), ("input", Make.port("Input", [1])), ("output", Make.port("Output", [1]))],
            ["a", "output", "input", "output"])
        #expect(message(lost)?.contains("\"a\" cannot be reached") == true)
        for wrong in [
            neuron("LIF", ["tau"]), neuron("LIF", ["r", "v_leak", "v_threshold"]),
            Make.node("LI", [("tau", Make.reals(0)), ("r", Make.reals(1)), ("v_leak", Make.reals(0))]),
            Make.node("LI", [("tau", Make.reals(.nan)), ("r", Make.reals(1)), ("v_leak", Make.reals(0))]),
            Make.node("Scale", [("scale", Make.reals(1, 2, 3))]), Make.node("Delay", [("delay", Make.reals(-1))]),
            Make.node("Delay", [("delay", Make.reals(1e9))]), Make.node("Linear", [("weight", Make.reals(1))]),
            Make.node("Affine", [("weight", Make.reals(1, shape: [1, 1])), ("bias", Make.reals(1, 2))]),
            Make.node("Flatten", [("start_dim", .int64([5])), ("end_dim", .int64([1]))]),
            Make.node(
                "SumPool2d",
                [("kernel_size", .int64([0, 2])), ("stride", .int64([1, 1])), ("padding", .int64([0, 0]))]),
        ] { #expect(message(single(wrong, [1])) != nil) }
        for shape in [[1 << 40], [1 << 20, 1 << 20, 1 << 30], [0], [-1]] as [[Int64]] {
            #expect(message(single(linear, shape)) != nil, "\(shape)")
        }
        var deep = GraphRunnerTests.lif
        for _ in 0..<9 {
            deep = Make.graph(
                [("a", deep), ("input", Make.port("Input", [1])), ("output", Make.port("Output", [1]))],
                ["input", "a", "a", "output"], file: false)
        }
        #expect(message(single(deep, [1]))?.contains("nested more than 8 deep") == true)
    }
}
