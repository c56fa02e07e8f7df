import SpikeSignals
import Testing

@testable import SpikeInterchange

/// What is not converted is refused by name, with what to do.
@Suite("ONNX refusals") struct ONNXRefusalTests {
    /// A model and a part of what is said about it.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var says: String
        var make: @Sendable () -> ONNXWriter

        init(_ name: String, _ says: String, _ make: @escaping @Sendable () -> ONNXWriter) {
            (testDescription, self.says, self.make) = (name, says, make)
        }

        /// The small network with `change` where its Relu stands.
        static func between(_ name: String, _ says: String, _ change: @escaping @Sendable (inout ONNXWriter) -> Void)
            -> Case
        {
            Case(name, says) { ONNXWriter.small(between: change) }
        }

        /// The small network with other attributes of its Conv.
        static func conv(_ name: String, _ says: String, _ attributes: [UInt8]) -> Case {
            Case(name, says) {
                var writer = ONNXWriter.small()
                writer.nodes.removeFirst()
                writer.add("Conv", ["x", "w1", "b1"], "c", attributes)
                writer.nodes.insert(writer.nodes.removeLast(), at: 0)
                return writer
            }
        }

        /// Relu, and then `change` from "q" to "r".
        static func after(_ name: String, _ says: String, _ change: @escaping @Sendable (inout ONNXWriter) -> Void)
            -> Case
        {
            between(name, says) {
                $0.add("Relu", ["c"], "q")
                change(&$0)
            }
        }
    }

    static let operations: [Case] = [
        .after("MaxPool", "train with AveragePool") { $0.add("MaxPool", ["q"], "r") },
        .between("Sigmoid", "train with Relu") { $0.add("Sigmoid", ["c"], "r") },
        .between("unknown", "\"n1\" (Wavelet) is an operation that is not converted. Converted are Add, Ave") {
            $0.add("Wavelet", ["c"], "r")
        },
        .between("domain", "domain \"com.acme\"") { $0.add("Relu", ["c"], "r", domain: "com.acme") },
        .between("residual", "Branches and residual") { $0.add("Add", ["c", "x"], "r") },
        .between("branch", "Branches and residual") { $0.add("Relu", ["x"], "r") },
        .between("twice", "Branches and residual") { $0.add("Add", ["c", "c"], "r") },
        .between("no Relu", "follows a layer that is not rectified. A spiking neuron") {
            $0.add("Identity", ["c"], "r")
        },
        .between("average before Relu", "follows a layer that is not rectified") {
            $0.add("AveragePool", ["c"], "q", ONNXWriter.integers("kernel_shape", [1, 1]))
            $0.add("Relu", ["q"], "r")
        },
        .after("Relu behind an average", "stands behind an average") {
            $0.add("AveragePool", ["q"], "p", ONNXWriter.integers("kernel_shape", [1, 1]))
            $0.add("Relu", ["p"], "r")
        },
        .after("late bias", "something else than the sums") {
            $0.constant("channels", [2, 1, 1])
            $0.add("Add", ["q", "channels"], "r")
        },
        .after("late normalisation", "does not stand directly behind") {
            $0.constant("ones", [2], [1, 1])
            $0.add("BatchNormalization", ["q", "ones", "ones", "ones", "ones"], "r")
        },
        .between("training", "training mode") {
            $0.add("BatchNormalization", ["c", "b1", "b1", "b1", "b1"], "r", ONNXWriter.integer("training_mode", 1))
        },
        .between("negative variance", "has a variance of") {
            $0.add("BatchNormalization", ["c", "b1", "b1", "b1", "b1"], "r")
        },
        .after("overlapping average", "side by side") {
            $0.add(
                "AveragePool", ["q"], "r",
                ONNXWriter.integers("kernel_shape", [2, 2]) + ONNXWriter.integers("strides", [1, 1]))
        },
        .after("padded average", "beyond the border") {
            $0.add(
                "AveragePool", ["q"], "r",
                ONNXWriter.integers("kernel_shape", [2, 2]) + ONNXWriter.integers("strides", [2, 2])
                    + ONNXWriter.integers("pads", [0, 0, 1, 1]))
        },
        .after("large average", "averages 5 x 5 cells") {
            $0.add(
                "AveragePool", ["q"], "r",
                ONNXWriter.integers("kernel_shape", [5, 5]) + ONNXWriter.integers("strides", [5, 5]))
        },
        .after("flatten", "from another axis than 1") { $0.add("Flatten", ["q"], "r", ONNXWriter.integer("axis", 2)) },
        .after("reshape", "expected [batch, 32]") {
            $0.constants.append(ONNXWriter.Constant(name: "s", shape: [2], integers: [1, 16]))
            $0.add("Reshape", ["q", "s"], "r")
        },
        .after("conv of a list", "a list comes in") {
            $0.add("Flatten", ["q"], "l")
            $0.add("Conv", ["l", "w1"], "r")
        },
        .after("dense on a grid", "Put a Flatten between") {
            $0.add("Gemm", ["q", "w2"], "r", ONNXWriter.integer("transB", 1))
        },
        .between("bias of cells", "expected a number for each channel") {
            $0.constant("cells", [2, 4, 4])
            $0.add("Add", ["c", "cells"], "r")
        },
        .between("bias of another size", "adds 3 numbers to 2 sums") {
            $0.constant("three", [3, 1, 1])
            $0.add("Add", ["c", "three"], "r")
        },
        .conv("groups", "several groups", ONNXWriter.integers("pads", [1, 1, 1, 1]) + ONNXWriter.integer("group", 2)),
        .conv("dilation", "is dilated", ONNXWriter.integers("dilations", [2, 2])),
        .conv("pads", "the same on all sides", ONNXWriter.integers("pads", [1, 0, 1, 0])),
        .conv("strides", "the same for rows and columns", ONNXWriter.integers("strides", [1, 2])),
        .conv("auto_pad", "pads by a rule", ONNXWriter.word("auto_pad", "SAME_UPPER")),
        .conv("padding", "a padding below the kernel's 3", ONNXWriter.integers("pads", [3, 3, 3, 3])),
        .conv("stride", "a stride of 0", ONNXWriter.integers("strides", [0, 0])),
        .conv("kernel_shape", "kernel_shape [5, 5]", ONNXWriter.integers("kernel_shape", [5, 5])),
        .conv("kind", "which are no numbers", ONNXWriter.float("pads", 1)),
    ]

    static let models: [Case] = [
        Case("old", "operator set 6, expected 7") {
            var writer = ONNXWriter.small()
            writer.operatorSet = 6
            return writer
        },
        Case("no set", "operator set 0") {
            var writer = ONNXWriter.small()
            writer.operatorSet = nil
            return writer
        },
        Case("two inputs", "has 2 inputs, expected one") {
            var writer = ONNXWriter.small()
            writer.inputs.append(("x2", [nil, 4]))
            return writer
        },
        Case("open size", "has the shape [?, 1, ?, 4]") {
            var writer = ONNXWriter.small()
            writer.inputs[0].shape = [nil, 1, nil, 4]
            return writer
        },
        Case("huge input", "at most 65535 values") {
            var writer = ONNXWriter.small()
            writer.inputs[0].shape = [nil, 1, 4_096, 4_096]
            return writer
        },
        Case("other output", "expected the result of its last node") {
            var writer = ONNXWriter.small()
            writer.outputs = ["r"]
            return writer
        },
        Case("Relu at the end", "ends with a Relu") {
            var writer = ONNXWriter.small()
            writer.add("Relu", ["y"], "z")
            writer.outputs = ["z"]
            return writer
        },
        Case("Softmax", "export the network without it") {
            var writer = ONNXWriter.small()
            writer.add("Softmax", ["y"], "z")
            writer.outputs = ["z"]
            return writer
        },
        Case("kernel", "expected a square one") {
            var writer = ONNXWriter.small()
            writer.constants[0].shape = [2, 1, 9, 1]
            return writer
        },
        Case("channels", "takes 3 channels, and 1 x 4 x 4 come in") {
            var writer = ONNXWriter.small()
            writer.constants[0] = ONNXWriter.Constant(
                name: "w1", shape: [2, 3, 1, 1], floats: Array(repeating: 1, count: 6))
            return writer
        },
        Case("sources", "takes 16 values, and 32 come in") {
            var writer = ONNXWriter.small()
            writer.constants[2] = ONNXWriter.Constant(
                name: "w2", shape: [3, 16], floats: Array(repeating: 1, count: 48))
            return writer
        },
        Case("missing tensor", "Branches and residual") {
            var writer = ONNXWriter.small()
            writer.constants.remove(at: 2)
            return writer
        },
        Case("integer weights", "holds no numbers of single precision") {
            var writer = ONNXWriter.small()
            writer.constants[1] = ONNXWriter.Constant(name: "b1", shape: [2], integers: [1, 2])
            return writer
        },
        Case("scores on a grid", "expected one for each label") {
            var writer = ONNXWriter()
            writer.constant("w1", [2, 1, 3, 3])
            writer.add("Conv", ["x", "w1"], "c")
            writer.add("Flatten", ["c"], "y")
            return writer
        },
        Case("no layers", "the network has no layers") {
            var writer = ONNXWriter()
            writer.add("Identity", ["x"], "y")
            return writer
        },
    ]

    @Test(arguments: operations) func operationsAreRefused(fault: Case) throws {
        let message = try #require(ONNXFixtures.message(fault.make().bytes))
        #expect(message.hasPrefix("m.onnx: the node ") && message.contains(fault.says), "\(message)")
    }

    @Test(arguments: models) func modelsAreRefused(fault: Case) throws {
        let message = try #require(ONNXFixtures.message(fault.make().bytes))
        #expect(message.hasPrefix("m.onnx: ") && message.contains(fault.says), "\(message)")
    }

    @Test("one matrix named again and again is counted each time") func sharedWeights() throws {
        var stack = try LayerStack(input: ReLUNetwork.Shape(channels: 1_024), isList: true, file: "m.onnx")
        let weights = [Float](repeating: 0.5, count: 1 << 20)
        var message = ""
        for layer in 1...65 {
            do {
                try stack.dense(weights, targets: 1_024, sources: 1_024, "node \(layer)")
                try stack.rectify("node \(layer)")
            } catch {
                message = "\(layer): \(error)"
                break
            }
        }
        #expect(message.hasPrefix("65: m.onnx: node 65 is one weight too many"), "\(message)")
    }

    @Test("normalisations without end are refused") func normalisations() throws {
        var stack = try LayerStack(input: ReLUNetwork.Shape(channels: 4_096), isList: true, file: "m.onnx")
        try stack.dense([Float](repeating: 1, count: 1 << 24), targets: 4_096, sources: 4_096, "dense")
        let (ones, zeros) = ([Float](repeating: 1, count: 4_096), [Float](repeating: 0, count: 4_096))
        #expect(throws: SpikelineError.self) {
            for round in 0..<4_096 { try stack.scale(ones, adding: zeros, "node \(round)") }
        }
    }

    @Test func theNetworkThatTheFaultsAreMadeOfIsTaken() {
        #expect(ONNXFixtures.message(ONNXWriter.small().bytes) == nil)
    }
}
