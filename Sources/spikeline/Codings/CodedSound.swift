import SpikeEncoders
import SpikeSensors
import SpikeSignals

/// The values that a `coding` stage makes of a sound, before they are coded.
struct CodedSound {
    /// The longest sound that is looked at, in seconds.
    static let mostSeconds = 120

    /// `[tick][band]`, Q16.
    private(set) var values: [[Int64]] = []
    /// Centre frequencies of the bands in hertz.
    let frequencies: [Double]

    /// Hears the part of the file at `path` from `start` on that lasts at most `seconds`.
    init(path: String, settings: CodingStage.Settings, from start: Double, seconds: Double?) throws(SpikelineError) {
        let clip = try AudioClip(path: path, maximumSeconds: Self.mostSeconds)
        let rate = Double(clip.sampleRateHz)
        let first = min(Int(start * rate), clip.samples.count)
        let count = min(seconds.map { Int($0 * rate) } ?? clip.samples.count, clip.samples.count - first)
        let stage = try CodingStage(settings, place: "coding")
        let (block, spikes) = (AudioBatch(), SpikeBatch())
        block.sampleRate = clip.sampleRateHz
        var values: [[Int64]] = []
        for offset in stride(from: 0, to: count, by: 16_000) {
            block.samples = Array(clip.samples[first + offset..<first + min(offset + 16_000, count)])
            block.firstSample = Int64(offset)
            block.updateUpTo()
            spikes.removeAll()
            try stage.process(block, into: spikes) { values.append($0) }
        }
        guard !values.isEmpty else {
            throw SpikelineError(
                "expected sound of a tick or more from \(Figures.decimal(start, 1)) s on, found none", at: path)
        }
        self.values = values
        frequencies = stage.centreFrequencies
    }

    /// The band whose values vary most.
    var liveliest: Int {
        let count = Double(values.count)
        let variances = frequencies.indices.map { band in
            let mean = values.reduce(0) { $0 + Double($1[band]) } / count
            return values.reduce(0) { $0 + (Double($1[band]) - mean) * (Double($1[band]) - mean) }
        }
        return variances.indices.max { variances[$0] < variances[$1] } ?? 0
    }
}
