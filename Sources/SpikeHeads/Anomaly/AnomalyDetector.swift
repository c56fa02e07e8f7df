import SpikeSignals

/// Learns what is normal and says when something is not, tick by tick; knows nothing of batches, records and files.
///
/// ```
/// counts -> SpikeTraces, fast -> LateralPredictor -> score / threshold --+
///      \--> SpikeTraces, slow -> LateralPredictor -> score / threshold --+-> the larger -> AlertRule
///
/// phases     settling, learning | calibrating        | armed
/// learns     sums               | block maxima       | both, while quiet
/// ```
/// Thresholds are calibrated on other data than the weights were learned from; then the weights are solved for once more
/// from all that was seen, which makes them better and the thresholds safer. Both grow surer with every quiet block. While an
/// alert is raised or about to be, nothing is learned. All that is quiet is learned from, however near to the threshold: without its
/// rarest moments normal would be thought narrower and narrower, and they would be alerts in the end. Everything that decides is integers, but for
/// the solving of the weights and the fit of the tail, which use IEEE 754 in a fixed order: the same counts give the same
/// alerts on any machine. Cost for c channels: about 3 c^2 products per tick; nothing is allocated but when weights
/// or thresholds are solved for, which is ever rarer.
public struct AnomalyDetector: Hashable, Sendable {
    /// What the detector is doing.
    public enum Phase: UInt8, Sendable {
        /// It waits for the traces to fill.
        case settling
        /// It learns what is normal.
        case learning
        /// It finds thresholds.
        case calibrating
        /// It watches.
        case armed

        /// How records call it.
        public var name: String {
            switch self {
            case .settling, .learning: "learning"
            case .calibrating: "calibrating"
            case .armed: "armed"
            }
        }
    }

    /// What happens in a tick.
    enum Report: Equatable {
        case phase(Phase)
        case alert(AlertRule.Change)
    }

    /// The most channels; what grows with their square stays small, and sums of products fit 32 bits.
    public static let mostChannels = 1_024

    let parameters: AnomalyParameters
    let tickNanoseconds: Int64
    let ticks: AnomalyParameters.Ticks
    /// What it is doing.
    public internal(set) var phase = Phase.settling
    /// Ticks it has seen.
    public internal(set) var age: Int64 = 0
    /// Ticks it has learned from.
    public internal(set) var learned: Int64 = 0
    /// Ticks in which it was armed or calibrating and all was quiet.
    public internal(set) var quiet: Int64 = 0
    /// Ticks since the phase began.
    var inPhase: Int64 = 0
    /// Ticks since the thresholds were last fitted.
    var sinceCalibrated: Int64 = 0
    /// The alerts asked for that did not come.
    var balance: AlertBalance
    var fast: AnomalyTimeScale
    var slow: AnomalyTimeScale
    var rule = AlertRule()
    /// Why the latest alert was raised, as last reported.
    var causes: [Cause] = []

    /// A channel that differs from what is expected.
    struct Cause: Hashable, Sendable {
        var channel: Int
        /// Whether more spikes came than expected.
        var isMore: Bool
        /// Its share of all that differs.
        var weight: Double
        /// Whether it shows in the slow traces.
        var isSlow: Bool
    }

    /// A detector that knows nothing; `channels` is 1 to ``mostChannels``.
    init(_ parameters: AnomalyParameters, channels: Int, tickNanoseconds: Int64) {
        self.parameters = parameters
        self.tickNanoseconds = tickNanoseconds
        let ticks = AnomalyParameters.Ticks(parameters, tickNanoseconds: tickNanoseconds)
        self.ticks = ticks
        balance = AlertBalance(ticksPerAlert: ticks.perAlert)
        let maxima = AnomalyDetector.maxima(parameters, ticks)
        func scale(_ length: Int) -> AnomalyTimeScale {
            AnomalyTimeScale(
                channels: channels, shift: length.trailingZeroBitCount, memory: ticks.memory, onDelay: ticks.onDelay,
                maxima: maxima)
        }
        fast = scale(parameters.fastTicks)
        slow = scale(parameters.slowTicks)
    }

