import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

/// NIR graphs without neurons as ReLU networks.
@Suite("ReLU networks in NIR") struct NIRNetworkTests {
    /// `network` as a program that leaves out its Relus would write it; sums of cells instead of averages on demand.
    private func graph(of network: ReLUNetwork, sums: Bool = false) -> NeuronGraph {
        var parts = GraphParts()
        let input = network.input
        let isGrid = input.height > 1 || input.width > 1 || network.layers.contains { $0.pattern != .dense }
        parts.port("Input", isGrid ? [input.channels, input.height, input.width] : [input.channels])
        var (last, isList) = ("input", !isGrid)
        for (index, layer) in network.layers.enumerated() {
            let cells = layer.poolHeight * layer.poolWidth
            if cells > 1 {
                let sides: ([Int], [Double]) = ([2], [Double(layer.poolHeight), Double(layer.poolWidth)])
                parts.add(
                    "p\(index)", sums ? "SumPool2d" : "AvgPool2d",
                    ["kernel_size": sides, "stride": sides, "padding": ([2], [0, 0])], after: last)
                last = "p\(index)"
            }
            let weights = layer.weights.map { Double($0) / (sums ? Double(cells) : 1) }
            let biases = layer.biases.map(Double.init)
            switch layer.pattern {
            case .dense:
                if !isList {
                    parts.flatten("f\(index)", after: last)
                    (last, isList) = ("f\(index)", true)
                }
                let shape = [biases.count, weights.count / biases.count]
                parts.add(
                    "w\(index)", "Affine", ["weight": (shape, weights), "bias": ([biases.count], biases)], after: last)
            case .convolution(let kernel, let stride, let padding):
                parts.convolution(
                    "w\(index)", weights, [biases.count, layer.input.channels, kernel, kernel], biases: biases,
                    stride: [Double(stride), Double(stride)], padding: [Double(padding), Double(padding)], after: last)
            }
            last = "w\(index)"
        }
        parts.port("Output", [network.outputs], after: last)
        return parts.graph
    }

    @Test(arguments: ["dense", "conv"]) func trainedNetworksGiveWhatPyTorchComputes(name: String) throws {
        let goldens = try ONNXFixtures.goldens()
        let golden = try #require(goldens[name] as? [String: Any])
        let pictures = try ONNXFixtures.rows(goldens["pictures"]).map { $0.map { $0 / 255 } }
        let outputs = try ONNXFixtures.rows(golden["outputs"])
        for sums in [false, true] {
            let graph = graph(of: try ONNXFixtures.network("digits-\(name).onnx"), sums: sums)
            let network = try ReLUNetwork(nir: graph, rectifiesBetweenLayers: true)
            for (picture, expected) in zip(pictures, outputs) {
                let found = try #require(network.activations(of: picture).last)
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) })
                #expect(found.count == expected.count)
            }
        }
    }

    @Test func everyShapeComesBack() throws {
        var dice = Dice(state: 21)
        for _ in 0..<60 {
            let network = RandomNetwork.make(&dice)
            let found = try ReLUNetwork(nir: graph(of: network), rectifiesBetweenLayers: true)
            #expect(found.input == network.input && found.layers.count == network.layers.count)
            for (layer, expected) in zip(found.layers, network.layers) {
                #expect(layer.weights == expected.weights && layer.biases == expected.biases)
                #expect(layer.pattern == expected.pattern && layer.isRectified == expected.isRectified)
                #expect(layer.poolHeight == expected.poolHeight && layer.poolWidth == expected.poolWidth)
            }
        }
    }

    @Test func oneLayerNeedsNoWord() throws {
        var parts = GraphParts()
        parts.port("Input", [2])
        parts.add("w", "Linear", ["weight": ([1, 2], [3, -4])], after: "input")
        parts.port("Output", [1], after: "w")
        let network = try ReLUNetwork(nir: parts.graph, rectifiesBetweenLayers: false)
        #expect(network.activations(of: [1, 1]) == [[-1]])
    }

    private func message(_ shape: [Int], relu: Bool = true, _ build: (inout GraphParts) -> String) -> String? {
        var parts = GraphParts()
        parts.port("Input", shape)
        let last = build(&parts)
        parts.port("Output", [1], after: last)
        do throws(SpikelineError) {
            _ = try ReLUNetwork(nir: parts.graph, rectifiesBetweenLayers: relu)
            return nil
        } catch { return error.description }
    }

    @Test func whatIsNoReLUNetworkIsNamed() {
        func linear(_ name: String, _ rows: Int, _ columns: Int, _ parts: inout GraphParts, after source: String) {
            let weights = Array(repeating: 1.0, count: rows * columns)
            parts.add(name, "Linear", ["weight": ([rows, columns], weights)], after: source)
        }
        let silent = message([2], relu: false) {
            linear("a", 2, 2, &$0, after: "input")
            linear("b", 2, 2, &$0, after: "a")
            return "b"
        }
        #expect(
            silent == "g.nir: NIR has no Relu, so the file does not say what stands between its 2 layers with weights. "
                + "If it is a network of rectified linear units, say so with --relu-between-layers")
        let spiking = message([2]) {
            linear("a", 2, 2, &$0, after: "input")
            $0.neurons("n", thresholds: [1], after: "a")
            return "n"
        }
        #expect(spiking?.contains("\"n\" (IF) is a neuron, expected a graph without neurons. It spikes") == true)
        let branch = message([2]) {
            linear("a", 2, 2, &$0, after: "input")
            linear("b", 2, 2, &$0, after: "input")
            return "b"
        }
        #expect(branch?.contains("has several inputs or outputs, expected a chain. Branches and") == true)
        let step = message([2]) {
            $0.add("t", "Threshold", ["threshold": ([1], [1])], after: "input")
            return "t"
        }
        #expect(step?.contains("\"t\" (Threshold) is not converted. It gives zero or one") == true)
        let scale = message([2]) {
            $0.add("s", "Scale", ["scale": ([1], [1])], after: "input")
            return "s"
        }
        #expect(scale?.contains("\"s\" (Scale) is not converted. Converted are Linear, Affine") == true)
        let overlapping = message([1, 4, 4]) {
            $0.pool("p", "AvgPool2d", 2, stride: 1, after: "input")
            return "p"
        }
        #expect(overlapping?.contains("(AvgPool2d) pools cells that overlap") == true)
        func convolution(_ shape: [Int], dilation: [Double] = [1, 1], groups: Int = 1, stride: [Double] = [1, 1])
            -> String?
        {
            message([2, 4, 4]) {
                $0.convolution(
                    "c", Array(repeating: 1, count: shape.reduce(1, *)), shape, stride: stride, dilation: dilation,
                    groups: groups, after: "input")
                return "c"
            }
        }
        #expect(convolution([1, 2, 4, 4]) == nil)
        #expect(convolution([2, 1, 4, 4], groups: 2)?.contains("has several groups") == true)
        #expect(convolution([1, 2, 2, 2], dilation: [2, 2])?.contains("is dilated") == true)
        #expect(convolution([1, 2, 2, 2], stride: [1, 2])?.contains("differ between rows and columns") == true)
        #expect(convolution([1, 2, 4, 3])?.contains("has a kernel of 4 x 3") == true)
        #expect(convolution([1, 2, 2, 2])?.contains("gives scores on a grid") == true)
        #expect(
            message([2, 2, 2, 2]) { _ in "input" }?.contains("expected [values] or [channels, rows, columns]") == true)
        #expect(message([2]) { _ in "input" }?.contains("the network has no layers") == true)
    }
}
