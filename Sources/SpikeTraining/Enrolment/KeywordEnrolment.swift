import SpikeEncoders
import SpikeNetwork
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Adds a word to a keyword network from a handful of recordings of it.
///
/// The embedding of a sound is what the last layers of the network fire, as the readout sees it: their traces now, 200 ms
/// and 400 ms ago, so that the order of sounds counts. One output is learned on it (``OutputEnrolment``) from changed
/// copies of the recordings (``WordCopies``) against background: the ticks of it that are hardest to tell apart.
///
/// The threshold is chosen on sound that was not learned from: two networks learn from every other recording and every
/// other minute of background, and hear the rest.
public struct KeywordEnrolment {
    /// The fewest and the most recordings of the word.
    public static let recordings = 5...100
    /// The most seconds of background.
    public static let mostBackgroundSeconds = 3_600
    /// How long ago the new output sees spikes.
    public static let delayMilliseconds = [0, 200, 400]
    /// The share of evidence at which the new word is reported.
    public static let threshold = 0.8

    /// Into how many parts recordings and background are divided; each part is judged by a network that learned from the
    /// others.
    static let folds = 4

    private let enrolment: OutputEnrolment
    private let ear: Cochlea
    private let sampleRate: Int
    private let settings: OutputEnrolment.Settings
    /// Ticks of the head's window, of its mean, and that a score has to stay.
    private let windowTicks: Int
    private let smoothingTicks: Int
    private let confirmTicks: Int

    /// What came of enrolling.
    public struct Result: Sendable {
        /// The network with one output more.
        public var network: NetworkDescription
        /// Where the threshold was put.
        public var point: OperatingPoint
        /// Recordings, each alone in quiet, that networks which had not learned from them found, of all.
        public var found: (quiet: Int, noisy: Int, of: Int, ofNoisy: Int)
        /// Reports in background by networks that had not learned from it.
        public var falseAlarms: Int
        /// How much background that was.
        public var backgroundSeconds: Double
    }

    /// Prepares to add a word to `network`, which hears through `ear`.
    ///
    /// - Parameters:
    ///   - scaleBits: potentials are octaves times two to this power.
    ///   - milliseconds: the head's window, its running mean, and how long a score has to stay.
    public init(
        _ network: NetworkDescription, ear: Cochlea, scaleBits: Int, window: Int, smoothing: Int, confirm: Int
    ) throws(SpikelineError) {
        let tick = Int(network.tickNanoseconds)
        func ticks(_ milliseconds: Int) -> Int { max((milliseconds * 1_000_000 + tick - 1) / tick, 1) }
        // Long ticks make one of several.
        let delays = Set(Self.delayMilliseconds.map { $0 == 0 ? 0 : ticks($0) }).sorted()
        enrolment = try OutputEnrolment(network, scaleBits: scaleBits, delays: delays)
        self.ear = ear
        sampleRate = ear.parameters.filters.sampleRate
        windowTicks = ticks(window)
        smoothingTicks = ticks(smoothing)
        confirmTicks = ticks(confirm)
        var settings = OutputEnrolment.Settings()
        settings.steps = 200
        settings.windowTicks = 1
        settings.rate = 7
        settings.decay = 2e-7
        settings.hardest = 8_000
        self.settings = settings
    }

    /// Learns the word in `recordings` and tells it from `background`, 16 bit at the ear's rate.
    ///
    /// - Parameters:
    ///   - perHour: the false alarms per hour that are allowed.
    ///   - progress: called with the share that is done.
    /// - Throws: if there are too few recordings, two of them are the same, or the background is shorter than a minute.
    public func enroll(
        _ recordings: [WordRecording], background: [[Int16]], perHour: Double, seed: UInt64, progress: (Double) -> Void
    ) throws(SpikelineError) -> Result {
        try check(recordings, background)
        let copies = WordCopies(sampleRate: sampleRate, seed: seed, background: background)
        var news: [[OutputEnrolment.Example]] = []
        for (number, recording) in recordings.enumerated() {
            news.append(
                try (0..<WordCopies.quiet + WordCopies.loud).map { (index) throws(SpikelineError) in
                    try example(copies.copy(index, of: recording, number: number))
                })
            progress(0.3 * Double(number + 1) / Double(recordings.count))
        }
        var others: [OutputEnrolment.Example] = []
        let samples = background.reduce(0) { $0 + $1.count }
        for sound in background { others += try pieces(of: sound, length: min(60 * sampleRate, samples / Self.folds)) }
        guard others.count >= Self.folds else {
            throw SpikelineError(
                "expected background in recordings of some seconds each, found \(background.count) from which nothing can "
                    + "be learned", hint: "Join them, or record longer ones: the first second only warms up the ear")
        }
        progress(0.5)
        var odds: (background: [Float], quiet: [Float], noisy: [Float]) = ([], [], [])
        for fold in 0..<Self.folds {
            func isSeen(_ index: Int) -> Bool { index % Self.folds != fold }
            let seen = news.indices.filter(isSeen).flatMap { news[$0] }
            let new = try enrolment.learn(
                seen + others.indices.filter(isSeen).map { others[$0] }, settings: settings)
            for index in others.indices where !isSeen(index) { odds.background += secondMaxima(new, others[index]) }
            for index in news.indices where !isSeen(index) {
                let peaks = news[index].map { largest(lastingOdds(new, $0)) }
                odds.quiet += peaks[..<WordCopies.quiet]
                odds.noisy += peaks[WordCopies.quiet...]
            }
            progress(0.5 + 0.4 * Double(fold + 1) / Double(Self.folds))
        }
        let point = OperatingPoint(
            background: odds.background, recordings: odds.quiet + odds.noisy, perHour: perHour)
        let learned = try enrolment.learn(news.flatMap { $0 } + others, settings: settings)
        let unity = Double(Self.threshold / (1 - Self.threshold))
        let new = enrolment.raised(learned, by: log2(unity) - point.threshold)
        progress(1)
        let level = Float(point.threshold)
        return Result(
            network: enrolment.network(with: new), point: point,
            found: (
                odds.quiet.count { $0 >= level }, odds.noisy.count { $0 >= level }, odds.quiet.count, odds.noisy.count
            ), falseAlarms: odds.background.count { $0 >= level },
            backgroundSeconds: Double(background.reduce(0) { $0 + $1.count }) / Double(sampleRate))
    }