    /// No maxima yet. Blocks begin short enough for sixteen in the calibration, and grow to a minute.
    private static func maxima(_ parameters: AnomalyParameters, _ ticks: AnomalyParameters.Ticks) -> BlockMaxima {
        let block = max(min(ticks.calibrate / 16, 8 * parameters.slowTicks), 1)
        return BlockMaxima(length: block, longest: Int(ticks.day / 1_440))
    }

    /// Ticks before it begins to learn.
    public var settlingTicks: Int { 2 * parameters.slowTicks }
    /// How many channels there are.
    public var channels: Int { fast.means.count }
    /// Whether the slow traces are nearer to their threshold.
    var isSlowStronger: Bool { slow.ratio >= fast.ratio }
    private var stronger: AnomalyTimeScale { isSlowStronger ? slow : fast }
    /// Score over threshold, of the stronger of the two time scales; 0 before thresholds are known.
    public var ratio: Double { Double(max(slow.ratio, fast.ratio)) / Double(AlertRule.unity) }
    /// The score of the stronger time scale; 1 is the mean of normal.
    public var score: Double { Double(isSlowStronger ? slow.score : fast.score) / Double(AlertRule.unity) }
    /// Its threshold; nil before it is known.
    public var threshold: Double? {
        let level = isSlowStronger ? slow.threshold : fast.threshold
        return level == .max ? nil : Double(level) / Double(AlertRule.unity)
    }
    /// How much each channel differs from what the others predict, in standard deviations; positive if there is more.
    public var deviations: [Float] {
        let predictor = isSlowStronger ? slow.predictor : fast.predictor
        return (0..<channels).map { channel in
            let amount = Float(predictor.contribution(of: channel)) / 65_536
            return amount < 0 ? -(-amount).squareRoot() : amount.squareRoot()
        }
    }
    /// Whether an alert goes on.
    public var isAlert: Bool { rule.isOpen }
    /// Whether less of normal has been seen than would show one false alarm at the rate aimed at.
    public var isProvisional: Bool { Double(quiet) * parameters.falseAlarmsPerDay < ticks.day }

    /// Takes in the counts of a tick, each at most 255, and calls `report` for what happens.
    mutating func step(_ counts: [Int32], _ report: (Report) -> Void) {
        if phase == .settling, inPhase == 0, age == 0 { report(.phase(.settling)) }
        fillTraces(counts)
        age += 1
        inPhase += 1
        switch phase {
        case .settling:
            guard inPhase >= Int64(settlingTicks) else { return }
            fast.startLearning()
            slow.startLearning()
            (phase, inPhase) = (.learning, 0)
        case .learning:
            fast.learn()
            slow.learn()
            learned += 1
            guard inPhase >= Int64(ticks.warmUp) else { return }
            fast.finishLearning()
            slow.finishLearning()
            enter(.calibrating, report)
        case .calibrating:
            evaluate()
            fast.note(isQuiet: true)
            slow.note(isQuiet: true)
            quiet += 1
            fast.absorb()
            slow.absorb()
            guard inPhase >= Int64(ticks.calibrate) else { return }
            calibrate()
            fast.finishAbsorbing()
            slow.finishAbsorbing()
            enter(.armed, report)
        case .armed: watch(report)
        }
    }

    /// The traces begin as plain means, so that they need not rise from nothing.
    private mutating func fillTraces(_ counts: [Int32]) {
        guard phase == .settling, inPhase < Int64(parameters.slowTicks) else {
            fast.traces.add(counts)
            slow.traces.add(counts)
            return
        }
        let n = Int32(inPhase + 1)
        for index in counts.indices {
            let value = counts[index] << 16
            fast.traces.values[index] += (value - fast.traces.values[index]) / min(n, Int32(parameters.fastTicks))
            slow.traces.values[index] += (value - slow.traces.values[index]) / n
        }
    }

    private mutating func enter(_ next: Phase, _ report: (Report) -> Void) {
        (phase, inPhase) = (next, 0)
        report(.phase(next))
    }

    private mutating func evaluate() {
        fast.evaluate()
        slow.evaluate()
    }

