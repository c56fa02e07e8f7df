import SpikeSignals

/// Which of many neurons fire in which tick, one bit each: `[tick][neuron / 64]`.
struct BitRaster: Sendable {
    let ticks: Int
    let neurons: Int
    /// Words of a tick.
    let width: Int
    var words: [UInt64]

    init(ticks: Int, neurons: Int) {
        self.ticks = ticks
        self.neurons = neurons
        width = (neurons + 63) / 64
        words = [UInt64](repeating: 0, count: ticks * width)
    }

    /// The number of spikes.
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    subscript(tick: Int, neuron: Int) -> Bool {
        get { words[tick * width + neuron >> 6] >> UInt64(neuron & 63) & 1 == 1 }
        set {
            let bit: UInt64 = 1 << UInt64(neuron & 63)
            if newValue { words[tick * width + neuron >> 6] |= bit } else { words[tick * width + neuron >> 6] &= ~bit }
        }
    }

    /// Replaces `spikes` by those of `tick`, ascending.
    func read(_ tick: Int, into spikes: inout [ChannelSpikes]) {
        spikes.removeAll(keepingCapacity: true)
        for word in 0..<width {
            var bits = words[tick * width + word]
            while bits != 0 {
                let neuron = word * 64 + bits.trailingZeroBitCount
                spikes.append(ChannelSpikes(channel: UInt16(truncatingIfNeeded: neuron), count: 1))
                bits &= bits - 1
            }
        }
    }
}
