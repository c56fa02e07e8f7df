import SpikeSignals

/// How far the units of each layer go on given data: what becomes one spike in every tick.
///
/// The level of a layer is a percentile of its activations that are above zero, all units and pictures together. The
/// largest activation would be safe from saturation and slow, since it is an outlier (Rueckauer et al., "Conversion of
/// continuous-valued deep networks to efficient event-driven networks for image classification", Frontiers in
/// Neuroscience 11:682 (2017), section 2.2.2; the maximum is from Diehl et al., IJCNN 2015).
/// Activations are counted by their leading bits, so memory does not depend on the data and a level is at most 0.1 %
/// too high. Cost: running the network once for each picture.
public struct ActivationLevels: Sendable {
    /// The level of each layer that is rectified, first layer first; 0 where no unit was ever active.
    public let values: [Float]
    /// The percentile, above 0 and at most 100.
    public let percentile: Double

    /// The levels of `network` on `pictures`, each of as many values as the network takes.
    public init(of network: ReLUNetwork, on pictures: [[Float]], percentile: Double = 99.9) {
        var counts = network.layers.dropLast().map { _ in Counts() }
        for picture in pictures {
            for (layer, values) in network.activations(of: picture).dropLast().enumerated() {
                counts[layer].add(values)
            }
        }
        self.percentile = percentile
        values = counts.map { $0.level(percentile) }
    }

    /// How many positive numbers there were, by sign, exponent and 10 bits of the fraction, which ascend with the number.
    struct Counts {
        private static let shift: UInt32 = 13
        private var bins = [Int](repeating: 0, count: 1 << 18)
        private var total = 0

        mutating func add(_ values: [Float]) {
            for value in values where value > 0 && value.isFinite {
                bins[Int(value.bitPattern >> Self.shift)] += 1
                total += 1
            }
        }

        /// The upper end of the bin that holds the percentile.
        func level(_ percentile: Double) -> Float {
            guard total > 0 else { return 0 }
            let wanted = max(1, Int((Double(total) * min(percentile, 100) / 100).rounded(.up)))
            var below = 0
            for (bin, count) in bins.enumerated() {
                below += count
                if below >= wanted { return Float(bitPattern: UInt32(bin + 1) << Self.shift) }
            }
            return 0
        }
    }
}
