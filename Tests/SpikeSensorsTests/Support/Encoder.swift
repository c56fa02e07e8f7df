import CSndfile

/// Writes sound files in formats that are too much work by hand, with libsndfile's encoders.
enum Encoder {
    /// Containers and codings, by the name of the file's suffix.
    static let formats: [String: Int] = [
        "wav": SF_FORMAT_WAV | SF_FORMAT_PCM_16, "float.wav": SF_FORMAT_WAV | SF_FORMAT_FLOAT,
        "ulaw.wav": SF_FORMAT_WAV | SF_FORMAT_ULAW, "adpcm.wav": SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM,
        "flac": SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "24.flac": SF_FORMAT_FLAC | SF_FORMAT_PCM_24,
        "ogg": SF_FORMAT_OGG | SF_FORMAT_VORBIS, "opus": SF_FORMAT_OGG | SF_FORMAT_OPUS,
        "aiff": SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "au": SF_FORMAT_AU | SF_FORMAT_PCM_16,
        "caf": SF_FORMAT_CAF | SF_FORMAT_PCM_16, "w64": SF_FORMAT_W64 | SF_FORMAT_PCM_16,
        "rf64": SF_FORMAT_RF64 | SF_FORMAT_PCM_16, "mp3": SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III,
        "nist": SF_FORMAT_NIST | SF_FORMAT_PCM_16,
    ]

    /// Writes interleaved 16-bit samples to `path` in the format called `name`; false if the library cannot.
    @discardableResult
    static func write(
        _ samples: [Int16], as name: String, to path: String, channels: Int = 1, rate: Int = 16_000
    ) -> Bool {
        guard let format = formats[name] else { return false }
        var info = SF_INFO()
        info.samplerate = Int32(rate)
        info.channels = Int32(channels)
        info.format = Int32(format)
        guard let file = unsafe sf_open(path, Int32(SFM_WRITE), &info) else { return false }
        let written = unsafe sf_write_short(file, samples, sf_count_t(samples.count))
        unsafe sf_close(file)
        return written == samples.count
    }
}
