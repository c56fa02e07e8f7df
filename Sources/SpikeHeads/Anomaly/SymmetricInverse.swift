/// The inverse of a symmetric positive definite matrix, by Cholesky's factors.
///
/// Additions, multiplications, divisions and square roots of IEEE 754 in a fixed order: the same bits on any machine.
/// Cost: about n^3 multiplications and additions.
enum SymmetricInverse {
    /// The inverse of the `size` x `size` matrix, or nil if it is not positive definite.
    static func of(_ matrix: [Double], size: Int) -> [Double]? {
        guard let lower = factor(matrix, size) else { return nil }
        // inverse = L^-T L^-1: invert the triangle, then multiply.
        var triangle = [Double](repeating: 0, count: size * size)
        for column in 0..<size {
            triangle[column * size + column] = 1 / lower[column * size + column]
            for row in (column + 1)..<max(size, column + 1) {
                var sum = 0.0
                for k in column..<row { sum += lower[row * size + k] * triangle[k * size + column] }
                triangle[row * size + column] = -sum / lower[row * size + row]
            }
        }
        var inverse = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                var sum = 0.0
                for k in row..<size { sum += triangle[k * size + row] * triangle[k * size + column] }
                inverse[row * size + column] = sum
                inverse[column * size + row] = sum
            }
        }
        return inverse
    }

    private static func factor(_ matrix: [Double], _ size: Int) -> [Double]? {
        var lower = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                var sum = matrix[row * size + column]
                for k in 0..<column { sum -= lower[row * size + k] * lower[column * size + k] }
                if row == column {
                    guard sum > 1e-12, sum.isFinite else { return nil }
                    lower[row * size + row] = sum.squareRoot()
                } else {
                    lower[row * size + column] = sum / lower[column * size + column]
                }
            }
        }
        return lower
    }
}
