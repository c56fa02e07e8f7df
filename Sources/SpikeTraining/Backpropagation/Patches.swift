import SpikeNetwork

/// A convolution as matrix products: the source cells that each target cell sees, copied side by side ("im2col").
///
/// ```
/// source row (one tick of one clip)    patches                                    currents
/// [y][x][i]                      -->   [target cell][kernel row][column][i]  x  weights [..][o]  -->  [target cell][o]
/// ```
/// Patches are made for a few rows at a time, so that they stay in the cache and need no memory per tick, and serve all
/// taps of the rows at once. Source: Chellapilla, Puri, Simard, "High Performance Convolutional Neural Networks for
/// Document Processing" (2006).
@safe
final class Patches {
    private let convolution: Convolution
    private let pooled: Grid
    private let output: Grid
    /// The values of a patch.
    private let size: Int
    /// The cells of the target.
    private let cells: Int
    /// Source rows that are handled together.
    private let block: Int
    private let patches: FloatBuffer
    private let pooledRow: FloatBuffer
    private let padding: Int

    /// Prepares for `convolution`.
    init(_ convolution: Convolution) {
        self.convolution = convolution
        pooled = convolution.pooled
        output = convolution.output
        size = convolution.kernel * convolution.kernel * convolution.input.channels
        cells = output.height * output.width
        padding = convolution.padding
        block = max(1, (1 << 18) / (size * cells))
        patches = FloatBuffer(block * cells * size)
        pooledRow = FloatBuffer(pooled.count)
    }

    /// Adds what `source` gives through all taps to `currents`; rows are `[tick * clips + clip]`.
    func gather(
        _ source: UnsafePointer<Float>, ticks: Int, clips: Int, delays: [Int], weights: UnsafePointer<Float>,
        to currents: UnsafeMutablePointer<Float>
    ) {
        let rows = ticks * clips
        for first in stride(from: 0, to: rows, by: block) {
            let count = min(block, rows - first)
            for row in 0..<count {
                unsafe unfold(source + (first + row) * convolution.input.count, to: patches.start + row * cells * size)
            }
            for (tap, delay) in delays.enumerated() {
                let reached = min(count, rows - first - delay * clips)
                guard reached > 0 else { continue }
                unsafe MatrixProduct.add(
                    patches.start, times: weights + tap * size * convolution.channels,
                    to: currents + (first + delay * clips) * output.count, rows: reached * cells, inner: size,
                    columns: convolution.channels)
            }
        }
    }

    /// Adds the gradient `g` of the currents to the gradients of weights and, if wanted, of the source.
    func spread(
        _ g: UnsafePointer<Float>, source: UnsafePointer<Float>, ticks: Int, clips: Int, delays: [Int],
        weights: UnsafePointer<Float>, weightGradients: UnsafeMutablePointer<Float>,
        sourceGradients: UnsafeMutablePointer<Float>?
    ) {
        let rows = ticks * clips
        let channels = convolution.channels
        for first in stride(from: 0, to: rows, by: block) {
            let count = min(block, rows - first)
            for row in 0..<count {
                unsafe unfold(source + (first + row) * convolution.input.count, to: patches.start + row * cells * size)
            }
            for (tap, delay) in delays.enumerated() {
                let reached = min(count, rows - first - delay * clips)
                guard reached > 0 else { continue }
                unsafe MatrixProduct.add(
                    transposed: patches.start, times: g + (first + delay * clips) * output.count,
                    to: weightGradients + tap * size * channels, rows: reached * cells, inner: size, columns: channels)
            }
            guard let sourceGradients = unsafe sourceGradients else { continue }
            patches.clear(count * cells * size)
            for (tap, delay) in delays.enumerated() {
                let reached = min(count, rows - first - delay * clips)
                guard reached > 0 else { continue }
                unsafe MatrixProduct.add(
                    g + (first + delay * clips) * output.count,
                    timesTransposed: weights + tap * size * channels, to: patches.start, rows: reached * cells,
                    inner: size, columns: channels)
            }
            for row in 0..<count {
                unsafe fold(
                    patches.start + row * cells * size,
                    to: sourceGradients + (first + row) * convolution.input.count)
            }
        }
    }

    /// Copies one row of the source into its patches.
    private func unfold(_ source: UnsafePointer<Float>, to patches: UnsafeMutablePointer<Float>) {
        let grid = unsafe pool(source)
        let channels = pooled.channels
        forEachRun { patch, cell, columns in
            unsafe (patches + patch).update(from: grid + cell * channels, count: columns * channels)
        } outside: { patch, columns in
            unsafe (patches + patch).update(repeating: 0, count: columns * channels)
        }
    }

    /// Adds patches to the row of the source that they came from.
    private func fold(_ patches: UnsafePointer<Float>, to source: UnsafeMutablePointer<Float>) {
        let channels = pooled.channels
        let isPooled = convolution.pool > 1
        let grid = unsafe isPooled ? pooledRow.start : source
        if isPooled { pooledRow.clear() }
        forEachRun { patch, cell, columns in
            let target = unsafe grid + cell * channels
            let values = unsafe patches + patch
            for index in 0..<columns * channels { unsafe target[index] += values[index] }
        } outside: { _, _ in
        }
        guard isPooled else { return }
        forEachPooledCell { cell, pooledCell in
            for channel in 0..<channels {
                unsafe source[cell * channels + channel] += pooledRow.start[pooledCell * channels + channel]
            }
        }
    }

    /// The source row after pooling.
    private func pool(_ source: UnsafePointer<Float>) -> UnsafePointer<Float> {
        guard convolution.pool > 1 else { return unsafe source }
        pooledRow.clear()
        let channels = pooled.channels
        forEachPooledCell { cell, pooledCell in
            for channel in 0..<channels {
                unsafe pooledRow.start[pooledCell * channels + channel] += source[cell * channels + channel]
            }
        }
        return unsafe UnsafePointer(pooledRow.start)
    }

    private func forEachPooledCell(_ body: (_ cell: Int, _ pooledCell: Int) -> Void) {
        let pool = convolution.pool
        for y in 0..<pooled.height * pool {
            for x in 0..<pooled.width * pool {
                body(y * convolution.input.width + x, y / pool * pooled.width + x / pool)
            }
        }
    }

    /// Calls `inside` for each run of source cells that a kernel row of a target cell sees, with the place of the run
    /// in the patches, its first cell in the pooled source and its length, and `outside` for runs beyond the border.
    @inline(__always)
    private func forEachRun(
        inside: (_ patch: Int, _ cell: Int, _ columns: Int) -> Void, outside: (_ patch: Int, _ columns: Int) -> Void
    ) {
        let kernel = convolution.kernel
        let channels = pooled.channels
        var patch = 0
        for y in 0..<output.height {
            for x in 0..<output.width {
                let left = x * convolution.stride - padding
                let from = max(left, 0)
                let to = max(min(left + kernel, pooled.width), from)
                for row in 0..<kernel {
                    let line = y * convolution.stride + row - padding
                    if line < 0 || line >= pooled.height {
                        outside(patch, kernel)
                    } else {
                        if from > left { outside(patch, from - left) }
                        inside(patch + (from - left) * channels, line * pooled.width + from, to - from)
                        if to < left + kernel { outside(patch + (to - left) * channels, left + kernel - to) }
                    }
                    patch += kernel * channels
                }
            }
        }
    }
}