    private func check(_ recordings: [WordRecording], _ background: [[Int16]]) throws(SpikelineError) {
        guard Self.recordings.contains(recordings.count) else {
            throw SpikelineError(
                "expected \(Self.recordings.lowerBound) to \(Self.recordings.upperBound) recordings of the word, found "
                    + "\(recordings.count)", hint: "Ten, spoken as they will be later on, are a good number")
        }
        for (index, one) in recordings.enumerated() {
            if let other = recordings[..<index].first(where: { $0.samples == one.samples }) {
                throw SpikelineError(
                    "expected different recordings, found the same sound as in \(other.name)", at: one.name,
                    hint: "Speak the word anew for each recording")
            }
        }
        let samples = background.reduce(0) { $0 + $1.count }
        guard (60 * sampleRate...Self.mostBackgroundSeconds * sampleRate).contains(samples) else {
            throw SpikelineError(
                "expected 1 to \(Self.mostBackgroundSeconds / 60) minutes of background, found "
                    + "\(samples / sampleRate) s", hint: "Name fewer or shorter recordings with --background")
        }
    }

    private func clip(_ samples: [Int32]) -> SpikeClip {
        var counts: [UInt8] = []
        ear.appendCounts(of: samples, to: &counts)
        var clip = SpikeClip(label: 0)
        for start in stride(from: 0, to: counts.count, by: ear.channels) {
            clip.appendTick(
                counts[start..<start + ear.channels].enumerated().lazy.filter { $0.element > 0 }.map {
                    ChannelSpikes(channel: UInt16($0.offset), count: UInt16($0.element))
                })
        }
        return clip
    }

    /// What learning sees of a copy: from 60 ms before the end of the word to 160 ms after it.
    private func example(_ copy: WordCopies.Copy) throws(SpikelineError) -> OutputEnrolment.Example {
        let end = copy.wordEnd / ear.parameters.samplesPerTick
        let tick = Int(enrolment.network.tickNanoseconds)
        return try enrolment.example(
            clip(copy.samples), isNew: true, judged: end - 60_000_000 / tick..<end + 160_000_000 / tick)
    }

    /// Examples of so many samples each, a minute or less; the first second of each only warms up the ear, and what is not
    /// three seconds long tells nothing.
    private func pieces(of sound: [Int16], length: Int) throws(SpikelineError) -> [OutputEnrolment.Example] {
        let warm = Int(1_000_000_000 / enrolment.network.tickNanoseconds)
        var examples: [OutputEnrolment.Example] = []
        for start in stride(from: 0, to: sound.count, by: length) {
            let clip = clip(sound[start..<min(start + length, sound.count)].map { Int32($0) << 8 })
            if clip.ticks < 3 * warm { continue }
            examples.append(try enrolment.example(clip, isNew: false, judged: warm..<clip.ticks))
        }
        return examples
    }

    /// The odds of the new word that last as long as the head asks for, tick by tick, in octaves.
    private func lastingOdds(_ new: OutputEnrolment.NewOutput, _ example: OutputEnrolment.Example) -> [Float] {
        let potentials = enrolment.potentials(of: new, in: example).map(Double.init)
        let olds = (0..<example.ticks).map { Double(enrolment.oldEvidence(example, tick: $0)) }
        let odds = potentials.indices.map { tick -> Double in
            let window = max(0, tick + 1 - windowTicks)...tick
            return soft(potentials[window]) - soft(olds[window])
        }
        let means = odds.indices.map { tick -> Double in
            let window = max(0, tick + 1 - smoothingTicks)...tick
            return odds[window].reduce(0, +) / Double(window.count)
        }
        return means.indices.map { tick in
            tick + 1 < confirmTicks ? -.infinity : Float(means[tick + 1 - confirmTicks...tick].min() ?? 0)
        }
    }

    private func soft(_ values: ArraySlice<Double>) -> Double {
        let largest = values.max() ?? 0
        return largest + log2(values.reduce(0) { $0 + exp2($1 - largest) })
    }

    private func largest(_ odds: [Float]) -> Float { odds.max() ?? -.infinity }

    private func secondMaxima(_ new: OutputEnrolment.NewOutput, _ example: OutputEnrolment.Example) -> [Float] {
        let odds = lastingOdds(new, example)
        let second = Int(1_000_000_000 / enrolment.network.tickNanoseconds)
        return stride(from: second, through: odds.count - second, by: second).map {
            largest(Array(odds[$0..<$0 + second]))
        }
    }
}
