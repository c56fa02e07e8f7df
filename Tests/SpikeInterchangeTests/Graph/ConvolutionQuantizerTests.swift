import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

/// Convolutional graphs as integer networks.
@Suite struct ConvolutionQuantizerTests {
    private static let rule = StepRule(dt: 1)

    /// What of the drawn graphs was there, so that the property is not empty.
    private struct Seen: OptionSet {
        let rawValue: Int
        static let pool = Seen(rawValue: 1), average = Seen(rawValue: 2), groups = Seen(rawValue: 4)
        static let dilation = Seen(rawValue: 8), padding = Seen(rawValue: 16), stride = Seen(rawValue: 32)
        static let all = Seen(rawValue: 63)
    }

    /// A graph of whole numbers: pool, convolution, neurons, two ways of convolution to neurons, matrix, neurons.
    private func drawn(_ dice: inout Dice, _ seen: inout Seen, _ reset: StepRule.Reset) throws -> NeuronGraph {
        var parts = GraphParts()
        // Whole numbers lie above a threshold and a half, and reach it just so where it is subtracted whole.
        func threshold(_ number: Int) -> Double { reset == .zero ? Double(number) + 0.5 : Double(number) - 1e-6 }
        let channels = dice.pick(1...2) * 2
        parts.port("Input", [channels, dice.pick(8...11), dice.pick(8...11)])
        var last = "input"
        if dice.pick(0...1) == 0 {
            let isAverage = dice.pick(0...1) == 0
            seen.insert(isAverage ? .average : .pool)
            parts.pool("p", isAverage ? "AvgPool2d" : "SumPool2d", 2, after: last)
            last = "p"
        }
        let (side, groups) = (dice.pick(1...2), dice.pick(0...1) == 0 ? 1 : 2)
        let dilation = side == 2 ? dice.pick(1...2) : 1
        let (stride, padding) = (dice.pick(1...2), dice.pick(0...(dilation * (side - 1))))
        if groups > 1 { seen.insert(.groups) }
        if dilation > 1 { seen.insert(.dilation) }
        if padding > 0 { seen.insert(.padding) }
        if stride > 1 { seen.insert(.stride) }
        let outer = 2 * dice.pick(1...2)
        let shape = [outer, channels / groups, side, side]
        parts.convolution(
            "c1", dice.weights(shape.product), shape, biases: (0..<outer).map { _ in Double(dice.pick(-9...9)) },
            stride: [Double(stride), Double(stride)], padding: [Double(padding), Double(padding)],
            dilation: [Double(dilation), Double(dilation)], groups: groups, after: last)
        last = "c1"
        parts.neurons("a", thresholds: [100.5], after: last)
        let size = try #require(try GraphRunner(parts.graph(closing: "a"), rule: Self.rule).values(of: "a")).count
        // A threshold for each neuron, so that their order counts.
        parts.replace("a", thresholds: (0..<size).map { _ in threshold(dice.pick(60...250)) })
        // A kernel of 2 x 2, of which 2 x 2 cells are pooled, is one of 3 x 3; the second way has the weight 127.
        let isAverage = dice.pick(0...1) == 0
        let step = dice.pick(1...2)
        let small = dice.weights(3 * outer * 4, most: 7).map { isAverage ? $0 * 4 : $0 }
        parts.convolution("c2", small, [3, outer, 2, 2], biases: [1, -2, 3], padding: [1, 1], after: "a")
        parts.pool("p2", isAverage ? "AvgPool2d" : "SumPool2d", 2, stride: step, after: "c2")
        parts.convolution(
            "c3", dice.weights(3 * outer * 9), [3, outer, 3, 3], stride: [Double(step), Double(step)],
            padding: [1, 1], after: "a")
        parts.neurons("b", thresholds: [150.5], after: "p2")
        parts.link("c3", "b")
        let count = try #require(try GraphRunner(parts.graph(closing: "b"), rule: Self.rule).values(of: "b")).count
        parts.replace("b", thresholds: (0..<count).map { _ in threshold(dice.pick(100...300)) })
        parts.flatten("f", after: "b")
        parts.add("w", "Linear", ["weight": ([5, count], dice.weights(5 * count))], after: "f")
        parts.neurons("c", thresholds: [threshold(200)], after: "w")
        // Back from the list to itself, a step later.
        parts.add("back", "Linear", ["weight": ([5, 5], dice.weights(25, most: 50))], after: "c")
        parts.link("back", "c")
        parts.port("Output", [5], after: "c")
        return parts.graph
    }

