import SpikeSignals

/// Finds gestures in the potentials of a network, tick by tick, in integers; knows nothing of batches and records.
///
/// ```
/// potentials -> EvidenceWindow -> scores -> GestureRule -> onset, end
/// levels     -> EventTrack ---- enough? -------^
/// ```
/// A gesture that is recognised in a tick began in the tick of the window by which a twentieth of its evidence had come
/// (not before the end of the one before it), and ended with the last tick in which it had more evidence than any other
/// label. A gesture that lasts `longest` is ended and goes on as a new one, without an onset. Storage is allocated
/// at the start.
public struct GestureDetector {
    /// A gesture, or a part of one.
    public struct Segment: Equatable, Sendable {
        /// The index of its label.
        public var label: Int
        /// Its first tick.
        public var first: Int64
        /// The tick after its last one.
        public var end: Int64
        /// Its score in Q16: the mean over its ticks so far.
        public var score: Int32
        /// Events of the camera in its ticks.
        public var events: Int
    }

    /// What happens to a gesture.
    public enum Report: Equatable, Sendable {
        /// It has been recognised.
        case onset(Segment)
        /// It is over.
        case end(Segment)
    }

    /// The score of each label in Q16, after the latest tick.
    public var scores: [Int32] { window.scores }
    /// The label with the most evidence in the window.
    public var best: Int { window.best }
    /// The label that is recognised; nil: unknown.
    public var recognised: Int? { rule.current }
    /// Whether there were enough events in the window to recognise something.
    public private(set) var isActive = false

    private let coefficients: GestureCoefficients
    private var window: EvidenceWindow
    private var rule: GestureRule
    private var track: EventTrack
    /// The next tick is so many ticks after the start.
    private var tick: Int64 = 0
    private var open: Open?
    /// No gesture begins before.
    private var free: Int64 = 0

    /// A gesture that goes on.
    private struct Open {
        var label: Int
        var first: Int64
        /// The sum of events before it.
        var eventsBefore: Int64
        /// Sum of the scores in the ticks in which it was the candidate, and how many.
        var scores: Int64
        var ticks: Int64
        /// The end if it is not seen again, and the sum of events up to it.
        var end: Int64
        var eventsUpTo: Int64
    }

    /// A detector for ticks of that many nanoseconds, the first of which is `tick`.
    ///
    /// - Throws: if the window is too long, see ``EvidenceWindow``.
    public init(_ parameters: GestureParameters, tickNanoseconds: Int64, tick: Int64 = 0) throws(SpikelineError) {
        coefficients = GestureCoefficients(parameters, tickNanoseconds: tickNanoseconds)
        window = try EvidenceWindow(
            labels: parameters.labels.count, ticks: coefficients.window, scaleBits: parameters.potentialScaleBits)
        rule = GestureRule(coefficients)
        track = EventTrack(ticks: coefficients.window + 1)
        self.tick = tick
        free = tick
    }

    /// The ticks of the window.
    public var windowTicks: Int { coefficients.window }

    /// Takes in the next tick, whose potentials start at index `start` and whose number of events `level` says
    /// (``EventLevel``), and calls `report` for what happens in it, an end before an onset.
    public mutating func step(
        potentials: [Int32], at start: Int, level: Int16, _ report: (Report) -> Void
    ) {
        window.add(potentials, at: start)
        track.add(EventLevel.count(ofLevel: level))
        isActive = track.sum(ago: 0) - track.sum(ago: coefficients.window) >= max(coefficients.minimumEvents, 1)
        tick += 1
        let change = rule.step(window.scores, isActive: isActive)
        if change.lost != nil { close(report) }
        if let label = change.recognised {
            let began = begin(label)
            open = began
            report(.onset(segment(began, end: tick, events: track.sum(ago: 0))))
        } else if let label = open?.label {
            see(label)
            if let open, rule.candidate == label, tick - open.first >= Int64(coefficients.longest) {
                split(open, report)
            }
        }
    }

