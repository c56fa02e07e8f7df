import SpikeSignals
import Synchronization

@testable import SpikePipeline

/// What toy stages leave behind for the tests to look at.
final class Bench: Sendable {
    /// What happened, in order.
    struct Notes {
        var samples: [String: [Int32]] = [:]
        var records: [String: [Record]] = [:]
        var finished: [String] = []
        var made: [String] = []
    }

    private let notes = Mutex(Notes())

    var now: Notes { notes.withLock { $0 } }

    func note(_ change: (inout Notes) -> Void) { notes.withLock { change(&$0) } }
}

/// Counts up from 0 in blocks; the clock runs at 1,000 samples a second.
final class CountingSource: Source {
    var isLive: Bool { false }
    let end: Int
    let block: Int
    let failsAt: Int?
    var position = 0

    init(end: Int, block: Int, failsAt: Int? = nil) {
        self.end = end
        self.block = block
        self.failsAt = failsAt
    }

    func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        if let failsAt, position >= failsAt { throw SpikelineError("the disk is on fire", at: "ramp.wav") }
        guard position < end else { return false }
        output.sampleRate = 1_000
        output.firstSample = Int64(position)
        for value in position..<min(end, position + block) { output.samples.append(Int32(value)) }
        position += output.count
        output.updateUpTo()
        return true
    }
}

/// Multiplies samples; holds the last one back until the end.
final class ScalingTransform: Transform {
    let gain: Int32
    let failsAt: Int?
    var held: Int32?

    init(gain: Int32, failsAt: Int? = nil) {
        self.gain = gain
        self.failsAt = failsAt
    }

    func process(_ input: AudioBatch, into output: AudioBatch) throws(SpikelineError) {
        for sample in input.samples {
            if let failsAt, sample >= failsAt { throw SpikelineError("the gain ran away") }
            if let held { output.samples.append(held) }
            held = sample * gain
        }
        output.sampleRate = input.sampleRate
        output.upTo = input.upTo
    }

    func finish(into output: AudioBatch) throws(SpikelineError) {
        if let held { output.samples.append(held) }
        held = nil
    }
}

/// Reports every sample that is a multiple of a number, at the time of that sample.
final class SpottingTransform: Transform {
    let every: Int32
    let word: String
    let context: StageContext
    var count = 0

    init(every: Int32, word: String, context: StageContext) {
        self.every = every
        self.word = word
        self.context = context
    }

    func process(_ input: AudioBatch, into output: RecordBatch) throws(SpikelineError) {
        for (offset, sample) in input.samples.enumerated() where sample > 0 && sample % every == 0 {
            count += 1
            let at = StreamTime(sample: input.firstSample + Int64(offset), rate: input.sampleRate)
            let record = KeywordRecord(
                word: word, score: 1, at: at, from: at, to: at, levelDecibels: nil, pipeline: context.pipeline,
                stage: context.stage, sequence: count)
            output.records.append(.keyword(record))
        }
        output.upTo = input.upTo
    }
}

/// Passes records on.
final class PassingTransform: Transform {
    func process(_ input: RecordBatch, into output: RecordBatch) throws(SpikelineError) {
        output.records.append(contentsOf: input.records)
        output.upTo = input.upTo
    }
}

/// Takes samples apart into potentials; only there to have another kind of edge.
final class PotentialTransform: Transform {
    func process(_ input: AudioBatch, into output: PotentialBatch) throws(SpikelineError) {
        output.upTo = input.upTo
    }
}

/// Keeps samples.
final class SampleSink: Sink {
    let bench: Bench
    let name: String
    let failsAt: Int?

    init(bench: Bench, name: String, failsAt: Int? = nil) {
        self.bench = bench
        self.name = name
        self.failsAt = failsAt
    }

    func consume(_ input: AudioBatch) throws(SpikelineError) {
        if let failsAt, input.samples.contains(where: { $0 >= failsAt }) { throw SpikelineError("the sink is full") }
        bench.note { $0.samples[name, default: []] += input.samples }
    }

    func finish() throws(SpikelineError) { bench.note { $0.finished.append(name) } }
}

/// Keeps records.
final class RecordSink: Sink {
    let bench: Bench
    let name: String

    init(bench: Bench, name: String) {
        self.bench = bench
        self.name = name
    }

    func consume(_ input: RecordBatch) throws(SpikelineError) {
        bench.note { $0.records[name, default: []] += input.records }
    }

    func finish() throws(SpikelineError) { bench.note { $0.finished.append(name) } }
}
