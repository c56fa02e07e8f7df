import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

/// The gradient of a network of convolutions against finite differences, as ``GradientTests``.
@Suite struct ConvolutionGradientTests {
    let check = GradientCheck(
        architecture: TemporalArchitecture(
            inputs: 7 * 6 * 2, maximumInputSpikes: 15, tickNanoseconds: 10_000_000,
            layers: [
                .init(
                    Convolution(
                        input: Grid(height: 7, width: 6, channels: 2), kernel: 3, stride: 2, padding: 1, channels: 3),
                    delays: [0, 1]),
                .init(
                    Convolution(
                        input: Grid(height: 4, width: 3, channels: 3), pool: 2, kernel: 2, padding: 1, channels: 4),
                    delays: [0, 2]), .init(width: 5, delays: [0, 1]),
            ], maximumSpikes: 3, outputs: 3, potentialScaleBits: 18))

    @Test func gainsAndShifts() { check.expectGainsAndShifts() }

    @Test(arguments: [0, 1, 2]) func weights(layer: Int) { check.expectWeights(layer: layer) }
}
