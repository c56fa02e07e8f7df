import SpikeSignals

/// Events of a camera in, spikes of a grid of cells out: an ``EventGridEncoder`` with a clock.
///
/// ```
/// events ··· ·· ·    ·            ·· ···        tick i holds the events of [i, i + 1) * tick_ms of stream time
/// ticks  |0|1|2|3|4|5|6|7|8|   |   |90|91|      2 s after the last event silent ticks are left out: the first tick of
///                   2 s ──►  jump               the next batch is that of the next event
/// ```
/// - An event that is earlier than the tick being filled counts into that tick (`events_late`); one outside the sensor is
///   left out (`events_outside`).
/// - ``EventBatch/upTo`` ends ticks when the sensor is quiet. The end of the stream ends the last tick if it holds events.
/// - ``SpikeBatch/levels`` hold the number of events in the region in each tick, as ``EventLevel`` says.
/// - **Jumps.** Across a gap the network keeps its state. That is its state of rest: two seconds of silent ticks come
///   before every jump, longer than a leak or a delayed tap remembers. A head starts afresh after a jump.
///
/// So a gap of years costs as much as one of two seconds. A batch of output holds up to ``mostTicks`` ticks; what does not
/// fit follows with ``processMore(into:)``. The same events give the same ticks however they are cut into batches, and
/// nothing is allocated for an event.
///
/// With `framing: action` an ``ActionFinder`` looks every half second for the part of the sensor in which something moves,
/// by events that count half after each second of ticks. Where that differs from what is looked at by a quarter of its
/// side, the grid looks there from the next tick on, which is the first of a batch. A place that the action has left is
/// forgotten within some seven seconds.
public final class EventGridStage: Transform {
    /// How pipelines name, check and make the stage.
    public static let descriptor = StageDescriptor(
        type: "event_grid", role: .transform, input: .events, output: .spikes,
        summary: "Counts events in the cells of a grid and makes spikes of them, tick by tick.",
        options: EventGridParameters.specs,
        make: { (options, context) throws(SpikelineError) in
            let parameters = try EventGridParameters(options: options.values, place: context.stage)
            return .transform(AnyTransform(try EventGridStage(parameters, place: context.stage)))
        })
    /// The most ticks of a batch of spikes.
    public static let mostTicks = 1_024
    /// After so much silence ticks are left out, in milliseconds.
    public static let longestSilenceMilliseconds = 2_000

    /// What was chosen.
    public let parameters: EventGridParameters
    /// Events outside the sensor, and events earlier than the tick being filled.
    public let counters = StageCounters(["events_outside", "events_late"])

    private let place: String
    /// The length of a tick in microseconds.
    private let length: Int64
    private let longestSilence: Int
    /// The ticks of half a second, after which the action is looked for.
    private let lookTicks: Int64
    private var encoder: EventGridEncoder?
    private var finder: ActionFinder?
    private var legend: ChannelLegend?
    private var size = (width: 0, height: 0)
    /// The tick that is being filled.
    private var tick: Int64 = 0
    /// Silent ticks since the last event.
    private var silence = 0
    private var late = 0
    private var pending = Pending()
    /// Whether the grid looks elsewhere since the last tick, which the next batch of spikes has to say.
    private var hasTurned = false
    /// What to look at, where that is known beforehand.
    private var known: EventGridParameters.Region?

    /// What is left of the input of the last call.
    private struct Pending {
        var batch: EventBatch?
        /// The next event.
        var next = 0
    }

    /// Stream times beyond this, in microseconds, count as it: 285 years, which fit a ``StreamTime``.
    private static let latest: Int64 = (1 << 53) - (1 << 25)

    /// No two sensor times are farther apart, in microseconds; what is, comes from a damaged stream.
    private static let farthest: Int64 = 1 << 55

    /// A grid that has seen nothing; throws what is wrong with the parameters.
    public init(_ parameters: EventGridParameters = EventGridParameters(), place: String = "event_grid")
        throws(SpikelineError)
    {
        try parameters.check(place: place)
        self.parameters = parameters
        self.place = place
        length = Int64(parameters.tickMilliseconds) * 1_000
        longestSilence = EventGridStage.longestSilenceMilliseconds / parameters.tickMilliseconds
        lookTicks = Int64(500 / parameters.tickMilliseconds)
    }

    /// Forgets everything: the next event is the first of a new stream, of a sensor of any size.
    ///
    /// - Parameter region: the pixels of that sensor to look at in place of those that the parameters say; for a recording
    ///   whose action is known beforehand.
    public func reset(region: EventGridParameters.Region? = nil) {
        (encoder, legend, finder) = (nil, nil, nil)
        known = region
        (tick, silence, late, pending, hasTurned) = (0, 0, 0, Pending(), false)
        counters.update { for index in $0.indices { $0[index] = 0 } }
    }

    /// Encodes a batch and appends the ticks that end in it, up to ``mostTicks`` and to the first jump.
    ///
    /// - Throws: if the size of the sensor is not known when events come, changes, or does not fit the crop.
    public func process(_ input: EventBatch, into output: SpikeBatch) throws(SpikelineError) {
        try learnSize(of: input)
        pending = Pending(batch: input)
        fill(output)
    }

    /// Appends what follows; false if that was all.
    public func processMore(into output: SpikeBatch) throws(SpikelineError) -> Bool {
        guard pending.batch != nil else { return false }
        fill(output)
        return true
    }

    /// Ends the last tick if it holds events.
    public func finish(into output: SpikeBatch) throws(SpikelineError) {
        pending = Pending()
        begin(output)
        guard let encoder, encoder.events > 0 else { return }
        endTick(output)
    }

