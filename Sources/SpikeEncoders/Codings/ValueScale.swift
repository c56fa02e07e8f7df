import SpikeSignals

/// What makes of the loudness of bands the values that codings take.
///
/// ```
/// e += (E - e) (1 - e^(-tick / smooth))                              an envelope
/// logarithmic:  x = log2(e / floor) / log2(top / floor)              linear:  x = e / top              within 0 and 1
/// ```
/// E is the mean rectified output of a band over a tick, floor and top are such levels in dB of full scale. Integers only.
struct ValueScale {
    /// What one chooses.
    struct Parameters: Hashable, Sendable {
        /// The time constant of the envelope in milliseconds, 0 (none) to 10,000.
        var smoothMilliseconds = 10.0
        /// The level of a value of 0 on the logarithmic scale, -140 to 0 dB.
        var floorDecibels = -90.0
        /// The level of a value of 1, above the floor, at most 0 dB.
        var topDecibels = -30.0
        /// Whether the value is in proportion to decibels, and not to the amplitude.
        var isLogarithmic = true
    }

    private let logarithm = BinaryLogarithm()
    private let isLogarithmic: Bool
    /// Units of 2^-30 of full scale.
    private let top: Int64
    /// log2 of the floor and the octaves from there to the top, Q16.
    private let floor: Int64
    private let range: Int64
    /// What an envelope moves in a tick, Q20.
    private let gain: Int64
    /// e with 8 more fraction bits.
    private var envelopes: [Int64]

    init(_ parameters: Parameters, values: Int, tickMilliseconds: Double) {
        func level(_ decibels: Double) -> Int64 {
            max(1, SetUpMath.fixed(SetUpMath.amplitude(decibels: decibels), bits: 30))
        }
        isLogarithmic = parameters.isLogarithmic
        top = level(parameters.topDecibels)
        floor = logarithm.log2(UInt64(level(parameters.floorDecibels)))
        range = max(1, logarithm.log2(UInt64(top)) - floor)
        let smooth = parameters.smoothMilliseconds
        gain = smooth > 0 ? SetUpMath.fixed(1 - SetUpMath.exp(-min(tickMilliseconds / smooth, 700)), bits: 20) : 1 << 20
        envelopes = Array(repeating: 0, count: values)
    }

    /// Replaces `values` by what the energies of a tick come to.
    mutating func read(_ energies: [UInt64], into values: inout [Int64]) {
        for index in 0..<min(energies.count, values.count, envelopes.count) {
            // E is below 2^34 (a filter's gain is 1 at its centre): 42 bits, and 62 with the gain.
            let target = Int64(truncatingIfNeeded: min(energies[index], 1 << 34 - 1)) &<< 8
            envelopes[index] &+= ((target &- envelopes[index]) &* gain &+ (1 &<< 19)) &>> 20
            let level = max(envelopes[index], 0)
            if isLogarithmic {
                let octaves = logarithm.log2(UInt64(level)) &- 8 &<< 16 &- floor
                values[index] = min(max((octaves &<< 16) / range, 0), CodingParameters.one)
            } else {
                values[index] = min((level &<< 8) / top, CodingParameters.one)
            }
        }
    }
}
