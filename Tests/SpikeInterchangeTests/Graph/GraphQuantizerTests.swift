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
        let input = SpikeAgreement.randomInput(channels: 2, steps: 400, rate: 0.6, seed: 3)
        let found = try SpikeAgreement(of: quantized, and: graph, rule: rule, input: input)
        #expect(found.cells == 800 && found.graphSpikes > 40)
        // The decay by a half is rounded to whole numbers, which the potentials of this graph are not.
        #expect(found.share ?? 0 >= 0.99)
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
        let input = SpikeAgreement.randomInput(channels: 2, steps: 400, rate: 0.6, seed: 3)
        let other = try small(GraphQuantizerTests.node(90.5))
        let found = try SpikeAgreement(of: quantized, and: other, rule: rule, input: input)
        #expect(found.share ?? 1 < 0.9)
    }

    @Test func whatAnIntegerNetworkDoesNotHaveIsNamed() throws {
        func message(_ graph: NeuronGraph, _ rule: StepRule = StepRule(dt: 1)) -> String? {
            do throws(SpikelineError) {
                _ = try GraphQuantizer(graph, rule: rule)
                return nil
            } catch { return error.description }
        }
        #expect(message(try small(), StepRule(dt: 1, moment: .before))?.contains("not before the next") == true)
        #expect(message(try small(), StepRule(dt: 1e-9))?.contains("no tick") == true)
        #expect(message(try small(GraphQuantizerTests.node(1, reset: 2)))?.contains("resets to another") == true)
        #expect(message(try small(GraphQuantizerTests.node(-1)))?.contains("threshold below zero") == true)
        #expect(message(try small(GraphQuantizerTests.node(1e30)))?.contains("at most 2^24") == true)
        #expect(message(try small(), StepRule(dt: 3))?.contains("shorter than the step") == true)
        let scale = Make.node("Scale", [("scale", Make.reals(1))])
        #expect(message(try small(back: scale))?.contains("only Linear and Affine") == true)
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
        let found = try SpikeAgreement(of: quantized, and: graph, rule: rule, input: input)
        #expect(found.share ?? 0 > 0.9)
    }
}
