import SpikeSignals

/// Gain control of all channels by one slow level: the logarithm of a channel above the broadband reference.
///
/// ```
/// L_c[t]   = log2(floor + E_c[t])        B[t] = log2(floor + mean over c of E_c[t])
/// R[t]     = R[t-1] + k (B[t] - R[t-1])  k = max(frame / attack, 1 / (t + 1)) upwards, frame / release downwards
/// drive    = max(0, L_c - R + range)
/// ```
/// The unit of the drive is a doubling of amplitude (6.02 dB). Unlike ``ChannelGain`` it keeps the shape of the
/// spectrum. E is in units of 2^-30 of full scale; logarithms are Q16, R is Q32.
struct LevelGain: Sendable {
    private let logarithm: BinaryLogarithm
    /// In units of 2^-30, at least 1.
    private let floor: UInt64
    /// Doublings, Q16.
    private let range: Int64
    /// Q20.
    private let attack: Int64
    private let release: Int64
    /// R, Q32, below 2^38.
    private var reference: Int64 = 0
    private var frames: Int64 = 0

    init(_ parameters: GainControl.Level, frameMilliseconds: Int, logarithm: BinaryLogarithm) {
        self.logarithm = logarithm
        floor = UInt64(max(1, SetUpMath.fixed(SetUpMath.amplitude(decibels: parameters.quietDecibels), bits: 30)))
        range = SetUpMath.fixed(parameters.rangeDecibels / 20 * SetUpMath.log(10) / SetUpMath.log(2), bits: 16)
        attack = GainControl.smoothing(frameMilliseconds, over: parameters.attackMilliseconds)
        release = GainControl.smoothing(frameMilliseconds, over: parameters.releaseMilliseconds)
    }

    mutating func reset() {
        reference = 0
        frames = 0
    }

    /// Turns the energies of one frame into drives, Q16 and below 2^22.
    mutating func compress(_ energies: [UInt64], into drives: inout [Int64]) {
        var sum: UInt64 = 0
        for energy in energies { sum &+= energy }
        let level = logarithm.log2(sum / UInt64(energies.count) &+ floor) &<< 16
        let rising = level > reference || frames == 0
        let k = rising ? GainControl.startUp(attack, frame: frames) : release
        frames &+= 1
        // The difference is below 2^38, its product below 2^58.
        reference &+= ((level &- reference) &* k &+ (1 &<< 19)) &>> 20
        let base = reference &>> 16 &- range
        for channel in energies.indices { drives[channel] = max(0, logarithm.log2(energies[channel] &+ floor) &- base) }
    }
}
