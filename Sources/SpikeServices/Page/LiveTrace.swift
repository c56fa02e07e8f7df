import SpikeSignals

/// What one stage gave since the last frame, on its way to a page: bounded, whatever the speed of the pipeline.
///
/// Frames are JSON, written as bytes while batches pass, so that a frame is a concatenation.
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
    /// The most bytes of spikes in a frame, for each stage.
    static let mostBytes = 48 * 1_024
    /// Cells of the picture of an event camera.
    static let (columns, rows) = (48, 36)

    private var ticks = 0
    private var firstTick: Int64 = 0
    private var width = 0
    private var milliseconds = 0.0
    private var bytes: [UInt8] = []
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
        (width, milliseconds) = (channels, 10)
        var index = 0
        while index < batch.samples.count {
            let sample = batch.samples[index]
            (low, high) = samples == 0 ? (sample, sample) : (min(low, sample), max(high, sample))
            samples += 1
            index += channels
            guard samples >= column else { continue }
            samples = 0
            guard ticks < LiveTrace.mostTicks else { continue }
            separate()
            append(Int(low) * 1_000 / Int(AudioBatch.fullScale))
            bytes.append(UInt8(ascii: ","))
            append(Int(high) * 1_000 / Int(AudioBatch.fullScale))
            ticks += 1
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

    private mutating func add(spikes batch: SpikeBatch) {
        begin(width: batch.channels, tick: batch.tickNanoseconds, first: batch.firstTick)
        for tick in 0..<batch.count where ticks < LiveTrace.mostTicks {
            separate()
            bytes.append(UInt8(ascii: "["))
            var isFirst = true
            for spike in batch.spikes[batch.range(ofTick: tick)] where bytes.count < LiveTrace.mostBytes {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                append(Int(spike.channel))
                bytes.append(UInt8(ascii: ","))
                append(Int(spike.count))
            }
            bytes.append(UInt8(ascii: "]"))
            ticks += 1
        }
    }

    private mutating func add(potentials batch: PotentialBatch) {
        begin(width: batch.outputs, tick: batch.tickNanoseconds, first: batch.firstTick)
        for tick in 0..<batch.count where ticks < LiveTrace.mostTicks && bytes.count < LiveTrace.mostBytes {
            separate()
            bytes.append(UInt8(ascii: "["))
            for output in 0..<batch.outputs {
                if output > 0 { bytes.append(UInt8(ascii: ",")) }
                append(Int(batch.potentials[tick * batch.outputs + output]))
            }
            bytes.append(UInt8(ascii: "]"))
            ticks += 1
        }
    }

    private mutating func begin(width: Int, tick: Int64, first: Int64) {
        (self.width, milliseconds) = (width, Double(tick) / 1e6)
        if ticks == 0 { firstTick = first }
    }

    private mutating func separate() {
        if ticks > 0 { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func append(_ value: Int) {
        var left = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: left % 10))
            left /= 10
        } while left > 0
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes[start...].reverse()
    }

    /// Appends what there is as the member `name` of a JSON object, with a comma behind it; nothing if there is nothing.
    /// Begins anew.
    mutating func write(as name: String, of kind: PortKind, into out: inout [UInt8]) {
        let isEmpty = kind == .events ? cells.isEmpty : ticks == 0
        guard !isEmpty else { return }
        out += "\"\(name)\":{".utf8
        switch kind {
        case .audio: out += "\"d\":10,\"w\":[".utf8
        case .events:
            out += "\"c\":\(events),\"x\":\(LiveTrace.columns),\"y\":\(LiveTrace.rows),\"g\":[".utf8
            for cell in cells.indices {
                if cell > 0 { bytes.append(UInt8(ascii: ",")) }
                append(Int(cells[cell]))
            }
        case .spikes: out += head("s").utf8
        case .potentials: out += head("p").utf8
        case .records: break
        }
        out += bytes
        out += "]},".utf8
        bytes.removeAll(keepingCapacity: true)
        (ticks, events) = (0, 0)
        for cell in cells.indices { cells[cell] = 0 }
    }

    private func head(_ name: String) -> String {
        "\"n\":\(width),\"d\":\(JSONValue.decimal(milliseconds, decimals: 3) ?? "0"),\"k\":\(firstTick),\"\(name)\":["
    }
}
