/// Means and deviations of each layer's currents, averaged over training, in units of the unquantised weights.
///
/// A neuron's weight scale changes whenever its largest weight does; divided by the scale the statistics stay
/// comparable from step to step.
public struct RunningStatistics: Hashable, Sendable {
    /// The means, by layer and feature.
    public var means: [[Float]]
    /// The variances, by layer and feature.
    public var variances: [[Float]]

    /// Statistics before the first batch.
    init(_ architecture: TemporalArchitecture) {
        means = architecture.layers.map { [Float](repeating: 0, count: $0.features) }
        variances = architecture.layers.map { [Float](repeating: 1, count: $0.features) }
    }

    /// Moves layer `index` by the share `momentum` towards a batch's statistics in whole-number units.
    mutating func blend(
        layer index: Int, means newMeans: [Float], deviations: [Float], scales: [Float], momentum: Float
    ) {
        for neuron in newMeans.indices {
            let mean = newMeans[neuron] * scales[neuron]
            let deviation = deviations[neuron] * scales[neuron]
            means[index][neuron] += momentum * (mean - means[index][neuron])
            variances[index][neuron] += momentum * (deviation * deviation - variances[index][neuron])
        }
    }

    /// The statistics of layer `index` in whole-number units of these scales.
    func wholeNumbers(layer index: Int, scales: [Float]) -> (means: [Float], deviations: [Float]) {
        (
            zip(means[index], scales).map { $0 / $1 },
            zip(variances[index], scales).map { max($0, 0).squareRoot() / $1 }
        )
    }
}
