import Foundation
import SpikeTestSupport
import Testing

@Suite("spikeline estimate") struct EstimateTests {
    private let model = SharedData.packageRoot + "/Pipelines/Models/keywords.nir"

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("counts what the keyword model does on the sample recording")
    func keywords() throws {
        let folder = try TemporaryFolder()
        let sound = SharedData.packageRoot + "/SampleData/keywords.flac"
        let outcome = try Program.run(["estimate", model, "--data", sound, "--json"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let found = try object(outcome.output)
        func number(_ name: String) -> Double { found[name] as? Double ?? .nan }
        #expect(number("ticks") > 100)
        let effective = number("effective_acs_per_tick") + number("effective_macs_per_tick")
        // Zero weights are left out, and nothing exceeds all synapses; deliveries after the end are counted too.
        #expect(effective > 0 && effective <= number("synaptic_ops_per_tick") * 1.05)
        #expect(effective < number("dense_ops_per_tick"))
        #expect((0.2...1).contains(number("activation_sparsity")))
        #expect((1...8).contains(number("weight_bits")))
        let energy = try #require(found["energy"] as? [[String: Any]])
        #expect(energy.allSatisfy { ($0["source"] as? String)?.isEmpty == false })
        let loihi = try #require(energy.first { $0["name"] as? String == "Loihi" })
        let expected = (effective * 23.6 + number("neurons") * 81) / 1e3
        #expect(abs((loihi["nj_per_inference"] as? Double ?? 0) - expected) < 1e-4 * expected)
        let xylo = try #require((found["chips"] as? [[String: Any]])?.first { $0["name"] as? String == "Xylo Audio 2" })
        #expect((xylo["does_not_fit"] as? [String])?.contains("80 of 16 inputs") == true)
    }

    @Test("counts what the gesture model does, and adds recordings up")
    func gestures() throws {
        let folder = try TemporaryFolder()
        let gestures = SharedData.packageRoot + "/Pipelines/Models/gestures.nir"
        let events = SharedData.packageRoot + "/SampleData/gestures.aedat4"
        let once = try object(
            try Program.run(["estimate", gestures, "--data", events, "--json"], in: folder).output)
        let twice = try object(
            try Program.run(["estimate", gestures, "--data", events, events, "--json"], in: folder).output)
        let ticks = try #require(once["ticks"] as? Int)
        #expect(ticks > 100 && twice["ticks"] as? Int == 2 * ticks)
        #expect(once["effective_acs_per_tick"] as? Double == twice["effective_acs_per_tick"] as? Double)
    }

    @Test("without data it tells what does not depend on activity; a wrong file is named")
    func without() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(["estimate", model, "--json"], in: folder)
        let found = try object(outcome.output)
        #expect(found["ticks"] as? Int == 0 && found["activation_sparsity"] is NSNull)
        let text = try Program.run(["estimate", model], in: folder)
        #expect(text.code == 0 && text.output.contains("Horowitz, ISSCC 2014"))
        let wrong = try Program.run(["estimate", model, "--data", "none.wav"], in: folder)
        #expect(wrong.code == 2 && wrong.errors.contains("none.wav"))
        let missing = try Program.run(["estimate", "none.nir"], in: folder)
        #expect(missing.code == 2 && missing.errors.contains("none.nir"))
    }
}
