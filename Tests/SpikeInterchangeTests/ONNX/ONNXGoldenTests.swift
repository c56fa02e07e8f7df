import Foundation
import Testing

@testable import SpikeInterchange

/// Networks that PyTorch exported against what PyTorch computes, and other forms against onnx.reference.
@Suite("ONNX goldens") struct ONNXGoldenTests {
    private func expectEqual(_ found: [Float], _ expected: [Float], _ what: String) {
        #expect(found.count == expected.count, "\(what)")
        let worst = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 1
        #expect(worst < 1e-4, "\(what): \(worst)")
    }

    @Test(arguments: ["dense", "conv"]) func everyActivationIsThatOfPyTorch(name: String) throws {
        let network = try ONNXFixtures.network("digits-\(name).onnx")
        let goldens = try ONNXFixtures.goldens()
        let golden = try #require(goldens[name] as? [String: Any])
        let pictures = try ONNXFixtures.rows(goldens["pictures"]).map { $0.map { $0 / 255 } }
        let layers = try ONNXFixtures.rows(golden["layers"])
        let outputs = try ONNXFixtures.rows(golden["outputs"])
        #expect(pictures.count == 10 && layers.count == network.layers.count - 1)
        let activations = network.activations(of: pictures[0])
        for (index, expected) in layers.enumerated() {
            expectEqual(activations[index], expected, "layer \(index)")
            #expect(expected.contains { $0 > 0.1 } && expected.contains(0))
        }
        for (picture, expected) in zip(pictures, outputs) {
            expectEqual(try #require(network.activations(of: picture).last), expected, "outputs")
        }
    }

    @Test func otherWaysOfWritingLayersAreThoseOfTheReference() throws {
        let network = try ONNXFixtures.network("forms.onnx")
        let golden = try #require(try ONNXFixtures.goldens()["forms"] as? [String: Any])
        for (input, output) in zip(try ONNXFixtures.rows(golden["input"]), try ONNXFixtures.rows(golden["output"])) {
            expectEqual(try #require(network.activations(of: input).last), output, "forms")
        }
        #expect(network.layers.map(\.poolHeight) == [1, 2, 1])
    }
}
