import SpikeInterchange
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import spikeline

@Suite("The parts of a model file") struct ModelFitTests {
    private static let models = SharedData.packageRoot + "/Pipelines/Models/"

    @Test("fit, in the models that are shipped", arguments: ["keywords.nir", "gestures.nir"])
    func shipped(name: String) throws {
        try ModelFile(contentsOf: Self.models + name).checkFit(path: name)
    }

    @Test(
        "an option of the head beyond its range is told before anything is computed with it",
        arguments: [
            ("keywords.nir", "window_ms", OptionValue.integer(1_000_000_000_000_000)),
            ("keywords.nir", "smoothing_ms", .integer(Int.max)), ("keywords.nir", "potential_scale_bits", .integer(64)),
            ("keywords.nir", "threshold", .number(-3)), ("gestures.nir", "potential_scale_bits", .integer(-1)),
        ])
    func headOptions(name: String, option: String, value: OptionValue) throws {
        var model = try ModelFile(contentsOf: Self.models + name)
        model.head.options[option] = value
        let error = #expect(throws: SpikelineError.self) { try model.checkFit(path: name) }
        #expect(error?.place == name && error?.what.contains("\"\(option)\"") == true, "\(String(describing: error))")
    }
}
