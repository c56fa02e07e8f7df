import SpikeNetwork
import Testing

@testable import SpikeInterchange

@Suite struct NIRGraphTests {
    private let graph = NIRGraph(Samples.small().network)

    private func node(_ name: String) throws -> NIRGraph.Node { try #require(graph.nodes.first { $0.name == name }) }

    private func values(_ node: NIRGraph.Node, _ name: String) -> [Float]? {
        node.parameters.first { $0.name == name }?.values
    }

    @Test func everyConnectionIsAChainOfNodes() {
        #expect(
            graph.edges.map { "\($0.from) > \($0.to)" } == [
                "input > l1.from.input", "l1.from.input > l1",
                "input > input.delay2", "input.delay2 > l1.from.input.delay2", "l1.from.input.delay2 > l1",
                "l1 > l1.delay1", "l1.delay1 > l1.from.l1.delay1", "l1.from.l1.delay1 > l1",
                "l1 > out.from.l1", "out.from.l1 > out", "out > output",
            ])
        #expect(graph.tapNodes == [["l1.from.input", "l1.from.input.delay2"], ["l1.from.l1.delay1"], ["out.from.l1"]])
    }

    @Test func weightsAreTransposed() throws {
        // Memory [tap][source][target] 1 -2 | 3 -4 | 5 -128 becomes [target][source].
        let first = try node("l1.from.input")
        #expect(first.weight?.values == [1, 3, 5, -2, -4, -128])
        #expect(first.type == "Affine")
        #expect(values(first, "bias") == [5, 0])
        let second = try node("l1.from.input.delay2")
        #expect(second.weight?.values == [7, 9, 0, 8, 127, 12])
        #expect(second.type == "Linear")
        #expect(values(try node("input.delay2"), "delay") == [0.02, 0.02, 0.02])
    }

    @Test func timeConstantsFollowForwardEuler() throws {
        // d = 24,576 / 32,768 = 3/4: tau = 4 ticks.
        let l1 = try node("l1")
        #expect(l1.type == "LIF")
        #expect(values(l1, "tau") == [0.04, 0.04])
        #expect(values(l1, "r") == [4, 4])
        #expect(values(l1, "v_threshold") == [99.5, 119.5])
        #expect(values(l1, "v_reset") == [0, 0])
        let out = try node("out")
        #expect(out.type == "LI")
        #expect(values(out, "r") == [16_777_216, 16_777_216])
        #expect(values(out, "v_threshold") == nil)
        #expect(NIRGraph.ticks(ofDecay: 0) == 1)
    }

    @Test func aSecondConnectionBetweenTheSameTwoHasItsOwnNodes() {
        var network = Samples.small().network
        network.connections.append(Connection(source: .input, target: 0, weights: [1, 2, 3, 4, 5, 6]))
        let graph = NIRGraph(network)
        #expect(graph.tapNodes.last == ["l1.from.input.2"])
        #expect(Set(graph.nodes.map(\.name)).count == graph.nodes.count)
    }
}
