import SpikeSignals

/// What one stage gave since the last frame, on its way to a page: bounded, whatever the speed of the pipeline.
///
/// The pipeline's thread only copies numbers into buffers that are kept; ``write(as:of:into:)``, on the thread that makes frames,
/// puts them into JSON.
///
/// | output | members |
/// |---|---|
/// | audio | `w`: pairs of the least and greatest sample of each hundredth of a second, in thousandths of full scale |
/// | events | `g`: events of each cell of a grid of ``columns`` x ``rows``, brighter and darker ones in turn; `c`: how many in all |
/// | spikes | `n`: channels; `d`: milliseconds of a tick; `k`: first tick; `s`: for each tick channel and count in turn |
/// | potentials | `n`: outputs; `d`, `k` as above; `p`: for each tick the potentials |
struct LiveTrace {
    /// The most ticks, or hundredths of a second, of a frame.
    static let mostTicks = 128
    /// The most pairs of channel and count, or potentials, of a frame, for each stage.
    static let mostItems = 6_144
    /// Cells of the picture of an event camera.
    static let (columns, rows) = (48, 36)

    private var firstTick: Int64 = 0
    private var width = 0
    private var tickNanoseconds: Int64 = 0
    /// For each tick, the end of its part of ``spikes`` or ``numbers``.
    private var ends: [Int] = []
    private var spikes: [ChannelSpikes] = []
    /// Potentials, or the least and the greatest sample in turn.
    private var numbers: [Int32] = []
    private var cells: [UInt16] = []
    private var events = 0
    private var (low, high): (Int32, Int32) = (0, 0)
    private var samples = 0

    /// Adds what a stage gave; what is more than a frame holds is left out.
    mutating func add(_ batch: any Batch) {
        switch batch {
        case let batch as AudioBatch: add(audio: batch)
        case let batch as EventBatch: add(events: batch)
        case let batch as SpikeBatch: add(spikes: batch)
        case let batch as PotentialBatch: add(potentials: batch)
        default: break
        }
    }

    private mutating func add(audio batch: AudioBatch) {
        let channels = max(batch.channels, 1)
        let column = max(batch.sampleRate / 100, 1)
        (width, tickNanoseconds) = (channels, 10_000_000)
        var index = 0
        while index < batch.samples.count {
            let sample = batch.samples[index]
            (low, high) = samples == 0 ? (sample, sample) : (min(low, sample), max(high, sample))
            samples += 1
            index += channels
            guard samples >= column else { continue }
            samples = 0
            guard ends.count < LiveTrace.mostTicks else { continue }
            numbers.append(low)
            numbers.append(high)
            ends.append(numbers.count)
        }
    }

    private mutating func add(events batch: EventBatch) {
        if cells.isEmpty { cells = [UInt16](repeating: 0, count: LiveTrace.columns * LiveTrace.rows * 2) }
        let (width, height) = (max(batch.width, 1), max(batch.height, 1))
        events += batch.count
        for event in batch {
            let x = min(Int(event.x) * LiveTrace.columns / width, LiveTrace.columns - 1)
            let y = min(Int(event.y) * LiveTrace.rows / height, LiveTrace.rows - 1)
            let cell = (y * LiveTrace.columns + x) * 2 + (event.isOn ? 0 : 1)
            if cells[cell] < .max { cells[cell] += 1 }
        }
    }

    /// Adds the spikes of a stage, or of a population within one.
    mutating func add(spikes batch: SpikeBatch) {
        begin(width: batch.channels, tick: batch.tickNanoseconds, first: batch.firstTick)
        for tick in 0..<batch.count where ends.count < LiveTrace.mostTicks {
            let range = batch.range(ofTick: tick)
            let room = LiveTrace.mostItems - spikes.count
            if !range.isEmpty { spikes.append(contentsOf: batch.spikes[range].prefix(room)) }
            ends.append(spikes.count)
        }
    }

