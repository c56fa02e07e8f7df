/// Batch normalisation of one layer as the engine sees it: a whole-number threshold and bias per neuron.
///
/// A neuron fires when `gain * (current - mean) / deviation + shift` has summed up to 1. Multiplied by
/// `deviation / gain` that is the engine's rule in units of its weights:
/// ```
/// threshold = round(deviation / gain)        bias = round(shift * deviation / gain - mean)
/// ```
/// Source: Ioffe and Szegedy, "Batch Normalization" (2015); folding as in Jacob et al. (2018), section 3.2.
struct FoldedNormalization {
    /// The thresholds, at least 1.
    var thresholds: [Int32]
    /// The biases.
    var biases: [Int32]

    /// Folds mean and standard deviation of each neuron's whole-number current with its gain and shift.
    init(means: [Float], deviations: [Float], gains: [Float], shifts: [Float]) {
        thresholds = []
        biases = []
        for neuron in means.indices {
            let unit = deviations[neuron] / gains[neuron]
            thresholds.append(Int32(min(max(unit.rounded(), 1), 1e8)))
            biases.append(Int32(min(max((shifts[neuron] * unit - means[neuron]).rounded(), -1e8), 1e8)))
        }
    }
}