    @Test(arguments: [StepRule.Reset.zero, .subtract])
    func wholeNumbersGiveTheSameSpikes(reset: StepRule.Reset) throws {
        let rule = StepRule(dt: 1, reset: reset, maximumSpikes: reset == .zero ? 1 : 2)
        var (dice, seen, spikes) = (Dice(state: 11), Seen(), 0)
        for seed in 0..<40 {
            let graph = try drawn(&dice, &seen, reset)
            let quantized = try GraphQuantizer(graph, rule: rule)
            #expect(quantized.layers.allSatisfy { $0.largestError == 0 && $0.leak <= (reset == .zero ? 0 : 2) })
            var trial = try QuantizationTrial(of: quantized, and: graph, rule: rule)
            try trial.run(
                QuantizationTrial.randomInput(
                    channels: quantized.network.inputs, steps: 25, rate: 0.4, seed: UInt64(seed)))
            let found = trial.agreement
            #expect(found.equal == found.cells && found.graphSpikes == found.networkSpikes, "\(seed): \(found)")
            #expect(found.common == found.graphSpikes)
            if trial.populations.allSatisfy({ $0.graphSpikes > 0 }) { spikes += 1 }
            // What is written is read again, and is the same.
            let model = ModelFile(
                network: quantized.network, encoder: ModelFile.Stage(type: "none"), head: ModelFile.Stage(type: "none"),
                information: [:])
            #expect(try ModelFile(bytes: try model.bytes(), name: "m").network == quantized.network)
        }
        #expect(seen == .all && spikes > 30)
    }

    @Test func poolsLeadToMatricesAndToNeurons() throws {
        var dice = Dice(state: 5)
        for type in ["SumPool2d", "AvgPool2d"] {
            var parts = GraphParts()
            parts.port("Input", [2, 5, 7])
            parts.pool("p", type, 2, after: "input")
            // Overlapping pools are convolutions of ones.
            parts.pool("q", type, 2, stride: 1, after: "p")
            parts.neurons("a", thresholds: [type == "SumPool2d" ? 8.5 : 0.6], after: "q")
            parts.flatten("f", after: "a")
            parts.add("w", "Linear", ["weight": ([3, 4], dice.weights(12))], after: "f")
            parts.pool("r", type, 2, after: "input")
            parts.flatten("g", after: "r")
            parts.add("v", "Linear", ["weight": ([3, 12], dice.weights(36, most: 8))], after: "g")
            parts.neurons("b", thresholds: [120.3], after: "w")
            parts.link("v", "b")
            parts.port("Output", [3], after: "b")
            let quantized = try GraphQuantizer(parts.graph, rule: Self.rule)
            var trial = try QuantizationTrial(of: quantized, and: parts.graph, rule: Self.rule)
            try trial.run(QuantizationTrial.randomInput(channels: 70, steps: 200, rate: 0.5, seed: 2))
            #expect(trial.populations.allSatisfy { $0.graphSpikes > 20 })
            #expect(trial.populations[0].equal == trial.populations[0].cells, "\(type)")
            // Averages of matrices are not whole numbers of the same step as 127.
            #expect(trial.agreement.share ?? 0 >= (type == "SumPool2d" ? 1 : 0.98), "\(type)")
        }
    }