    private func begin(_ output: SpikeBatch) {
        output.channels = parameters.channels
        output.tickNanoseconds = parameters.tickNanoseconds
        if output.count == 0 { (output.firstTick, output.legend, hasTurned) = (tick, legend, false) }
        output.upTo = StreamTime(nanoseconds: tick * parameters.tickNanoseconds)
    }

    /// Works on what is pending until it is done or the output must be passed on first.
    private func fill(_ output: SpikeBatch) {
        begin(output)
        guard let batch = pending.batch else { return }
        let base = min(max(batch.timeBase &- batch.startTime, -EventGridStage.farthest), EventGridStage.farthest)
        while pending.next < batch.count {
            let run = unsafe Span(_unsafeStart: batch.words + pending.next, count: batch.count - pending.next)
            // Times relative to the base, as offsets are.
            let start = tick &* length &- base
            let count = countTick(run, start: start, end: start &+ length)
            encoder?.add(run.extracting(0..<count))
            finder?.add(run.extracting(0..<count))
            pending.next += count
            guard count < run.count else { break }
            let time = base &+ Int64(PixelEvent(bits: run[count]).offset)
            guard advance(to: min(time, EventGridStage.latest) / length, output) else { return note() }
        }
        let upTo = batch.upTo == .end ? 0 : min(batch.upTo.nanoseconds / 1_000, EventGridStage.latest)
        guard advance(to: max(upTo / length, tick), output) else { return note() }
        pending = Pending()
        output.upTo = StreamTime(nanoseconds: tick * parameters.tickNanoseconds)
        note()
    }

    /// How many events come before the first one that begins another tick; counts the late ones.
    private func countTick(_ run: Span<UInt64>, start: Int64, end: Int64) -> Int {
        // What lies beyond all times counts into the last tick.
        let isLast = tick >= EventGridStage.latest / length
        let lowest = Int64(Int32.min)
        let highest = Int64(Int32.max) + 1
        let first = min(max(start, lowest), highest)
        let limit = isLast ? highest : min(max(end, lowest), highest)
        var early = 0
        var index = 0
        while index < run.count {
            let offset = Int64(bitPattern: run[index]) &>> 32
            guard offset < limit else { break }
            early &+= offset < first ? 1 : 0
            index &+= 1
        }
        late &+= early
        return index
    }

    /// Ends ticks until `target` is being filled; false if the output must be passed on first.
    private func advance(to target: Int64, _ output: SpikeBatch) -> Bool {
        while tick < target {
            if silence >= longestSilence, encoder?.events ?? 0 == 0 {
                // The ticks of the silence are left out; those before it have to go first.
                tick = target
                guard output.count == 0 else { return false }
                output.firstTick = tick
                return true
            }
            guard output.count < EventGridStage.mostTicks, !hasTurned else { return false }
            endTick(output)
        }
        return true
    }

    private func endTick(_ output: SpikeBatch) {
        let events = encoder?.events ?? 0
        silence = events > 0 ? 0 : silence + 1
        encoder?.endTick { output.append(channel: Int($0.channel), count: Int($0.count)) }
        output.endTick(level: EventLevel.level(ofCount: events))
        tick += 1
        if finder != nil, tick % lookTicks == 0 { followAction() }
    }

    /// Looks at where the action is, if that is elsewhere by now.
    private func followAction() {
        guard let region = encoder?.region else { return }
        let found = finder?.region(isClose: region.width < min(size.width, size.height))
        if tick % (lookTicks * 2) == 0 { finder?.fade() }
        guard let found else { return }
        let across = abs(2 * (found.x - region.x) + found.width - region.width)
        let down = abs(2 * (found.y - region.y) + found.height - region.height)
        let limit = region.width
        guard max(across, down) * 2 > limit || abs(found.width - region.width) * 4 > limit else { return }
        look(at: found)
    }

    private func look(at region: EventGridParameters.Region) {
        let parameters = parameters.looking(at: region)
        guard
            var changed = try? EventGridEncoder(parameters, sensorWidth: size.width, sensorHeight: size.height)
        else { return }
        changed.eventsOutside = encoder?.eventsOutside ?? 0
        encoder = changed
        noteRegion()
        hasTurned = true
    }

    private func note() {
        let outside = encoder?.eventsOutside ?? 0
        counters.update { ($0[0], $0[1]) = (outside, late) }
    }

    /// Finds out the size of the sensor with the first batch that says it or that has events.
    private func learnSize(of input: EventBatch) throws(SpikelineError) {
        guard input.count > 0 || (input.width > 0 && input.height > 0) else { return }
        guard encoder == nil else {
            guard input.count == 0 || (input.width == size.width && input.height == size.height) else {
                throw SpikelineError(
                    "expected events of a sensor of \(size.width) x \(size.height) as before, found one of "
                        + "\(input.width) x \(input.height)", at: place, cause: .defect)
            }
            return
        }
        do throws(SpikelineError) {
            let parameters = known.map(self.parameters.looking) ?? self.parameters
            encoder = try EventGridEncoder(parameters, sensorWidth: input.width, sensorHeight: input.height)
            if parameters.framing == .action {
                let sensor = try SensorGrid(width: input.width, height: input.height)
                finder = ActionFinder(parameters, sensor: sensor)
                if finder?.isUseful == false { finder = nil }
            }
        } catch {
            throw SpikelineError(error.what, at: place, hint: error.hint)
        }
        size = (input.width, input.height)
        noteRegion()
    }

    private func noteRegion() {
        if let region = encoder?.region {
            legend = ChannelLegend(
                .cells(
                    columns: parameters.width, rows: parameters.height, polarities: parameters.channelsPerCell,
                    region: .init(x: region.x, y: region.y, width: region.width, height: region.height)))
        }
    }
}
