/// What is learned: how often channels were active, and active together.
///
/// ```
/// d       = trace - centre                Q12, |d| at most 2^20
/// n      += 1
/// s1[i]  += d[i]
/// s2[i][j] += d[i] d[j]                   j >= i; a Hebbian statistic, Q24
/// ```
/// All integers, so the order of additions does not matter. When `n` reaches ``most`` everything is halved: older ticks
/// count less and less. At most 2^21 times 2^40 fit an Int64.
struct CoactivationSums: Hashable, Sendable {
    /// The largest number of ticks that count.
    let most: Int64
    /// How many ticks count.
    private(set) var count: Int64 = 0
    /// What deviations are taken from, Q12.
    private(set) var centre: [Int32]
    private(set) var first: [Int64]
    /// Row after row; below the diagonal zero.
    private(set) var second: [Int64]

    /// Sums over that many channels, empty; `most` is at most 2^21.
    init(channels: Int, most: Int64) {
        self.most = min(max(most, 2), 1 << 21)
        centre = Array(repeating: 0, count: channels)
        first = Array(repeating: 0, count: channels)
        second = Array(repeating: 0, count: channels * channels)
    }

    var channels: Int { centre.count }

    /// Forgets everything and takes deviations from these values (Q12) from now on.
    mutating func restart(at values: [Int32]) {
        centre = values
        count = 0
        for index in first.indices { first[index] = 0 }
        for index in second.indices { second[index] = 0 }
    }

    /// Adds a tick with these deviations from the centre, Q12.
    mutating func add(_ deviations: [Int32]) {
        Self.add(deviations.span, &first, &second)
        count += 1
        if count >= most { halve() }
    }

    private static func add(_ deviations: Span<Int32>, _ first: inout [Int64], _ second: inout [Int64]) {
        let channels = min(deviations.count, first.count)
        var first = first.mutableSpan
        var second = second.mutableSpan
        for row in 0..<channels {
            let own = Int64(deviations[row])
            first[row] &+= own
            let start = row &* channels
            for column in row..<channels { second[start &+ column] &+= own &* Int64(deviations[column]) }
        }
    }

    /// Takes over sums that were kept.
    mutating func restore(count: Int64, centre: [Int32], first: [Int64], second: [Int64]) {
        (self.count, self.centre, self.first, self.second) = (count, centre, first, second)
    }

    /// Lets what is known count half.
    mutating func halve() {
        count /= 2
        for index in first.indices { first[index] /= 2 }
        for index in second.indices { second[index] /= 2 }
    }

    /// The mean of the deviations, Q12.
    var mean: [Int32] { first.map { Int32(truncatingIfNeeded: $0 / max(count, 1)) } }

    /// The covariance in squared counts, a full matrix.
    var covariance: [Double] {
        let (channels, n) = (channels, Double(max(count, 1)))
        var matrix = [Double](repeating: 0, count: channels * channels)
        let unit = Double(1 << 24)
        for row in 0..<channels {
            for column in row..<channels {
                let product = Double(first[row]) / n * (Double(first[column]) / n)
                let value = (Double(second[row * channels + column]) / n - product) / unit
                matrix[row * channels + column] = value
                matrix[column * channels + row] = value
            }
        }
        return matrix
    }

    /// Moves the centre to the mean: the covariance stays, the first sums become zero. `start` is what deviations were taken
    /// from if that was not ``centre``.
    mutating func recentre(from start: [Int32]? = nil) {
        if let start { centre = start }
        let n = Double(max(count, 1))
        for row in 0..<channels {
            for column in row..<channels {
                let product = Double(first[row]) * (Double(first[column]) / n)
                second[row * channels + column] &-= Int64(product.rounded())
            }
        }
        let mean = mean
        for row in 0..<channels {
            centre[row] &+= mean[row]
            first[row] = 0
        }
    }
}
