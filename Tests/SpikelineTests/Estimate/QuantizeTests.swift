import Foundation
import SpikeTestSupport
import Testing

@Suite("spikeline quantize") struct QuantizeTests {
    private static let graph = SharedData.path("golden/nir/braille_noDelay_noBias_subtract.nir")

    @Test(
        "writes a model that opens again, and reports",
        .enabled(if: graph != nil, "no golden NIR files on this machine"))
    func braille() throws {
        let folder = try TemporaryFolder()
        let graph = try #require(Self.graph)
        let arguments = ["quantize", graph, "out.nir", "--reset", "subtract", "--steps", "200", "--json"]
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect((found["layers"] as? [[String: Any]])?.map { $0["name"] as? String } == ["lif1.lif", "lif2"])
        #expect((found["spike_agreement"] as? Double ?? 0) > 0.8)
        #expect(try Program.run(arguments, in: folder).output == outcome.output)
        let estimate = try Program.run(["estimate", "out.nir", "--json"], in: folder)
        #expect(estimate.code == 0 && estimate.output.contains("\"neurons\": 54"))
        _ = try folder.write("spikes.csv", Array("step,channel\n0,1\n5,12\n".utf8))
        let wrong = try Program.run(["quantize", graph, "x.nir", "--data", "spikes.csv"], in: folder)
        #expect(wrong.code == 2 && wrong.errors.contains("spikes.csv:3"))
    }

    @Test("names what is no graph")
    func wrong() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("text.nir", Array("hello".utf8))
        let outcome = try Program.run(["quantize", "text.nir", "out.nir"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("text.nir"))
        #expect(try Program.run(["quantize", "text.nir", "out.nir", "--dt", "0"], in: folder).code != 0)
    }
}
