import SpikeSignals

@testable import SpikeSinks

/// Records to be delivered.
enum SampleRecords {
    /// The record of a word.
    static func keyword(_ sequence: Int, word: String = "yes") -> Record {
        .keyword(
            KeywordRecord(
                word: word, score: 0.93, at: time(1_240), from: time(700), to: time(1_150), levelDecibels: nil,
                pipeline: "p", stage: "words", sequence: sequence))
    }

    /// The record of a gesture.
    static func gesture(_ state: GestureRecord.State, _ gesture: String = "wave") -> Record {
        .gesture(
            GestureRecord(
                gesture: gesture, state: state, score: 0.8, at: time(2_000), from: time(1_000),
                to: state == .end ? time(1_900) : nil, events: 12, pipeline: "p", stage: "gestures", sequence: 1))
    }

    /// A batch of words with these numbers.
    static func batch(_ sequences: some Sequence<Int>) -> RecordBatch { batch(sequences.map { keyword($0) }) }

    /// A batch of these records.
    static func batch(_ records: [Record]) -> RecordBatch {
        let batch = RecordBatch()
        batch.records = records
        return batch
    }

    /// Records with ids, as a run would queue them.
    static func outgoing(_ count: Int) -> [OutgoingRecord] {
        var stamp = RecordStamp()
        return (0..<count).map { stamp.stamp(keyword($0 + 1).jsonValue) }
    }

    private static func time(_ milliseconds: Int64) -> StreamTime { StreamTime(nanoseconds: milliseconds * 1_000_000) }
}

/// The message and cause of what `body` throws; "no error" if it throws nothing.
func complaint(_ body: () throws -> Void) -> (text: String, cause: SpikelineError.Cause?) {
    do {
        try body()
        return ("no error", nil)
    } catch let error as SpikelineError {
        return (error.description, error.cause)
    } catch { return ("\(error)", nil) }
}