    private mutating func add(potentials batch: PotentialBatch) {
        begin(width: batch.outputs, tick: batch.tickNanoseconds, first: batch.firstTick)
        let room = (LiveTrace.mostItems - numbers.count) / max(batch.outputs, 1)
        let ticks = min(batch.count, LiveTrace.mostTicks - ends.count, room)
        for _ in 0..<ticks { ends.append((ends.last ?? 0) + batch.outputs) }
        numbers.append(contentsOf: batch.potentials.prefix(ticks * batch.outputs))
    }

    private mutating func begin(width: Int, tick: Int64, first: Int64) {
        (self.width, tickNanoseconds) = (width, tick)
        if ends.isEmpty { firstTick = first }
    }

    /// Moves all that there is to `frame`, and begins anew in the emptied buffers of `frame`.
    mutating func move(to frame: inout LiveTrace) {
        frame.empty()
        (frame.firstTick, frame.width, frame.tickNanoseconds) = (firstTick, width, tickNanoseconds)
        swap(&frame.events, &events)
        swap(&frame.ends, &ends)
        swap(&frame.spikes, &spikes)
        swap(&frame.numbers, &numbers)
        swap(&frame.cells, &cells)
    }

    private mutating func empty() {
        events = 0
        ends.removeAll(keepingCapacity: true)
        spikes.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        for cell in cells.indices { cells[cell] = 0 }
    }

    /// Appends what there is as the member `name` of a JSON object, with a comma behind it; nothing if there is nothing.
    func write(as name: String, of kind: PortKind, into out: inout [UInt8]) {
        let isEmpty = kind == .events ? cells.isEmpty : ends.isEmpty
        guard !isEmpty else { return }
        out += "\"\(name)\":{".utf8
        switch kind {
        case .audio:
            out += "\"d\":10,\"w\":[".utf8
            let fullScale = Int(AudioBatch.fullScale)
            LiveTrace.list(numbers, into: &out) { LiveTrace.append(Int($0) * 1_000 / fullScale, to: &$1) }
        case .events:
            out += "\"c\":\(events),\"x\":\(LiveTrace.columns),\"y\":\(LiveTrace.rows),\"g\":[".utf8
            LiveTrace.list(cells, into: &out) { LiveTrace.append(Int($0), to: &$1) }
        case .spikes:
            out += head("s").utf8
            list(spikes, into: &out) {
                LiveTrace.append(Int($0.channel), to: &$1)
                $1.append(UInt8(ascii: ","))
                LiveTrace.append(Int($0.count), to: &$1)
            }
        case .potentials:
            out += head("p").utf8
            list(numbers, into: &out) { LiveTrace.append(Int($0), to: &$1) }
        case .records: break
        }
        out += "]},".utf8
    }

    private func head(_ name: String) -> String {
        let milliseconds = JSONValue.decimal(Double(tickNanoseconds) / 1e6, decimals: 3) ?? "0"
        return "\"n\":\(width),\"d\":\(milliseconds),\"k\":\(firstTick),\"\(name)\":["
    }

    /// Appends a list for each tick.
    private func list<Item>(_ items: [Item], into out: inout [UInt8], _ append: (Item, inout [UInt8]) -> Void) {
        var start = 0
        for end in ends {
            if out.last == UInt8(ascii: "]") { out.append(UInt8(ascii: ",")) }
            out.append(UInt8(ascii: "["))
            LiveTrace.list(items[start..<end], into: &out, append)
            out.append(UInt8(ascii: "]"))
            start = end
        }
    }

    /// Appends items with commas between them.
    private static func list<Items: Sequence>(
        _ items: Items, into out: inout [UInt8], _ append: (Items.Element, inout [UInt8]) -> Void
    ) {
        var isFirst = true
        for item in items {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            append(item, &out)
        }
    }

    private static func append(_ value: Int, to out: inout [UInt8]) {
        var left = value.magnitude
        let start = out.count
        repeat {
            out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: left % 10))
            left /= 10
        } while left > 0
        if value < 0 { out.append(UInt8(ascii: "-")) }
        out[start...].reverse()
    }
}
