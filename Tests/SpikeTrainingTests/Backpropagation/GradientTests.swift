import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

/// The gradient of the trainer against finite differences of the network with the straight-line surrogate.
@Suite struct GradientTests {
    let check = GradientCheck(
        architecture: TemporalArchitecture(
            inputs: 6, maximumInputSpikes: 15, tickNanoseconds: 10_000_000,
            layers: [.init(width: 7, delays: [0, 1]), .init(width: 5, delays: [0, 2, 3])], maximumSpikes: 3,
            outputs: 3, potentialScaleBits: 18))

    @Test func gainsAndShifts() { check.expectGainsAndShifts() }

    @Test(arguments: [0, 1]) func weights(layer: Int) { check.expectWeights(layer: layer) }

    @Test func readout() {
        let setup = check.setUp()
        for range in setup.network.layout.readoutWeights {
            let result = check.compare(setup, setup.network.quantized.weights, indices: Array(range), delta: 500)
            #expect(result.cosine > 0.99, "cosine \(result.cosine)")
            #expect(abs(result.ratio - 1) < 0.05, "ratio \(result.ratio)")
        }
    }

    /// The check would notice a wrong gradient: without the membrane's memory in the way back it fails.
    @Test func noticesAWrongGradient() {
        let setup = check.setUp()
        _ = check.loss(setup)
        let range = Array(setup.network.layout.layers[0].weights)
        let differences = range.map { check.difference(setup, setup.network.quantized.weights, $0, delta: 500) }
        let wrong = range.map { Double(setup.shard.gradients.array[$0 == range[0] ? $0 : $0 - 1]) }
        let dot = zip(wrong, differences).reduce(0) { $0 + $1.0 * $1.1 }
        let lengths =
            wrong.reduce(0) { $0 + $1 * $1 }.squareRoot() * differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(dot / lengths < 0.9)
    }
}
