import CNetworkKernels
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
    /// The channel of a place, see `nk_place`, for a cell that no pool holds.
    private static let none = UInt16.max

    private let convolution: Convolution
    private let output: Grid
    private let places: [nk_place]
    /// What the wide loop knows of the rest; nil if it is not to be called.
    private let wide: nk_convolution?
    private let weights: [Int8]
    /// Weights of one tap, of a source channel, and of a kernel row.
    private let tapSize: Int
    private let channelSize: Int
    private let rowSize: Int
    /// For each remainder of a column by the stride: where its weights start in a kernel row, and how many columns.
    private let phaseStarts: [Int]
    private let phaseColumns: [Int]

    /// A kernel with the weights `[tap][row][column][source channel][target channel]`.
    init(_ convolution: Convolution, taps: Int, weights source: [Int8], isWide: Bool = WideLoops.areThere) {
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
        wide = isWide ? Self.wide(convolution, starts: starts, columns: columns) : nil
    }

    private static func wide(_ convolution: Convolution, starts: [Int], columns: [Int]) -> nk_convolution? {
        var wide = nk_convolution()
        let room = MemoryLayout.size(ofValue: wide.phase_starts) / MemoryLayout<Int>.stride
        guard convolution.stride <= room else { return nil }
        let output = convolution.output
        (wide.kernel, wide.stride, wide.channels) = (convolution.kernel, convolution.stride, convolution.channels)
        (wide.width, wide.height) = (output.width, output.height)
        wide.row_size = convolution.kernel * convolution.channels
        wide.channel_size = convolution.kernel * wide.row_size
        unsafe withUnsafeMutableBytes(of: &wide.phase_starts) { unsafe $0.copyBytes(from: Self.bytes(starts)) }
        unsafe withUnsafeMutableBytes(of: &wide.phase_columns) { unsafe $0.copyBytes(from: Self.bytes(columns)) }
        return wide
    }

    private static func bytes(_ numbers: [Int]) -> [UInt8] {
        unsafe numbers.withUnsafeBytes { unsafe Array($0) }
    }

    private static func places(_ convolution: Convolution) -> [nk_place] {
        let input = convolution.input
        let pooled = convolution.pooled
        return (0..<input.count).map { neuron in
            let cell = neuron / input.channels
            let y = cell / input.width / convolution.pool
            let x = cell % input.width / convolution.pool
            let isInside = y < pooled.height && x < pooled.width
            let (row, rowPhase) = (y + convolution.padding).quotientAndRemainder(dividingBy: convolution.stride)
            let (column, phase) = (x + convolution.padding).quotientAndRemainder(dividingBy: convolution.stride)
            return nk_place(
                y: UInt16(row), y_phase: UInt16(rowPhase), x: UInt16(column), x_phase: UInt16(phase),
                channel: isInside ? UInt16(neuron % input.channels) : none)
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
                if var wide {
                    additions = unsafe withForeignSpikes(spikes) {
                        unsafe nk_convolve(&wide, $0, spikes.count, places, weights + tap * tapSize, currents)
                    }
                    return
                }
                for index in 0..<spikes.count {
                    let spike = unsafe spikes[index]
                    let place = unsafe places[Int(spike.channel)]
                    guard place.channel != Self.none else { continue }
                    let (column, phase) = (Int(place.x), Int(place.x_phase))
                    // The target columns of the run, cut at both ends of the row.
                    let first = column - phaseColumns[phase] + 1
                    let from = max(first, 0)
                    let to = min(column, output.width - 1)
                    guard from <= to else { continue }
                    let length = (to - from + 1) * channels
                    let base =
                        tap * tapSize + Int(place.channel) * channelSize + phaseStarts[phase]
                        + (from - first) * channels
                    var (row, y) = (Int(place.y_phase), Int(place.y))
                    while row < kernel, y >= 0 {
                        if y < output.height {
                            unsafe add(
                                weights + base + row * rowSize, times: spike.count, count: length,
                                to: currents + (y * output.width + from) * channels)
                            additions &+= length
                        }
                        row += stride
                        y -= 1
                    }
                }
            }
        }
        return additions
    }
}
