import SpikeSignals

/// Records in messages: each is one, as its line of JSON in UTF-8.
final class RecordCoding: LiveCoding {
    init(gather: Int64) {}

    func take(_ batch: RecordBatch, _ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {
        for record in batch.records { try send(Array(record.json.utf8)) }
    }

    func finish(_ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {}

    static func read(_ body: [UInt8], into batch: RecordBatch) throws(SpikelineError) {
        let record = try ReceivedRecord(body)
        batch.records.append(.received(record))
        batch.upTo = max(batch.upTo, record.at)
    }
}
