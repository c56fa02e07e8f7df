import SpikeSignals

@testable import SpikePipeline

/// Gives `count` events, one a millisecond, in blocks of ten.
final class EventRamp: Source {
    var isLive: Bool { false }
    private let count: Int
    private var position = 0

    init(count: Int) { self.count = count }

    func read(into output: EventBatch) throws(SpikelineError) -> Bool {
        guard position < count else { return false }
        for _ in 0..<min(10, count - position) {
            _ = output.append(time: Int64(position) * 1_000, x: UInt16(position), y: 0, isOn: true)
            position += 1
        }
        output.upTo = StreamTime(nanoseconds: Int64(position) * 1_000_000)
        return true
    }
}

/// Passes on every event whose number is a multiple of `every`.
final class ThinningTransform: Transform {
    private let every: Int

    init(every: Int) { self.every = every }

    func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        for event in input where Int(event.x).isMultiple(of: every) {
            _ = output.append(time: input.time(of: event), x: event.x, y: event.y, isOn: event.isOn)
        }
        output.upTo = input.upTo
    }
}

/// Swallows events.
final class EventVoid: Sink {
    func consume(_ input: EventBatch) throws(SpikelineError) {}
}

/// Stages for events: `event_file` (as many events as the path says: `30.raw`), `camera`, `thin` and `void`.
///
/// - Parameter readsFiles: whether there is an `event_file`.
func eventToyCatalogue(readsFiles: Bool = true) -> Catalogue {
    let file = StageDescriptor(
        type: "event_file", role: .source, output: .events, summary: "Reads a recording.",
        options: [OptionSpec("path", .string, required: true, help: "The file.")],
        make: { (options, _) throws(SpikelineError) in
            let name = (options.string("path") ?? "").split(separator: "/").last ?? ""
            return .source(AnySource(EventRamp(count: Int(name.split(separator: ".").first ?? "") ?? 0)))
        })
    let others = [
        StageDescriptor(
            type: "camera", role: .source, output: .events, summary: "Would look.", options: [],
            make: { (_, _) throws(SpikelineError) in throw SpikelineError("no camera here", cause: .lost) }),
        StageDescriptor(
            type: "thin", role: .transform, input: .events, output: .events, summary: "Passes some on.",
            options: [OptionSpec("every", .integer(1...100), help: "Which.")],
            make: { (options, _) throws(SpikelineError) in
                .transform(AnyTransform(ThinningTransform(every: options.integer("every") ?? 2)))
            }),
        StageDescriptor(
            type: "void", role: .sink, input: .events, summary: "Swallows events.", options: [],
            make: { (_, _) throws(SpikelineError) in .sink(AnySink(EventVoid())) }),
    ]
    return Catalogue(readsFiles ? [file] + others : others)
}
