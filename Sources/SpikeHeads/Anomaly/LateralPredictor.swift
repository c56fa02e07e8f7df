/// Predicts each channel from all others, and says how much what is seen differs from it.
///
/// ```
/// z[i]   = clip((trace[i] - mean[i]) gain[i], +-32)                   Q8, standard deviations
/// r[i]   = z[i] - (sum over j of w[i][j] z[j]) >> shift               Q8, what the others do not explain; w is Int8
/// score  = mean over i of z[i] r[i] p[i]                              Q12, about 1 for normal
/// ```
/// With w[i][j] = -P[i][j] / P[i][i] and p[i] = P[i][i], where P is the inverse of the correlation matrix, the score is the
/// squared Mahalanobis distance per channel (Mahalanobis 1936): lateral inhibition computes it, at the cost of one
/// 8-bit product for each pair of channels. The correlations are first shrunk towards independence,
///
/// ```
/// R' = (1 - s) R + s I,      s = 2 c / (n + 2 c)       c channels, n independent samples: ticks / (2 time constant),
///                                                       at most those of half the memory
/// ```
/// so that little data gives a cautious predictor. In the sum of r^2 p, directions of little variance, and with them errors
/// of the estimate, would count most.
struct LateralPredictor: Hashable, Sendable {
    /// Deviations are clipped at this, Q8.
    static let mostDeviation: Int32 = 32 << 8
    /// Residuals are clipped at this, Q8.
    static let mostResidual: Int32 = 64 << 8
    /// No score is higher, Q12: deviation 2^13, residual 2^14 and precision 2^16, less 12 bits.
    static let mostScore: Int64 = 1 << 31
    /// No channel is thought steadier than this, in spikes per tick.
    static let leastDeviation = 0.05

    /// Q20 units of Q8 per Q12: at most 2^23.
    private(set) var gain: [Int32]
    /// Row after row; the diagonal is zero.
    private(set) var weights: [Int8]
    /// The weights are in units of 2^-shift.
    private(set) var shift: Int32 = 7
    /// Q8, at most 2^16.
    private(set) var precision: [Int32]
    /// z and r of the latest tick, Q8.
    private(set) var deviations: [Int16]
    private(set) var residuals: [Int32]

    init(channels: Int) {
        gain = Array(repeating: 0, count: channels)
        weights = Array(repeating: 0, count: channels * channels)
        precision = Array(repeating: 256, count: channels)
        deviations = Array(repeating: 0, count: channels)
        residuals = Array(repeating: 0, count: channels)
    }

    var channels: Int { gain.count }

