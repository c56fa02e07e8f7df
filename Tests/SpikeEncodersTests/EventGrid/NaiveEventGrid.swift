import SpikeSignals

@testable import SpikeEncoders

/// A tick as the tests see it: its number, its spikes by channel, and how many events it held.
struct SeenTick: Hashable {
    var tick: Int64
    var spikes: [Int: Int]
    var events: Int
}

/// The grid once more, as slow and plain as it can be said; shares no code with the stage.
struct NaiveEventGrid {
    var width = 32
    var height = 32
    var tick: Int64 = 20_000
    var maximum = 5
    var isLinear = false
    var isMerged = false

    /// The ticks from the first to the last that holds an event, without those of long silences.
    func ticks(of stream: EventStream) -> [SeenTick] {
        let side = min(stream.size.x, stream.size.y)
        let (left, top) = ((stream.size.x - side) / 2, (stream.size.y - side) / 2)
        let exact = 4_096 * Double(width * height) / Double(side * side)
        let gain = min(max(Int((exact + 0.5).rounded(.down)), 1), 65_536)
        // Which tick each event counts into: never an earlier one than that of an event before it.
        var (groups, now): ([Int64: [SeenEvent]], Int64) = ([:], 0)
        let start = stream.start ?? stream.events.first?.time ?? 0
        for event in stream.events {
            now = max(now, (event.time - start) / tick)
            let isInside = (left..<left + side).contains(event.x) && (top..<top + side).contains(event.y)
            groups[now, default: []] += isInside ? [event] : []
        }
        let busy = groups.filter { !$0.value.isEmpty }
        var (charges, seen, silence): ([Int: Int], [SeenTick], Int64) = ([:], [], 0)
        for index in 0...(groups.keys.max() ?? 0) {
            let events = groups[index] ?? []
            silence = events.isEmpty ? silence + 1 : 0
            if silence > 2_000_000 / tick { continue }
            for event in events {
                let cell = (event.y - top) * height / side * width + (event.x - left) * width / side
                charges[isMerged ? cell : 2 * cell + (event.isOn ? 1 : 0), default: 0] += gain
            }
            var spikes: [Int: Int] = [:]
            for (channel, charge) in charges {
                let units = charge / 256
                let count = isLinear ? units : String(units, radix: 2).count - (units == 0 ? 1 : 0)
                if count > 0 { spikes[channel] = min(count, maximum) }
                charges[channel] = charge % 256
            }
            // Levels tell larger counts only roughly.
            let count = EventLevel.count(ofLevel: EventLevel.level(ofCount: events.count))
            seen.append(SeenTick(tick: index, spikes: spikes, events: count))
        }
        while let last = seen.last, busy[last.tick] == nil { seen.removeLast() }
        return seen
    }

    /// The parameters that say the same.
    var parameters: EventGridParameters {
        var parameters = EventGridParameters()
        (parameters.width, parameters.height) = (width, height)
        (parameters.tickMilliseconds, parameters.maximumSpikes) = (Int(tick / 1_000), maximum)
        parameters.compression = isLinear ? .linear : .logarithmic
        parameters.polarities = isMerged ? .merged : .separate
        return parameters
    }
}

/// Sends batches through a stage as a pipeline does, and collects the ticks; the last silent ones are left out.
func ticks(_ stage: EventGridStage, _ batches: [EventBatch]) throws -> [SeenTick] {
    let output = SpikeBatch()
    var (seen, upTo): ([SeenTick], StreamTime) = ([], .zero)
    func collect() throws {
        if output.upTo < upTo { throw SpikelineError("time went back") }
        upTo = output.upTo
        if output.count > EventGridStage.mostTicks { throw SpikelineError("a batch is too long") }
        for index in 0..<output.count {
            let spikes = output.spikes[output.range(ofTick: index)]
            if zip(spikes, spikes.dropFirst()).contains(where: { $0.channel >= $1.channel }) {
                throw SpikelineError("the channels do not ascend")
            }
            seen.append(
                SeenTick(
                    tick: output.firstTick + Int64(index),
                    spikes: Dictionary(uniqueKeysWithValues: spikes.map { (Int($0.channel), Int($0.count)) }),
                    events: EventLevel.count(ofLevel: output.levels[index])))
        }
    }
    for batch in batches {
        output.removeAll()
        try stage.process(batch, into: output)
        try collect()
        repeat {
            output.removeAll()
        } while try stage.processMore(into: output)
            && {
                try collect(); return true
            }()
    }
    output.removeAll()
    try stage.finish(into: output)
    try collect()
    while let last = seen.last, last.events == 0 { seen.removeLast() }
    return seen
}
