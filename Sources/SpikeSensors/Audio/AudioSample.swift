import SpikeSignals

/// From a float sample (full scale ±1) to the integer sample of an ``AudioBatch`` (full scale ±2^23):
///
///     y = clip(round(x * 2^23), -2^23, 2^23)        ties away from zero
///
/// A float has 24 significant bits, so PCM of 8, 16 and 24 bits comes through exactly (16-bit PCM as `sample << 8`);
/// 32-bit PCM is rounded to 24 bits.
enum AudioSample {
    /// The integer sample for `value`; not-a-number becomes 0.
    static func fixed(_ value: Float) -> Int32 {
        let full = Double(AudioBatch.fullScale)
        let scaled = Double(value) * full
        if scaled >= full { return AudioBatch.fullScale }
        if scaled <= -full { return -AudioBatch.fullScale }
        return scaled > 0 ? Int32(scaled + 0.5) : scaled < 0 ? Int32(scaled - 0.5) : 0
    }

    /// The 16-bit sample nearest to an integer sample: `(sample + 128) >> 8`, clipped.
    static func pcm16(_ sample: Int32) -> Int16 {
        Int16(clamping: (min(max(sample, -AudioBatch.fullScale), AudioBatch.fullScale) + 128) >> 8)
    }
}

extension BinaryInteger {
    /// The number with a comma between groups of three digits: `12,345`.
    var grouped: String {
        let digits = String(magnitude)
        var out = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out += "," }
            out.append(digit)
        }
        return out
    }
}