    private mutating func calibrate() {
        // Each of the two may give half of the false alarms.
        let (half, stretch) = (parameters.falseAlarmsPerDay / 2, balance.stretch)
        fast.calibrate(perDay: half, ticksOfDay: ticks.day, stretch: stretch)
        slow.calibrate(perDay: half, ticksOfDay: ticks.day, stretch: stretch)
        sinceCalibrated = 0
    }

    private mutating func watch(_ report: (Report) -> Void) {
        evaluate()
        let worse = stronger.ratio
        let (score, threshold) = isSlowStronger ? (slow.score, slow.threshold) : (fast.score, fast.threshold)
        let change = rule.step(tick: age, ratio: worse, score: score, threshold: threshold, ticks)
        if let change { report(.alert(change)) }
        if change == .clear {
            let isMarginal = isMarginal
            balance.count(isMarginal: isMarginal)
            sinceCalibrated = calibrationTicks
            if !isMarginal {
                fast.maxima.interrupt()
                slow.maxima.interrupt()
            }
        }
        fast.note(isQuiet: rule.isQuiet)
        slow.note(isQuiet: rule.isQuiet)
        guard rule.isQuiet else { return }
        quiet += 1
        sinceCalibrated += 1
        balance.pass()
        fast.adapt(shift: ticks.adaptShift, atLeast: ticks.warmUp)
        slow.adapt(shift: ticks.adaptShift, atLeast: ticks.warmUp)
        learned += 1
        if sinceCalibrated >= calibrationTicks { calibrate() }
    }

    /// Quiet ticks between two fits of the thresholds: ever more, but not so many that the balance of alerts goes unheard.
    private var calibrationTicks: Int64 {
        max(Int64(ticks.calibrate), min(slow.maxima.ticks / 8, Int64(ticks.perAlert / 8)))
    }

    /// Whether the latest alert ended soon and hardly passed the threshold. Such alerts are what the tail of normal gives,
    /// and without them it would be thought shorter than it is, the more so the more of them there are.
    private var isMarginal: Bool {
        let alert = rule.alert
        return alert.peak * 2 < alert.threshold * 3
            && age - alert.onset < Int64(ticks.day / 1_440) + Int64(max(ticks.offDelay, ticks.minimum))
    }

    /// Forgets everything but the number of alerts, and learns afresh.
    mutating func relearn() {
        let number = rule.alert.number
        let age = age
        self = AnomalyDetector(parameters, channels: channels, tickNanoseconds: tickNanoseconds)
        self.age = age
        rule.alert.number = number
    }

    /// Takes what comes now for normal too: learns on, in addition to what is known, and calibrates afresh.
    mutating func accept() {
        guard phase == .armed || phase == .calibrating else { return }
        fast.learnMore()
        slow.learnMore()
        fast.maxima = AnomalyDetector.maxima(parameters, ticks)
        slow.maxima = fast.maxima
        balance = AlertBalance(ticksPerAlert: ticks.perAlert)
        (phase, inPhase) = (.learning, 0)
        rule.isOpen = false
        rule.risen = -1
    }

    /// The channels that differ most now, the strongest first.
    func findCauses(atMost count: Int, areNeighbours: (Int, Int) -> Bool) -> [Cause] {
        let isSlow = isSlowStronger
        let predictor = isSlow ? slow.predictor : fast.predictor
        let contributions = (0..<channels).map { predictor.contribution(of: $0) }
        let total = contributions.reduce(0.0) { $0 + Double(abs($1)) }
        let order = contributions.indices.sorted {
            (abs(contributions[$0]), -$0) > (abs(contributions[$1]), -$1)
        }
        var chosen: [Cause] = []
        for channel in order where chosen.count < count && contributions[channel] != 0 {
            let isMore = contributions[channel] > 0
            // What spills over into a neighbour is no cause of its own.
            if chosen.contains(where: { $0.isMore == isMore && areNeighbours($0.channel, channel) }) { continue }
            let weight = Double(abs(contributions[channel])) / max(total, 1)
            chosen.append(Cause(channel: channel, isMore: isMore, weight: weight, isSlow: isSlow))
        }
        return chosen
    }
}
