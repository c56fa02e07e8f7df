import SpikeSignals

/// The recordings of an epoch; a part of them is drawn anew for every epoch.
///
/// Slot `i` is drawn anew in every epoch `e` with `(i + e) % period == 0`, from a seed made of run, slot and epoch, so
/// a resumed run finds the same recordings.
final class RecordingPool {
    /// The label of each slot.
    let labels: [Int]

    private let sources: [any RecordingSource]
    private let seed: UInt64
    private let period: Int
    private var recordings: [LabelledRecording?]
    private var generations: [Int]

    /// A pool of one slot for each entry of `labels`; each thread has one of `sources`.
    init(labels: [Int], sources: [any RecordingSource], seed: UInt64, period: Int) {
        self.labels = labels
        self.sources = sources
        self.seed = seed
        self.period = max(period, 1)
        recordings = [LabelledRecording?](repeating: nil, count: labels.count)
        generations = [Int](repeating: -1, count: labels.count)
    }

    /// The recording of `slot` after ``prepare(epoch:progress:)``.
    subscript(slot: Int) -> LabelledRecording? { recordings[slot] }

    /// Draws the slots that are due in `epoch`, on as many threads as there are sources.
    func prepare(epoch: Int, progress: (Double) -> Void) {
        let due = labels.indices.filter { generations[$0] != generation(ofSlot: $0, epoch: epoch) }
        let workers = sources.count
        let step = workers * 8
        for first in stride(from: 0, to: due.count, by: step) {
            let part = due[first..<min(first + step, due.count)]
            unsafe recordings.withUnsafeMutableBufferPointer { recordings in
                Workers.run(workers) { worker in
                    for index in stride(from: part.startIndex + worker, to: part.endIndex, by: workers) {
                        let slot = due[index]
                        var generator = SeededGenerator(
                            seed, 0x7265_636F, UInt64(slot), UInt64(generation(ofSlot: slot, epoch: epoch)))
                        unsafe recordings[slot] = sources[worker].recording(
                            ofLabel: labels[slot], seed: generator.next())
                    }
                }
            }
            progress(Double(first) / Double(max(due.count, 1)))
        }
        for slot in due { generations[slot] = generation(ofSlot: slot, epoch: epoch) }
    }

    private func generation(ofSlot slot: Int, epoch: Int) -> Int { (epoch + slot % period) / period }
}
