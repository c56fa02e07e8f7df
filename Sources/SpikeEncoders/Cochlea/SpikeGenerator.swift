import SpikeSignals

/// One integrate-and-fire neuron per channel.
///
/// ```
/// v[t] = v[t-1] + drive[t]                      every frame
/// n    = min(floor(v), limit)                   every phase of a tick: so many spikes
/// v    = min(v - n, 1)                          what is left is carried over
/// ```
/// The limit is an absolute refractory period of phase / limit. v and drive are Q16 and the threshold is 1; v starts at
/// one half, so that rounding favours neither early nor late spikes.
struct SpikeGenerator: Sendable {
    private static let threshold: Int64 = 1 << 16
    /// Spikes per frame at a drive of one, Q16; below 2^31.
    private let gain: Int64
    private let limit: Int64
    private var potentials: [Int64]

    init(channels: Int, gainPerFrame: Double, limit: Int) {
        gain = SetUpMath.fixed(gainPerFrame, bits: 16)
        self.limit = Int64(limit)
        potentials = Array(repeating: Self.threshold / 2, count: channels)
    }

    mutating func reset() {
        for channel in potentials.indices { potentials[channel] = Self.threshold / 2 }
    }

    /// Adds the drives of one frame, each from 0 to 2^31, so v stays below 2^55 over 500 frames.
    mutating func integrate(_ drives: [Int64]) {
        for channel in potentials.indices { potentials[channel] &+= (drives[channel] &* gain &+ (1 &<< 15)) &>> 16 }
    }

    /// Ends a phase: writes the number of spikes of every channel to `counts` from `start` on.
    mutating func fire(into counts: inout [UInt8], from start: Int) {
        for channel in potentials.indices {
            let spikes = min(potentials[channel] &>> 16, limit)
            potentials[channel] = min(potentials[channel] &- spikes &<< 16, Self.threshold)
            counts[start + channel] = UInt8(truncatingIfNeeded: spikes)
        }
    }
}
