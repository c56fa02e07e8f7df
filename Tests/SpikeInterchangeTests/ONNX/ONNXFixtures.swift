import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

/// The networks of `Scripts/make-ann-fixture` with what PyTorch and onnx.reference compute for them.
enum ONNXFixtures {
    private static let folder = SharedData.packageRoot + "/Tests/SpikeInterchangeTests/Fixtures/onnx/"

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + name)))
    }

    static func network(_ name: String) throws -> ReLUNetwork {
        try ReLUNetwork(onnx: try bytes(name), name: name)
    }

    static func goldens() throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(try bytes("goldens.json"))) as? [String: Any])
    }

    /// A list of lists of numbers.
    static func rows(_ value: Any?) throws -> [[Float]] {
        try #require(value as? [[NSNumber]]).map { $0.map(\.floatValue) }
    }

    /// What reading `bytes` says, or nil if it gives a network.
    static func message(_ bytes: [UInt8]) -> String? {
        do {
            _ = try ReLUNetwork(onnx: bytes, name: "m.onnx")
            return nil
        } catch {
            return error.description
        }
    }
}
