import SpikePipeline
import SpikeSignals

/// What all stages of a pipeline gave since the last frame, and what populations within them did.
///
/// The pipeline's thread adds; whoever makes a frame moves everything out at once and puts it into JSON without holding the pipeline up.
struct LiveTraces {
    private var stages: [LiveTrace] = []
    /// Of the populations within each stage.
    private var inner: [[LiveTrace]] = []

    /// Nothing yet of `stages`.
    init(_ stages: [ObservedStage] = []) {
        self.stages = stages.map { _ in LiveTrace() }
        inner = stages.map { $0.populations.map { _ in LiveTrace() } }
    }

    /// Adds what stage `index` gave.
    mutating func add(_ batch: any Batch, of index: Int) {
        if stages.indices.contains(index) { stages[index].add(batch) }
    }

    /// Adds what populations within stage `index` did.
    mutating func add(_ insight: StageInsight, of index: Int) {
        guard inner.indices.contains(index) else { return }
        for (number, batch) in insight.spikes.enumerated() where number < inner[index].count {
            inner[index][number].add(spikes: batch)
        }
    }

    /// Moves all that there is to `frame`, and begins anew in the emptied buffers of `frame`.
    mutating func move(to frame: inout LiveTraces) {
        if frame.inner.map(\.count) != inner.map(\.count) {
            frame.stages = stages.map { _ in LiveTrace() }
            frame.inner = inner.map { $0.map { _ in LiveTrace() } }
        }
        for index in stages.indices {
            stages[index].move(to: &frame.stages[index])
            for number in inner[index].indices { inner[index][number].move(to: &frame.inner[index][number]) }
        }
    }

    /// Appends a member of a JSON object for each stage of `stages`, and for each population as `STAGE.POPULATION`, that gave something.
    func write(_ stages: [ObservedStage], into out: inout [UInt8]) {
        let start = out.count
        for (index, stage) in stages.enumerated() {
            guard let kind = stage.output else { continue }
            for (number, trace) in inner[index].enumerated() {
                trace.write(as: "\(index).\(number)", of: .spikes, into: &out)
            }
            self.stages[index].write(as: "\(index)", of: kind, into: &out)
        }
        if out.count > start { out.removeLast() }
    }
}
