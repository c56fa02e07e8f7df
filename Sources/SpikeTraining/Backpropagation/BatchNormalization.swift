/// Mean, deviation and gradient of the whole-number currents of a layer over a batch.
struct BatchNormalization {
    let width: Int

    /// The mean and the standard deviation of each column of `currents` (`rows x width`), in double precision.
    ///
    /// - Parameter floor: added to the deviations, so that a current that never changes does not divide by zero;
    ///   one step of a whole-number current by default.
    func statistics(
        _ currents: UnsafePointer<Float>, rows: Int, floor: Float = 1
    ) -> (means: [Float], deviations: [Float]) {
        var sums = [Double](repeating: 0, count: width)
        var squares = [Double](repeating: 0, count: width)
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe squares.withUnsafeMutableBufferPointer { squares in
                guard let sum = sums.baseAddress, let square = squares.baseAddress else { return }
                for row in 0..<rows {
                    let line = unsafe currents + row * width
                    for neuron in 0..<width {
                        let value = unsafe Double(line[neuron])
                        unsafe sum[neuron] += value
                        unsafe square[neuron] += value * value
                    }
                }
            }
        }
        let count = Double(rows)
        let means = sums.map { Float($0 / count) }
        let deviations = zip(sums, squares).map { sum, square in
            Float(max((square - sum * sum / count) / count, 0).squareRoot()) + floor
        }
        return (means, deviations)
    }

    /// Turns the gradient of the normalised input (`gradients`) into the gradient of the whole-number currents, and
    /// adds the gradients of gains and shifts.
    func backward(
        _ gradients: UnsafeMutablePointer<Float>, currents: UnsafePointer<Float>, rows: Int, means: [Float],
        deviations: [Float], gains: UnsafePointer<Float>, gainGradients: UnsafeMutablePointer<Float>,
        shiftGradients: UnsafeMutablePointer<Float>
    ) {
        var sumG = [Float](repeating: 0, count: width)
        var sumGX = [Float](repeating: 0, count: width)
        let inverse = deviations.map { 1 / $0 }
        unsafe sumG.withUnsafeMutableBufferPointer { sumG in
            unsafe sumGX.withUnsafeMutableBufferPointer { sumGX in
                guard let a = sumG.baseAddress, let b = sumGX.baseAddress else { return }
                for row in 0..<rows {
                    let g = unsafe gradients + row * width
                    let x = unsafe currents + row * width
                    for neuron in 0..<width {
                        unsafe a[neuron] += g[neuron]
                        unsafe b[neuron] += g[neuron] * (x[neuron] - means[neuron]) * inverse[neuron]
                    }
                }
            }
        }
        let scale = (0..<width).map { unsafe gains[$0] * inverse[$0] }
        let offset = sumG.map { $0 / Float(rows) }
        let slope = zip(sumGX, inverse).map { $0 * $1 / Float(rows) }
        for row in 0..<rows {
            let g = unsafe gradients + row * width
            let x = unsafe currents + row * width
            for neuron in 0..<width {
                unsafe g[neuron] =
                    scale[neuron] * (g[neuron] - offset[neuron] - (x[neuron] - means[neuron]) * slope[neuron])
            }
        }
        for neuron in 0..<width {
            unsafe gainGradients[neuron] += sumGX[neuron]
            unsafe shiftGradients[neuron] += sumG[neuron]
        }
    }
}
