/// WAV files by hand (Multimedia Programming Interface and Data Specifications 1.0, RIFF), field by field.
struct WAVBytes {
    /// 1 for integers, 3 for floats.
    var code: UInt16 = 1
    var channels = 1
    var rate = 16_000
    var bits = 16
    var data: [UInt8] = []

    /// The whole file.
    var bytes: [UInt8] {
        let frame = channels * bits / 8
        var out = Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
        out += little(Int(code), 2) + little(channels, 2) + little(rate, 4) + little(rate * frame, 4)
        out += little(frame, 2) + little(bits, 2) + Array("data".utf8) + little(data.count, 4)
        return out + data
    }

    /// 16-bit integer samples, interleaved.
    static func pcm16(_ samples: [Int16], channels: Int = 1, rate: Int = 16_000) -> [UInt8] {
        WAVBytes(channels: channels, rate: rate, data: samples.flatMap { little(Int($0), 2) }).bytes
    }

    /// 24-bit integer samples.
    static func pcm24(_ samples: [Int32], rate: Int = 16_000) -> [UInt8] {
        WAVBytes(rate: rate, bits: 24, data: samples.flatMap { little(Int($0), 3) }).bytes
    }

    /// 32-bit float samples, interleaved.
    static func float(_ samples: [Float], channels: Int = 1, rate: Int = 16_000) -> [UInt8] {
        let data = samples.flatMap { little(Int($0.bitPattern), 4) }
        return WAVBytes(code: 3, channels: channels, rate: rate, bits: 32, data: data).bytes
    }
}

/// The low `count` bytes of `value`, least first.
private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