    @Test func integratorsOnGridsAreReadoutsInNIRsOrder() throws {
        var dice = Dice(state: 8)
        var parts = GraphParts()
        parts.port("Input", [2, 4, 4])
        parts.convolution("c", dice.weights(3 * 2 * 4), [3, 2, 2, 2], stride: [2, 2], after: "input")
        parts.add("i", "I", ["r": ([1], [1])], after: "c")
        parts.port("Output", [3, 2, 2], after: "i")
        let quantized = try GraphQuantizer(parts.graph, rule: Self.rule)
        #expect(
            quantized.layers[0].leak == 1 && quantized.outputOrder.nir(1) == 4 && quantized.outputOrder.engine(4) == 1)
        let engine = try SpikingNetwork(quantized.network)
        let runner = try GraphRunner(parts.graph, rule: Self.rule)
        // Channel 1, row 2, column 3, which is NIR's 27 and the engine's 23.
        let output = try runner.step((0..<32).map { $0 == 27 ? 1 : 0 })
        #expect(quantized.inputOrder.engine(27) == 23)
        try engine.step([ChannelSpikes(channel: 23, count: 1)])
        #expect((0..<12).map { Double(engine.potential(ofOutput: quantized.outputOrder.engine($0))) } == output)
        #expect(output.contains { $0 != 0 })
    }

    /// An `IF` population behind whatever `build` adds to the input of 2 x 6 x 6.
    private func message(
        _ input: [Int] = [2, 6, 6], r: [Double] = [1], _ build: (inout GraphParts) -> String
    ) -> String? {
        var parts = GraphParts()
        parts.port("Input", input)
        let last = build(&parts)
        parts.neurons("n", thresholds: [1], r: r, after: last)
        parts.port("Output", [1], after: "n")
        do throws(SpikelineError) {
            _ = try GraphQuantizer(parts.graph, rule: Self.rule)
            return nil
        } catch { return error.description }
    }

    @Test func whatTheEngineDoesNotHaveIsNamedWithWhatToDo() {
        func weights(_ shape: [Int]) -> [Double] { Array(repeating: 1, count: shape.product) }
        func convolution(
            _ shape: [Int], stride: [Double] = [1, 1], padding: [Double] = [0, 0], dilation: [Double] = [1, 1],
            groups: Int = 1
        ) -> String? {
            message {
                $0.convolution(
                    "c", weights(shape), shape, stride: stride, padding: padding, dilation: dilation, groups: groups,
                    after: "input")
                return "c"
            }
        }
        #expect(convolution([2, 2, 2, 2]) == nil && convolution([2, 1, 2, 2], dilation: [2, 2], groups: 2) == nil)
        let oblong =
            "g.nir: the node \"c\" (Conv2d) has 1 rows and 2 columns as its kernel, stride, padding or dilation, expected "
            + "the same of both. Train with square kernels, equal strides and equal padding"
        #expect(convolution([2, 2, 1, 2]) == oblong && convolution([2, 2, 2, 2], stride: [1, 2]) == oblong)
        #expect(convolution([2, 2, 3, 3], padding: [1, 2]) == oblong)
        #expect(convolution([2, 2, 3, 3], dilation: [1, 2]) == oblong)
        #expect(convolution([2, 2, 2, 2], padding: [2, 2])?.contains("a padding of 2, expected") == true)
        #expect(convolution([2, 2, 2, 2], stride: [32, 32])?.contains("a stride of 32") == true)
        #expect(
            message([1, 40, 40]) {
                $0.convolution("c", weights([1, 1, 17, 17]), [1, 1, 17, 17], dilation: [2, 2], after: "input")
                return "c"
            }?.contains("has a kernel of 33 x 33") == true)
        let twice = message {
            $0.convolution("c", weights([2, 2, 2, 2]), [2, 2, 2, 2], after: "input")
            $0.convolution("d", weights([2, 2, 2, 2]), [2, 2, 2, 2], after: "c")
            return "d"
        }
        #expect(
            twice
                == "g.nir: the node \"d\" (Conv2d) follows other weights without neurons between them, which an integer "
                + "network does not have. Multiply the two into one before the graph is exported")
        let padded = message {
            $0.convolution("c", weights([2, 2, 2, 2]), [2, 2, 2, 2], after: "input")
            $0.pool("p", "SumPool2d", 2, padding: 1, after: "c")
            return "p"
        }
        #expect(padded?.contains("(SumPool2d) pads behind a convolution. Pool without padding") == true)
        let wide = message([1, 40, 40]) {
            $0.convolution("c", weights([1, 1, 20, 20]), [1, 1, 20, 20], after: "input")
            $0.pool("p", "SumPool2d", 13, after: "c")
            return "p"
        }
        #expect(wide?.contains("makes a kernel of 32 x 32") == true)
        let late = message {
            $0.convolution("c", weights([2, 2, 2, 2]), [2, 2, 2, 2], biases: [1, 0], after: "input")
            $0.add("d", "Delay", ["delay": ([1], [2])], after: "c")
            return "d"
        }
        #expect(late?.contains("stands behind a bias, which it delays too. Put the Delay before") == true)
        let scaled = message {
            $0.add("s", "Scale", ["scale": ([1], [2])], after: "input")
            return "s"
        }
        #expect(scaled?.contains("(Scale) leads to neurons, which an integer network does not have") == true)
        let line = message([2, 6]) {
            $0.add(
                "c", "Conv1d",
                [
                    "weight": ([1, 2, 2], weights([1, 2, 2])), "stride": ([1], [1]), "padding": ([1], [0]),
                    "dilation": ([1], [1]), "groups": ([], [1]), "bias": ([1], [0]),
                ], after: "input")
            return "c"
        }
        #expect(
            line?.contains("(Conv1d) leads to neurons, which an integer network does not have. Write it as") == true)
        #expect(message([5]) { _ in "input" }?.contains("is reached by spikes without weights") == true)
        let uneven = message([1, 2, 2], r: [1, 1, 1, 2]) {
            $0.convolution("c", [1], [1, 1, 1, 1], after: "input")
            return "c"
        }
        #expect(uneven?.contains("has r or w_in that differs between the cells of a channel") == true)
        #expect(message([2, 256, 128]) { _ in "input" }?.contains("65536 inputs, expected at most 65535") == true)
        let many = message([1, 128, 128]) {
            $0.convolution("c", weights([4, 1, 1, 1]), [4, 1, 1, 1], after: "input")
            return "c"
        }
        #expect(many?.contains("has 65536 neurons, expected at most 65535. Use a larger stride") == true)
    }

    @Test func weightsThatAreManyWhenGroupsAreFilledAreRefused() {
        // 4,096 channels in as many groups are 2^12 weights, and 2^24 in the engine, each of 9 cells.
        let found = message([4_096, 3, 3]) {
            $0.convolution(
                "c", Array(repeating: 1, count: 9 * 4_096), [4_096, 1, 3, 3], groups: 4_096, after: "input")
            return "c"
        }
        #expect(found?.contains("has one weight too many") == true)
    }

    @Test func loopsOfDelaysEnd() {
        var parts = GraphParts()
        parts.port("Input", [1, 2, 2])
        parts.add("d", "Delay", ["delay": ([1], [1])], after: "input")
        parts.link("d", "d")
        parts.neurons("n", thresholds: [1], after: "d")
        parts.port("Output", [1, 2, 2], after: "n")
        let error = #expect(throws: SpikelineError.self) { try GraphQuantizer(parts.graph, rule: Self.rule) }
        #expect(error?.description.contains("(Delay) has 2 inputs, expected one") == true)
    }

    /// A network that Sinabs trained and the events it gets in the goldens.
    @Test(
        .enabled(if: Goldens.folder != nil, "no golden NIR files on this machine"),
        arguments: [StepRule.Reset.zero, .subtract])
    func aTrainedNetworkKeepsMostSpikes(reset: StepRule.Reset) throws {
        let rule = StepRule(reset: reset)
        let graph = try NeuronGraph(bytes: try Goldens.bytes("cnn_sinabs.nir"), name: "cnn")
        let quantized = try GraphQuantizer(graph, rule: rule)
        #expect(quantized.layers.allSatisfy { $0.largestError <= 0.5 / 127 + 1e-9 })
        #expect(quantized.layers.map(\.weights) == [800, 2_304, 1_152, 32_768, 2_560])
        let golden = try JSONValue.read(try Goldens.bytes("expected/cnn_\(reset.rawValue).json"))
        var input = [[Int]](repeating: Array(repeating: 0, count: 2 * 34 * 34), count: 60)
        for spike in golden["spikes_in_t_c_y_x"]?.arrayValue ?? [] {
            let at = (spike.arrayValue ?? []).compactMap(\.integerValue)
            input[at[0]][(at[1] * 34 + at[2]) * 34 + at[3]] += 1
        }
        var trial = try QuantizationTrial(of: quantized, and: graph, rule: rule)
        try trial.run(input, label: 2)
        #expect(trial.populations.map(\.graphSpikes) == golden.counts)
        #expect(trial.agreement.share ?? 0 > 0.98 && trial.populations[0].share ?? 0 > 0.995)
        #expect(trial.samples == 1)
    }
}

extension JSONValue {
    /// The spikes of the nodes of `cnn_sinabs`.
    fileprivate var counts: [Int] {
        ["1", "3", "6", "10", "12"].map { self["spike_count_per_node"]?[$0]?.integerValue ?? -1 }
    }
}