    /// Learns from sums of a trace with a time constant of that many ticks.
    mutating func solve(_ sums: CoactivationSums, timeConstant: Int) {
        let size = channels
        let covariance = sums.covariance
        var scale = [Double](repeating: 0, count: size)
        for index in 0..<size {
            let least = LateralPredictor.leastDeviation
            let deviation = (max(covariance[index * size + index], 0) + least * least).squareRoot()
            scale[index] = 1 / deviation
            // Q12 to standard deviations in Q8: 2^-4 / deviation, in Q20.
            gain[index] = Int32((Double(1 << 16) / deviation).rounded())
        }
        // Sums lose half of what they count now and then; weights shall not become timid and bold with it.
        let samples = Double(min(sums.count, sums.most / 2)) / Double(2 * timeConstant)
        let shrinkage = 2 * Double(size) / (samples + 2 * Double(size))
        var correlation = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0..<size {
                let value = covariance[row * size + column] * scale[row] * scale[column] * (1 - shrinkage)
                correlation[row * size + column] = row == column ? value + shrinkage : value
            }
        }
        // Shrinkage makes the matrix positive definite; the identity is what remains if rounding undoes that.
        let inverse = SymmetricInverse.of(correlation, size: size)
        take(inverse ?? correlation.indices.map { $0 % (size + 1) == 0 ? 1 : 0 })
    }

    /// The mean score of ticks with that covariance, a full matrix in squared counts; 1 is that of normal.
    func meanScore(_ covariance: [Double]) -> Double {
        let size = channels
        let unit = Double(1 << shift)
        var total = 0.0
        for row in 0..<size {
            var own = covariance[row * size + row] * Double(gain[row])
            for column in 0..<size {
                own -=
                    Double(weights[row * size + column]) / unit * covariance[row * size + column] * Double(gain[column])
            }
            total += own * Double(gain[row]) * Double(precision[row])
        }
        // Gains are in 2^-16 and precisions in 2^-8.
        return total / Double(size) / Double(1 << 40)
    }

    /// Rounds the inverse of the correlations to weights and precisions.
    private mutating func take(_ inverse: [Double]) {
        let size = channels
        var exact = [Double](repeating: 0, count: size * size)
        var largest = 0.0
        for row in 0..<size {
            let own = inverse[row * size + row]
            precision[row] = Int32(min((own * 256).rounded(), Double(1 << 16)))
            for column in 0..<size where column != row {
                exact[row * size + column] = -inverse[row * size + column] / own
                largest = max(largest, abs(exact[row * size + column]))
            }
        }
        shift = 0
        while shift < 10, largest * Double(1 << (shift + 1)) <= 127 { shift += 1 }
        let unit = Double(1 << shift)
        for index in exact.indices {
            weights[index] = Int8(min(max((exact[index] * unit).rounded(), -127), 127))
        }
    }

    /// The score of a tick whose traces deviate so much from the mean (Q12, at most 2^20); Q12.
    mutating func score(_ difference: [Int32]) -> Int64 {
        let channels = channels
        for index in 0..<channels {
            let scaled = (Int64(difference[index]) &* Int64(gain[index]) &+ (1 &<< 19)) &>> 20
            let most = Int64(LateralPredictor.mostDeviation)
            deviations[index] = Int16(truncatingIfNeeded: min(max(scaled, -most), most))
        }
        let (inputs, rows, precision) = (deviations, weights, precision)
        let total = Self.predict(inputs.span, rows.span, precision.span, shift: shift, into: &residuals)
        return max(total / Int64(channels), 0) &>> 12
    }

    /// The residual of each channel, and the sum over channels of deviation, residual and precision, Q24.
    private static func predict(
        _ inputs: Span<Int16>, _ weights: Span<Int8>, _ precision: Span<Int32>, shift: Int32,
        into residuals: inout [Int32]
    ) -> Int64 {
        let channels = min(inputs.count, precision.count, residuals.count)
        var residuals = residuals.mutableSpan
        var total: Int64 = 0
        let most = mostResidual
        for row in 0..<channels {
            let own = weights.extracting(row &* channels..<(row &+ 1) &* channels)
            var sum: Int32 = 0
            // At most 2^10 channels times 2^7 times 2^13.
            for column in 0..<channels { sum &+= Int32(own[column]) &* Int32(inputs[column]) }
            let z = Int32(inputs[row])
            let r = min(max(z &- sum &>> shift, -most), most)
            residuals[row] = r
            total &+= Int64(z &* r) &* Int64(precision[row])
        }
        return total
    }

    /// Takes over what was kept.
    mutating func restore(
        gain: [Int32], weights: [Int8], shift: Int32, precision: [Int32], deviations: [Int16], residuals: [Int32]
    ) {
        (self.gain, self.weights, self.shift) = (gain, weights, shift)
        (self.precision, self.deviations, self.residuals) = (precision, deviations, residuals)
    }

    /// How much a channel differs from what the others say, Q16, and in which direction: positive if there is more than
    /// expected. So a channel that no longer follows the others is named though it says nothing unusual by itself.
    func contribution(of channel: Int) -> Int64 {
        let r = Int64(residuals[channel])
        return (r < 0 ? -1 : 1) * ((r &* r) &* Int64(precision[channel]) &>> 8)
    }
}
