import SpikeSignals

/// Delivers the spikes of one connection whose pattern is a ``Convolution``.
///
/// A spike is scattered to the targets it reaches. For a fixed kernel row these lie side by side in one row of the
/// target, from the right end of the kernel to its left, `stride` kernel columns apart:
/// ```
/// source column X (padding included), stride 2, kernel 5        kernel columns of an even X:  4  2  0
/// target columns     X/2 - 2    X/2 - 1    X/2                  kernel columns of an odd X:      3  1
/// ```
/// The weights are therefore kept as `[tap][source channel][kernel row][X mod stride][kernel columns descending][target
/// channel]`, and a spike costs one run of additions per kernel row that it meets: at most
/// `kernel / stride` runs of `kernel / stride * channels` additions, rounded up.
@safe struct ConvolutionKernel {
    /// Where a source neuron lies, after pooling and with the padding.
    private struct Place {
        var y: UInt16
        var x: UInt16
        /// The source channel, or ``Place/none`` for a cell that no pool holds.
        var channel: UInt16
        static let none = UInt16.max
    }

    private let convolution: Convolution
    private let output: Grid
    private let places: [Place]
    private let weights: [Int8]
    /// Weights of one tap, of a source channel, and of a kernel row.
    private let tapSize: Int
    private let channelSize: Int
    private let rowSize: Int
    /// For each remainder of a column by the stride: where its weights start in a kernel row, and how many columns.
    private let phaseStarts: [Int]
    private let phaseColumns: [Int]

    /// A kernel with the weights `[tap][row][column][source channel][target channel]`.
    init(_ convolution: Convolution, taps: Int, weights source: [Int8]) {
        self.convolution = convolution
        output = convolution.output
        let kernel = convolution.kernel
        let stride = convolution.stride
        let channels = convolution.channels
        var starts: [Int] = []
        var columns: [Int] = []
        var next = 0
        for phase in 0..<stride {
            let count = phase < kernel ? (kernel - phase + stride - 1) / stride : 0
            starts.append(next * channels)
            columns.append(count)
            next += count
        }
        phaseStarts = starts
        phaseColumns = columns
        rowSize = kernel * channels
        channelSize = kernel * rowSize
        tapSize = convolution.weightCount
        var packed: [Int8] = []
        packed.reserveCapacity(source.count)
        for tap in 0..<taps {
            for channel in 0..<convolution.input.channels {
                for row in 0..<kernel {
                    for phase in 0..<stride {
                        for column in Swift.stride(from: phase, to: kernel, by: stride).reversed() {
                            let start =
                                tap * tapSize + convolution.weightIndex(row: row, column: column, source: channel)
                            packed += source[start..<start + channels]
                        }
                    }
                }
            }
        }
        weights = packed
        places = Self.places(convolution)
    }

    private static func places(_ convolution: Convolution) -> [Place] {
        let input = convolution.input
        let pooled = convolution.pooled
        return (0..<input.count).map { neuron in
            let cell = neuron / input.channels
            let y = cell / input.width / convolution.pool
            let x = cell % input.width / convolution.pool
            let isInside = y < pooled.height && x < pooled.width
            return Place(
                y: UInt16(y + convolution.padding), x: UInt16(x + convolution.padding),
                channel: isInside ? UInt16(neuron % input.channels) : Place.none)
        }
    }

    /// Adds what `spikes` give through tap `tap` to the target's `currents`; returns the synaptic operations.
    func deliver(
        _ spikes: UnsafeBufferPointer<ChannelSpikes>, tap: Int, into currents: UnsafeMutablePointer<Int32>
    ) -> Int {
        let kernel = convolution.kernel
        let stride = convolution.stride
        let channels = convolution.channels
        var additions = 0
        unsafe weights.withUnsafeBufferPointer { weights in
            unsafe places.withUnsafeBufferPointer { places in
                guard let weights = weights.baseAddress, let places = places.baseAddress else { return }
                for index in 0..<spikes.count {
                    let spike = unsafe spikes[index]
                    let place = unsafe places[Int(spike.channel)]
                    guard place.channel != Place.none else { continue }
                    let x = Int(place.x)
                    let (column, phase) = x.quotientAndRemainder(dividingBy: stride)
                    // The target columns of the run, cut at both ends of the row.
                    let first = column - phaseColumns[phase] + 1
                    let from = max(first, 0)
                    let to = min(column, output.width - 1)
                    guard from <= to else { continue }
                    let length = (to - from + 1) * channels
                    let base =
                        tap * tapSize + Int(place.channel) * channelSize + phaseStarts[phase]
                        + (from - first) * channels
                    var row = Int(place.y) % stride
                    while row < kernel {
                        let y = (Int(place.y) - row) / stride
                        if y < 0 { break }
                        if y < output.height {
                            unsafe add(
                                weights + base + row * rowSize, times: spike.count, count: length,
                                to: currents + (y * output.width + from) * channels)
                            additions &+= length
                        }
                        row += stride
                    }
                }
            }
        }
        return additions
    }
}
