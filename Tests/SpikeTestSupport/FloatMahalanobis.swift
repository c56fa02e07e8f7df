/// The squared Mahalanobis distance of slow traces per channel, in floating point: the reference of the integer detector.
///
/// ```
/// x    += (count - x) / T                       the first T ticks: a plain mean; the first 2 T are not learned from
/// R'    = (1 - s) R + s I,   s = 2 c / (n / (2 T) + 2 c)
/// score = z R'^-1 z / c,     z = (x - mean) / sqrt(variance + 0.05^2)
/// ```
public struct FloatMahalanobis {
    private let timeConstant: Int
    private var age = 0
    private var traces: [Double]
    private var rows: [[Double]] = []
    private var mean: [Double] = []
    private var deviation: [Double] = []
    private var inverse: [[Double]] = []

    /// One that has seen nothing.
    public init(channels: Int, timeConstant: Int) {
        self.timeConstant = timeConstant
        traces = Array(repeating: 0, count: channels)
    }

    /// Lets the traces follow the counts of a tick.
    public mutating func follow(_ counts: [Int32]) {
        age += 1
        let divisor = Double(min(age, timeConstant))
        for index in traces.indices { traces[index] += (Double(counts[index]) - traces[index]) / divisor }
    }

    /// Lets the traces follow, and keeps them to learn from.
    public mutating func learn(_ counts: [Int32]) {
        follow(counts)
        if age > 2 * timeConstant { rows.append(traces) }
    }

    /// Learns from the traces that were kept.
    public mutating func solve() {
        let (size, n) = (traces.count, Double(rows.count))
        mean = (0..<size).map { index in rows.reduce(0) { $0 + $1[index] } / n }
        var matrix = [[Double]](repeating: Array(repeating: 0, count: size), count: size)
        for row in rows {
            let d = (0..<size).map { row[$0] - mean[$0] }
            for i in 0..<size { for j in 0...i { matrix[i][j] += d[i] * d[j] / n } }
        }
        deviation = (0..<size).map { (matrix[$0][$0] + 0.0025).squareRoot() }
        let shrinkage = 2 * Double(size) / (n / Double(2 * timeConstant) + 2 * Double(size))
        for i in 0..<size {
            for j in 0...i {
                let value = matrix[i][j] / deviation[i] / deviation[j] * (1 - shrinkage) + (i == j ? shrinkage : 0)
                (matrix[i][j], matrix[j][i]) = (value, value)
            }
        }
        inverse = Self.inverse(of: matrix)
        rows = []
    }

    /// The score of the traces as they are.
    public var score: Double {
        let z = traces.indices.map { min(max((traces[$0] - mean[$0]) / deviation[$0], -32), 32) }
        var sum = 0.0
        for (i, row) in inverse.enumerated() {
            var part = 0.0
            for j in row.indices { part += row[j] * z[j] }
            sum += z[i] * part
        }
        return sum / Double(z.count)
    }

    /// The inverse of a regular matrix, by Gauss and Jordan with pivots.
    public static func inverse(of matrix: [[Double]]) -> [[Double]] {
        let size = matrix.count
        var left = matrix
        var right = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
        for column in 0..<size {
            let pivot = (column..<size).max { abs(left[$0][column]) < abs(left[$1][column]) } ?? column
            left.swapAt(column, pivot)
            right.swapAt(column, pivot)
            let own = left[column][column]
            for index in 0..<size {
                left[column][index] /= own
                right[column][index] /= own
            }
            for row in 0..<size where row != column && left[row][column] != 0 {
                let factor = left[row][column]
                for index in 0..<size {
                    left[row][index] -= factor * left[column][index]
                    right[row][index] -= factor * right[column][index]
                }
            }
        }
        return right
    }
}

/// The area under the operating curve: how often a score of `odd` is above one of `normal`; ties count half.
public func areaUnderCurve(normal: [Double], odd: [Double]) -> Double {
    let sorted = normal.sorted()
    var wins = 0.0
    for score in odd {
        let below = sorted.partitioningIndex { $0 >= score }
        let upTo = sorted.partitioningIndex { $0 > score }
        wins += Double(below) + Double(upTo - below) / 2
    }
    return wins / Double(normal.count * odd.count)
}

extension [Double] {
    /// The first index whose element fulfils what all after it fulfil too.
    fileprivate func partitioningIndex(_ isBehind: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
