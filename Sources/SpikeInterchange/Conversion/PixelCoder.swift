import SpikeNetwork
import SpikeSignals

/// Gives a constant picture as spikes: in every tick each pixel fires as often as its brightness says, on average exactly.
///
/// A pixel of brightness `p` (0 to 1) has fired `round(p most t)` times after `t` ticks. With a `most` of 1 these are
/// regular spike trains; with more, constant currents in steps of `1 / most` whose rounding is made good in the next ticks.
/// There is no noise as in Poisson trains, so the mean of `t` ticks is off by at most `1 / (2 most t)`.
public struct PixelCoder: Sendable {
    /// The most spikes of a pixel in a tick.
    public let most: Int
    /// Brightness in units of 2^-16, in the order of the network's inputs.
    private let levels: [Int]
    private var tick = 0

    /// A coder of `picture`, `[channel][row][column]` in the shape of `network`'s input; numbers outside 0 to 1 are cut.
    public init(_ picture: [Float], shape: ReLUNetwork.Shape, most: Int) {
        self.most = most
        let cells = shape.height * shape.width
        levels = (0..<picture.count).map { neuron in
            let value = picture[neuron % shape.channels * cells + neuron / shape.channels]
            return Int((min(max(value.isFinite ? value : 0, 0), 1) * 65_536).rounded())
        }
    }

    /// Puts the spikes of the next tick into `spikes`, which is emptied first.
    public mutating func next(into spikes: inout [ChannelSpikes]) {
        spikes.removeAll(keepingCapacity: true)
        for (channel, level) in levels.enumerated() where level > 0 {
            let rate = level * most
            let count = (rate * (tick + 1) + 32_768) >> 16 - (rate * tick + 32_768) >> 16
            guard count > 0 else { continue }
            spikes.append(ChannelSpikes(channel: UInt16(channel), count: UInt16(count)))
        }
        tick += 1
    }
}
