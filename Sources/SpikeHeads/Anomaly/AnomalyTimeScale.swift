/// One of the two times over which a detector looks: traces, what was learned of them, and the threshold of their score.
struct AnomalyTimeScale: Hashable, Sendable {
    var traces: SpikeTraces
    var sums: CoactivationSums
    var predictor: LateralPredictor
    var maxima: BlockMaxima
    /// Scores of the window that ends next.
    var window: SustainedScore
    /// The mean of each trace as it drifts, Q28.
    var means: [Int64]
    /// The score of the latest tick, Q12.
    var score: Int64 = 0
    /// The score at which an alert is raised, Q12; at least 1.
    var threshold: Int64 = .max
    /// Ticks that were added to the sums since the weights were last solved for.
    var sinceSolved: Int64 = 0
    /// Deviations of the latest tick from the mean, Q12.
    var differences: [Int32]

    init(channels: Int, shift: Int, memory: Int, onDelay: Int, maxima: BlockMaxima) {
        traces = SpikeTraces(channels: channels, shift: shift)
        sums = CoactivationSums(channels: channels, most: Int64(memory))
        predictor = LateralPredictor(channels: channels)
        self.maxima = maxima
        window = SustainedScore(onDelay: onDelay)
        means = Array(repeating: 0, count: channels)
        differences = Array(repeating: 0, count: channels)
    }

    /// Begins to learn: deviations are taken from the traces as they are.
    mutating func startLearning() { sums.restart(at: traces.values.map { $0 >> 4 }) }

    /// Adds the latest traces to what is learned.
    mutating func learn() {
        for index in differences.indices { differences[index] = traces.values[index] >> 4 &- sums.centre[index] }
        sums.add(differences)
    }

    /// Goes on to learn in addition to what is known.
    mutating func learnMore() {
        sums.halve()
        sums.recentre(from: means.map { Int32(truncatingIfNeeded: $0 >> 16) })
    }

    /// Adds the latest traces, which have been scored, to what is learned.
    mutating func absorb() { sums.add(differences) }

    /// Learns from what was absorbed.
    mutating func finishAbsorbing() {
        sums.recentre(from: means.map { Int32(truncatingIfNeeded: $0 >> 16) })
        for index in means.indices { means[index] = Int64(sums.centre[index]) << 16 }
        solve()
    }

    /// Ends learning: means and weights follow from the sums.
    mutating func finishLearning() {
        sums.recentre()
        for index in means.indices { means[index] = Int64(sums.centre[index]) << 16 }
        solve()
    }

    private mutating func solve() {
        predictor.solve(sums, timeConstant: traces.ticks)
        sinceSolved = 0
    }

    /// Scores the latest traces.
    mutating func evaluate() {
        for index in differences.indices {
            differences[index] = (traces.values[index] >> 4) &- Int32(truncatingIfNeeded: means[index] >> 16)
        }
        score = predictor.score(differences)
    }

    /// Takes the latest score into what is known of high ones; in a time that is not quiet at most what a marginal alert reaches,
    /// since scores for which no alert is raised, in the pause after one or as they are too short, may be of any height.
    mutating func note(isQuiet: Bool) {
        let sustained = window.add(score, block: maxima.length)
        if isQuiet {
            maxima.add(sustained)
        } else {
            // Without a threshold all is quiet.
            maxima.hold(min(sustained, min(threshold, LateralPredictor.mostScore) / 2 * 3))
        }
    }

    /// Lets means and sums follow the latest traces, and the weights from time to time.
    mutating func adapt(shift: Int, atLeast: Int) {
        for index in means.indices { means[index] += (Int64(traces.values[index] >> 4) << 16 - means[index]) >> shift }
        sums.add(differences)
        sinceSolved += 1
        if sinceSolved >= max(Int64(atLeast), sums.count / 2) { solveAgain() }
    }

    /// Solves for the weights while a threshold is in force. More data makes weights bolder, and all scores higher: then what
    /// was learned of scores grows with them.
    private mutating func solveAgain() {
        let covariance = sums.covariance
        let before = predictor.meanScore(covariance)
        solve()
        let growth = predictor.meanScore(covariance) / max(before, 1e-6)
        guard growth > 1 else { return }
        maxima.scale(by: min(growth, 4))
        if threshold != .max {
            threshold = Int64(min(Double(threshold) * min(growth, 4), Double(LateralPredictor.mostScore)))
        }
    }

    /// Sets the threshold to what is passed so many times a day; `stretch` multiplies its excess over usual maxima.
    mutating func calibrate(perDay: Double, ticksOfDay: Double, stretch: Double) {
        let probability = perDay * Double(maxima.length) / ticksOfDay
        let independence = Double(maxima.length) / Double(4 * traces.ticks)
        guard
            let level = TailFit.level(
                of: maxima.maxima, probability: probability, independence: independence, stretch: stretch)
        else { return }
        // Products of two such values fit an Int64.
        threshold = Int64(min(max(level.rounded(), 1), Double(LateralPredictor.mostScore)))
    }

    /// Score as part of the threshold, Q12.
    var ratio: Int64 { threshold == .max ? 0 : min(score, 1 << 50) &* AlertRule.unity / threshold }
}
