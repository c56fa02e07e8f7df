extension ReLUNetwork {
    /// What every layer gives for `values`, first layer first; the last are the scores.
    ///
    /// - Precondition: as many values as ``input`` has.
    /// - Cost: a multiplication and an addition for each synapse, in single precision.
    public func activations(of values: [Float]) -> [[Float]] {
        precondition(values.count == input.count)
        var activations: [[Float]] = []
        var current = values
        for layer in layers {
            current = layer.output(of: current)
            activations.append(current)
        }
        return activations
    }

    /// The output that is highest for `values`, the first of several.
    public func decision(on values: [Float]) -> Int { Self.highest(activations(of: values).last ?? []) }

    /// Where the highest of `scores` is, the first of several.
    public static func highest<Score: Comparable>(_ scores: [Score]) -> Int {
        scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
    }
}

extension ReLUNetwork.Layer {
    fileprivate func output(of values: [Float]) -> [Float] {
        let source = pool(values)
        var sums = [Float](repeating: 0, count: output.count)
        let cells = output.height * output.width
        for index in sums.indices { sums[index] = biases[index / cells] }
        unsafe source.withUnsafeBufferPointer { source in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    guard let source = source.baseAddress, let weights = weights.baseAddress,
                        let sums = sums.baseAddress
                    else { return }
                    switch pattern {
                    case .dense: unsafe multiply(source, weights, sums)
                    case .convolution(let kernel, let stride, let padding):
                        unsafe convolve(source, weights, sums, kernel, stride, padding)
                    }
                }
            }
        }
        if isRectified { for index in sums.indices { sums[index] = max(sums[index], 0) } }
        return sums
    }

    private func pool(_ values: [Float]) -> [Float] {
        guard poolHeight > 1 || poolWidth > 1 else { return values }
        let pooled = pooled
        let share = 1 / Float(poolHeight * poolWidth)
        var means: [Float] = []
        means.reserveCapacity(pooled.count)
        for channel in 0..<pooled.channels {
            for y in 0..<pooled.height {
                for x in 0..<pooled.width {
                    var sum: Float = 0
                    for row in 0..<poolHeight {
                        let start = (channel * input.height + y * poolHeight + row) * input.width + x * poolWidth
                        for column in 0..<poolWidth { sum += values[start + column] }
                    }
                    means.append(sum * share)
                }
            }
        }
        return means
    }

    private func multiply(
        _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>
    ) {
        let count = pooled.count
        for target in 0..<output.count {
            var sum: Float = 0
            for index in 0..<count { unsafe sum += weights[target * count + index] * source[index] }
            unsafe sums[target] += sum
        }
    }

    /// Row by row: for each weight a row of the source is added to a row of the target.
    private func convolve(
        _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>,
        _ kernel: Int, _ stride: Int, _ padding: Int
    ) {
        let pooled = pooled
        let reach = { (column: Int) -> Range<Int> in
            // The target columns x whose source column x * stride + column - padding lies on the grid.
            let first = max(0, (padding - column + stride - 1) / stride)
            let last = pooled.width - 1 + padding - column
            return last < 0 ? 0..<0 : first..<max(first, min(self.output.width, last / stride + 1))
        }
        let reaches = (0..<kernel).map(reach)
        var weight = 0
        for target in 0..<output.channels {
            for channel in 0..<pooled.channels {
                for row in 0..<kernel {
                    for column in 0..<kernel {
                        let factor = unsafe weights[weight]
                        weight += 1
                        for y in 0..<output.height {
                            let from = y * stride + row - padding
                            guard from >= 0, from < pooled.height else { continue }
                            let start = unsafe source + (channel * pooled.height + from) * pooled.width
                            let sum = unsafe sums + (target * output.height + y) * output.width
                            for x in reaches[column] {
                                unsafe sum[x] += factor * start[x * stride + column - padding]
                            }
                        }
                    }
                }
            }
        }
    }
}
