/// A WAV file of 16-bit PCM as bytes (RIFF, Microsoft and IBM 1991; `fmt ` and `data`).
public enum WAVFile {
    /// The file with these samples, frame after frame; at most 4 GB of them.
    public static func bytes(_ samples: [Int16], rate: Int, channels: Int = 1) -> [UInt8] {
        let size = samples.count * 2
        var bytes = Array("RIFF".utf8) + little(36 + size, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
        bytes += little(channels, 2) + little(rate, 4) + little(rate * channels * 2, 4)
        bytes += little(channels * 2, 2) + little(16, 2) + Array("data".utf8) + little(size, 4)
        bytes.reserveCapacity(bytes.count + size)
        for sample in samples {
            bytes.append(UInt8(truncatingIfNeeded: sample))
            bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
        }
        return bytes
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