    /// Ends the gesture that goes on, if one does.
    public mutating func close(_ report: (Report) -> Void) {
        guard let open else { return }
        self.open = nil
        free = max(open.end, free)
        report(.end(segment(open, end: open.end, events: open.eventsUpTo)))
    }

    /// A gesture that is recognised in the newest tick.
    private func begin(_ label: Int) -> Open {
        let first = max(tick - 1 - Int64(startAgo(of: label)), free)
        let score = Int64(window.scores[label])
        return Open(
            label: label, first: first, eventsBefore: track.sum(ago: Int(tick - first)), scores: score, ticks: 1,
            end: tick, eventsUpTo: track.sum(ago: 0))
    }

    /// Takes the newest tick for the gesture that goes on.
    private mutating func see(_ label: Int) {
        guard var open else { return }
        if rule.candidate == label {
            open.scores += Int64(window.scores[label])
            open.ticks += 1
        }
        let evidence = window.evidence(of: label, ago: 0)
        let isLeading = (0..<window.labels).allSatisfy { $0 == label || window.evidence(of: $0, ago: 0) < evidence }
        if isLeading, isActive {
            open.end = tick
            open.eventsUpTo = track.sum(ago: 0)
        }
        self.open = open
    }

    /// Ends a long gesture here and lets it go on as a new one.
    private mutating func split(_ long: Open, _ report: (Report) -> Void) {
        let sum = track.sum(ago: 0)
        report(.end(segment(long, end: tick, events: sum)))
        free = tick
        open = Open(
            label: long.label, first: tick, eventsBefore: sum, scores: 0, ticks: 0, end: tick + 1, eventsUpTo: sum)
    }

    private func segment(_ open: Open, end: Int64, events: Int64) -> Segment {
        Segment(
            label: open.label, first: open.first, end: min(max(end, open.first), tick),
            score: Int32(truncatingIfNeeded: open.ticks > 0 ? open.scores / open.ticks : 0),
            events: Int(max(events - open.eventsBefore, 0)))
    }

    /// How many ticks ago a twentieth of the evidence of `label` in the window had come.
    private func startAgo(of label: Int) -> Int {
        var heard: UInt64 = 0
        for ago in stride(from: window.filled - 1, through: 0, by: -1) {
            heard += window.evidence(of: label, ago: ago)
            if heard > window.sum(of: label) / 20 { return ago }
        }
        return 0
    }

    /// Appends everything that the detector remembers but the tick, which its head knows.
    func write(to writer: inout IntegerWriter) {
        window.write(to: &writer)
        rule.write(to: &writer)
        track.write(to: &writer)
        writer.append(UInt8(isActive ? 1 : 0))
        writer.append(free)
        writer.append(Int64(open?.label ?? -1))
        guard let open else { return }
        for number in [open.first, open.eventsBefore, open.scores, open.ticks, open.end, open.eventsUpTo] {
            writer.append(number)
        }
    }

    /// Takes over what ``write(to:)`` wrote, where `tick` comes next; false if that cannot belong to a detector like this one.
    mutating func read(from reader: inout IntegerReader, tick: Int64) -> Bool {
        guard window.read(from: &reader), rule.read(from: &reader, labels: window.labels), track.read(from: &reader),
            let active = reader.integer(UInt8.self), active <= 1, let free = reader.integer(Int64.self),
            (0...tick + 1).contains(free), let label = reader.integer(Int64.self),
            (-1..<Int64(window.labels)).contains(label)
        else { return false }
        (self.tick, isActive, self.free, open) = (tick, active == 1, free, nil)
        guard label >= 0 else { return true }
        var numbers: [Int64] = []
        for _ in 0..<6 {
            guard let number = reader.integer(Int64.self), (0...1 << 60).contains(number) else { return false }
            numbers.append(number)
        }
        guard numbers[0] <= tick, numbers[4] <= tick + 1 else { return false }
        open = Open(
            label: Int(label), first: numbers[0], eventsBefore: numbers[1], scores: numbers[2], ticks: numbers[3],
            end: numbers[4], eventsUpTo: numbers[5])
        return true
    }
}
