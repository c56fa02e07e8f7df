import SpikeSignals

/// Weights between neurons as Loihi stores them: a mantissa of up to 8 bits and one exponent for all.
///
/// If both signs occur the sign takes a bit: `w` is limited to -256...255 and its lowest bit is dropped toward minus
/// infinity. With one sign it is limited to 0...255 in magnitude. Fewer bits drop more of the lowest:
/// ```
/// k = 8 - bits (+ 1 if signs are mixed)       stored = (w >> k) << k
/// ```
/// Source: lava-nc 0.10.0, `PyDenseModelBitAcc`; a weight counts `stored * 2^exponent` in the sum, which is shifted
/// after it is complete.
public struct LoihiWeights: Hashable, Sendable {
    /// Which signs a chip's synapse group may have.
    public enum Signs: Hashable, Sendable {
        /// Both: -256...254 in steps of two at 8 bits.
        case mixed
        /// None below zero.
        case excitatory
        /// None above zero.
        case inhibitory
    }

    /// The number of source neurons.
    public let sources: Int
    /// The number of target neurons.
    public let targets: Int
    /// The power of two that the sums are shifted by, -8...7.
    public let exponent: Int
    /// The signs, which follow from the weights.
    public let signs: Signs
    /// The stored weights `[source][target]`.
    public let stored: [Int16]

    /// The most sources: a sum of so many weights, shifted by 7, fits 32 bits.
    public static let maximumSources = 32_768

    /// Stores `weights[source][target]`, row by row, with `bits` for each.
    ///
    /// - Throws: if the numbers do not fit together.
    public init(
        _ weights: [Int32], sources: Int, targets: Int, exponent: Int = 0, bits: Int = 8
    ) throws(SpikelineError) {
        guard (1...LoihiWeights.maximumSources).contains(sources), (1...65_536).contains(targets),
            weights.count == sources * targets
        else {
            throw SpikelineError(
                "expected weights of 1 to \(LoihiWeights.maximumSources) sources and 1 to 65536 targets, found "
                    + "\(weights.count) weights of \(sources) x \(targets)", at: "loihi2")
        }
        guard (-8...7).contains(exponent), (1...8).contains(bits) else {
            throw SpikelineError(
                "expected an exponent of -8 to 7 and 1 to 8 bits, found \(exponent) and \(bits)", at: "loihi2")
        }
        let (low, high) = (weights.contains { $0 < 0 }, weights.contains { $0 > 0 })
        let signs: Signs = low && high ? .mixed : low ? .inhibitory : .excitatory
        let dropped = Int32(8 - bits + (signs == .mixed ? 1 : 0))
        stored = weights.map { weight in
            switch signs {
            case .mixed: Int16((min(max(weight, -256), 255) >> dropped) << dropped)
            case .excitatory: Int16((min(weight, 255) >> dropped) << dropped)
            case .inhibitory: Int16(-((min(-max(weight, -255), 255) >> dropped) << dropped))
            }
        }
        self.signs = signs
        self.sources = sources
        self.targets = targets
        self.exponent = exponent
    }
}
