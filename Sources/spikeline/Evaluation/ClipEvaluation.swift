import SpikeNetwork
import SpikeSensors
import SpikeSignals
import SpikeTraining

#if canImport(Glibc)
import Glibc
#endif

/// Lets a model decide about labelled clips, one by one and each from a fresh start.
struct ClipEvaluation {
    let model: ListeningModel
    /// How much louder (or, below 0, quieter) the clips are made, in dB; samples stay 24-bit integers.
    var gainDecibels = 0.0

    /// Decides about every clip under `data`, a folder per class, and about one-second pieces of silence cut from the
    /// sounds under `noise`, as many as the words have clips on average.
    ///
    /// A folder that is named like a label counts as it, every other one as `unknown`; `progress` gets the share done.
    func report(data: String, noise: String?, progress: (Double) -> Void) throws(SpikelineError) -> ClipReport {
        var report = ClipReport(labels: model.labels)
        let entries = try SpeechFolder(data).entries
        for (index, entry) in entries.enumerated() {
            let clip = try AudioClip(path: entry.path, sampleRateHz: model.sampleRate, maximumSeconds: 60)
            try decide(clip.samples, label: label(of: entry), into: &report)
            if index % 16 == 0 { progress(Double(index) / Double(entries.count)) }
        }
        if let noise {
            let words = model.labels.indices.filter { model.words.contains(model.labels[$0]) }
            let mean = words.reduce(0) { $0 + report.confusion.spoken($1) } / max(words.count, 1)
            for piece in try silence(in: noise, count: mean) {
                try decide(piece, label: index(of: SpeechMaterial.silence), into: &report)
            }
        }
        return report
    }

    private func label(of entry: SpeechFolder.Entry) throws(SpikelineError) -> Int {
        if let index = model.labels.firstIndex(of: entry.word) { return index }
        return try index(of: SpeechMaterial.unknown)
    }

    private func index(of label: String) throws(SpikelineError) -> Int {
        guard let index = model.labels.firstIndex(of: label) else {
            throw SpikelineError("the model has no output called \"\(label)\" for such clips", at: model.path)
        }
        return index
    }

    private func decide(_ samples: [Int32], label: Int, into report: inout ClipReport) throws(SpikelineError) {
        let potentials = PotentialBatch()
        try model.listen(to: amplified(samples), into: potentials)
        try report.confusion.add(truth: label, decided: model.decision(over: potentials))
        report.synapticOperations += model.network.synapticOperations
        report.spikes += model.network.spikesFired
        report.seconds += Double(samples.count) / Double(model.sampleRate)
    }

    private func amplified(_ samples: [Int32]) -> [Int32] {
        guard gainDecibels != 0 else { return samples }
        let gain = pow(10, gainDecibels / 20)
        let top = Double(AudioBatch.fullScale)
        return samples.map { Int32(min(max((Double($0) * gain).rounded(), -top), top - 1)) }
    }

    /// Pieces of one second from all sounds under `path`, spread evenly.
    private func silence(in path: String, count: Int) throws(SpikelineError) -> [[Int32]] {
        let second = model.sampleRate
        var pieces: [[Int32]] = []
        for sound in try SpeechFolder.sounds(in: path) {
            let samples = try AudioClip(path: sound, sampleRateHz: second, maximumSeconds: 600).samples
            for start in stride(from: 0, through: samples.count - second, by: second) {
                pieces.append(Array(samples[start..<start + second]))
            }
        }
        guard !pieces.isEmpty else { throw SpikelineError("expected sounds of a second or more, found none", at: path) }
        let wanted = min(count, pieces.count)
        return (0..<wanted).map { pieces[$0 * pieces.count / wanted] }
    }
}

extension ClipReport {
    /// The report as tables for people.
    var text: String {
        var words = TextTable([("class", .left), ("clips", .right), ("recall", .right), ("precision", .right)])
        for (index, label) in confusion.labels.enumerated() {
            words.add([
                label, String(confusion.spoken(index)), Figures.percent(confusion.recall(index)),
                Figures.percent(confusion.precision(index)),
            ])
        }
        var matrix = TextTable([("said \\ heard", .left)] + confusion.labels.map { ($0, .right) })
        for (index, label) in confusion.labels.enumerated() {
            matrix.add([label] + confusion.counts[index].map { $0 == 0 ? "." : String($0) })
        }
        return """
            accuracy  \(Figures.percent(confusion.accuracy)) of \(confusion.total) clips
            cost      \(Figures.short(synapticOperationsPerSecond)) synaptic operations and \
            \(Figures.short(spikesPerSecond)) spikes per second of sound

            \(words.text)

            \(matrix.text)
            """
    }
}
