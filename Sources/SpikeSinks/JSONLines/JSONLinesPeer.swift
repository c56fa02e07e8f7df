import SpikeSignals

/// A file as the taker of records, one a line; a record is delivered when it is on the disk.
final class JSONLinesPeer: Peer {
    let window = 500
    private let file: RotatingFile

    /// Writes to `file`, which has been opened.
    init(_ file: RotatingFile) { self.file = file }

    func deliver(_ records: [OutgoingRecord], until deadline: Deadline) -> Delivery {
        do throws(SpikelineError) {
            try file.write(Array(records.map { $0.json + "\n" }.joined().utf8))
            try file.sync()
            return Delivery(delivered: records.map(\.key))
        } catch {
            try? file.close()
            return Delivery(failure: DeliveryFailure(error: error))
        }
    }

    func close(until deadline: Deadline) { try? file.close() }
}
