import SpikeSignals

/// What all filters of events have in common: an ``EventRule`` is applied to each event of a batch that lies inside the
/// sensor, and what passes goes into the next batch with its time unchanged.
///
/// ```
/// batch in ──► inside the sensor? ──► rule ──► batch out
///                     │ no               │ no
///                     ▼                  ▼
///               eventsOutside         dropped
/// ```
/// Filters hold nothing back: a batch in is a batch out. The cost of an event does not depend on the stream, and a batch
/// allocates nothing; the state of the pixels is allocated when the size of the sensor is known.
struct EventHarness<Rule: EventRule> {
    /// The decision.
    private(set) var rule: Rule
    /// Events that lay outside the sensor and were dropped.
    private(set) var eventsOutside = 0
    private let given: SensorGrid?
    private var grid: SensorGrid?

    /// Applies `rule` to events of a sensor whose size is `given`, unless the stream says it.
    init(_ rule: Rule, given: SensorGrid? = nil) {
        self.rule = rule
        self.given = given
    }

    /// Filters `input` into the empty `output`.
    mutating func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try learnSize(of: input)
        output.copyFrame(of: input)
        if let after = rule.grid(after: grid) {
            output.width = after.width
            output.height = after.height
        }
        if input.count > 0 { sift(input, into: output) }
    }

    /// Finds out the size of the sensor with the first batch that says it or that has events.
    private mutating func learnSize(of input: EventBatch) throws(SpikelineError) {
        let isKnown = input.width > 0 && input.height > 0
        if let grid {
            guard !isKnown || (input.width == grid.width && input.height == grid.height) else {
                throw SpikelineError(
                    "expected events of a sensor of \(grid.width) x \(grid.height) as before, found one of "
                        + "\(input.width) x \(input.height)", cause: .defect)
            }
            return
        }
        let found = isKnown ? try SensorGrid(width: input.width, height: input.height) : given
        guard let found else {
            guard !Rule.needsGrid || input.count == 0 else {
                throw SpikelineError(
                    "the size of the sensor is not known", hint: "Give the stage \"width\" and \"height\"")
            }
            return
        }
        try rule.begin(on: found)
        grid = found
    }

    private mutating func sift(_ input: EventBatch, into output: EventBatch) {
        var rule = self.rule
        let width = UInt64(grid?.width ?? 1 << 16)
        let height = UInt64(grid?.height ?? 1 << 15)
        let base = input.timeBase &- input.startTime
        let (words, out) = unsafe (input.words, output.words)
        let count = input.count
        var (kept, outside) = (0, 0)
        for index in 0..<count {
            let event = unsafe PixelEvent(bits: words[index])
            guard event.bits & 0xFFFF < width, event.bits >> 16 & 0x7FFF < height else {
                outside &+= 1
                continue
            }
            let verdict = rule.judge(event, at: base &+ Int64(event.offset))
            // Stored first and counted afterwards, as half the branches here could not be predicted.
            unsafe out[kept] = verdict.event.bits
            kept &+= verdict.isKept ? 1 : 0
        }
        output.count = kept
        eventsOutside += outside
        self.rule = rule
    }
}
