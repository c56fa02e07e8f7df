import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

/// An event as the tests see it.
struct SeenEvent: Hashable {
    var time: Int64
    var x: Int
    var y: Int
    var isOn: Bool
}

/// A pixel or a size, for dictionaries.
struct Place: Hashable {
    var x: Int
    var y: Int
}

/// Events of a sensor, and ways to make some and to send them through a stage.
struct EventStream {
    var size: Place
    var events: [SeenEvent] = []
    /// The sensor time at which the stream begins; nil: that of the first event.
    var start: Int64?

    /// Random events; time advances by up to `gap` and, if `stepsBack`, sometimes steps back by up to 50 times that.
    static func random(
        _ count: Int, on size: Place, gap: Int, stepsBack: Bool, from start: Int64 = 5_000, dice: inout Dice
    ) -> EventStream {
        var stream = EventStream(size: size)
        var time = start
        for _ in 0..<count {
            time += Int64(dice.pick(0...gap))
            if stepsBack, dice.pick(0...99) == 0 { time -= Int64(dice.pick(0...gap * 50)) }
            stream.events.append(
                SeenEvent(
                    time: time, x: dice.pick(0...size.x - 1), y: dice.pick(0...size.y - 1), isOn: dice.next() & 1 == 0))
        }
        return stream
    }

    /// Adds others and puts all in order of time.
    mutating func add(_ others: [SeenEvent]) {
        events = (events + others).enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }

    /// The stream in batches of at most `most` events, cut where the dice say; also empty ones, and ones that count
    /// their times from somewhere else than their first event.
    func batches(most: Int, dice: inout Dice) -> [EventBatch] {
        var batches: [EventBatch] = []
        var next = 0
        while next < events.count {
            let batch = EventBatch()
            (batch.width, batch.height) = (size.x, size.y)
            batch.startTime = start ?? events[0].time
            let end = min(events.count, next + dice.pick(0...most))
            batch.timeBase = events[next].time + Int64(dice.pick(-500...500))
            while next < end, let offset = Int32(exactly: events[next].time - batch.timeBase) {
                let event = events[next]
                let pixel = PixelEvent(offset: offset, x: UInt16(event.x), y: UInt16(event.y), isOn: event.isOn)
                unsafe batch.words[batch.count] = pixel.bits
                batch.count += 1
                next += 1
            }
            batch.upTo = StreamTime(nanoseconds: Int64(batches.count))
            batches.append(batch)
        }
        return batches
    }
}

/// A stage made of a descriptor, as a pipeline makes it.
func makeStage(_ type: String, _ options: [String: OptionValue] = [:]) throws -> AnyTransform {
    let descriptor = try #require(eventFilters.first { $0.type == type })
    for (name, value) in options {
        let spec = try #require(descriptor.options.first { $0.name == name }, "\(type) has no option \(name)")
        try #require(spec.complaint(about: value) == nil)
    }
    let context = StageContext(pipeline: "p", stage: "s", folder: "")
    guard case .transform(let stage) = try descriptor.make(Options(options), context) else {
        throw SpikelineError("\(type) is no transform")
    }
    return stage
}

/// All filters.
let eventFilters: [StageDescriptor] = [
    CropFilter.descriptor, DownsampleFilter.descriptor, PolarityFilter.descriptor, MirrorFilter.descriptor,
    RefractoryFilter.descriptor, BackgroundActivityFilter.descriptor, HotPixelFilter.descriptor,
    RateLimitFilter.descriptor, FlickerFilter.descriptor,
]

/// What comes out when `batches` go in, one output batch being used again and again.
func run(_ stage: AnyTransform, _ batches: [EventBatch]) throws -> EventStream {
    let output = EventBatch()
    var seen = EventStream(size: Place(x: 0, y: 0))
    for batch in batches {
        output.removeAll()
        try stage.process(batch, output)
        #expect(output.upTo == batch.upTo && output.startTime == batch.startTime)
        seen.size = Place(x: output.width, y: output.height)
        for event in output {
            seen.events.append(
                SeenEvent(time: output.time(of: event), x: Int(event.x), y: Int(event.y), isOn: event.isOn))
        }
    }
    output.removeAll()
    try stage.finish(output)
    #expect(output.count == 0, "filters hold nothing back")
    return seen
}

/// What comes out of a new stage with its defaults for the whole stream.
func run(_ type: String, _ stream: EventStream) throws -> [SeenEvent] { try run(type, [:], stream) }

/// What comes out of a new stage for the whole stream.
func run(_ type: String, _ options: [String: OptionValue], _ stream: EventStream) throws -> [SeenEvent] {
    var dice = Dice(state: 1)
    return try run(makeStage(type, options), stream.batches(most: 5_000, dice: &dice)).events
}

/// The message of the error that `body` throws.
func message(of body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
}
