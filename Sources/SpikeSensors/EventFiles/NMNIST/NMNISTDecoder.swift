import SpikeSignals

/// Decodes the `.bin` files of N-MNIST and N-Caltech101 (G. Orchard et al., "Converting static image datasets to
/// spiking neuromorphic datasets using saccades", 2015): records of 5 bytes, highest byte first.
///
/// ```
/// column(8) row(8) on(1) time(23, µs)
/// ```
/// A record with row 240 is no event: the time counter ran over, and 2^13 µs are added to all that follow.
final class NMNISTDecoder: EventDecoder {
    let minimumBytes = NMNISTDecoder.recordBytes

    static let recordBytes = 5
    private static let overflowRow: UInt64 = 240

    private var overflow: Int64 = 0

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let end = bytes.count / NMNISTDecoder.recordBytes * NMNISTDecoder.recordBytes
        let out = unsafe batch.words
        var index = 0
        var count = batch.count
        while index < end, count < EventBatch.capacity {
            let head = UInt64(bytes.bigNumber(index, as: UInt32.self))
            let row = head >> 16 & 0xFF
            let time = Int64(head & 0x7FFF) << 8 | Int64(bytes.byte(index &+ 4))
            if row == NMNISTDecoder.overflowRow {
                overflow &+= 1 << 13
                log.tally[.timeWraps] += 1
            } else {
                if count == 0 { batch.timeBase = overflow }
                let offset = overflow &+ time &- batch.timeBase
                guard offset <= Int64(Int32.max) else { break }
                unsafe out[count] =
                    UInt64(truncatingIfNeeded: offset) << 32 | (head >> 15 & 1) << 31 | row << 16 | head >> 24
                count &+= 1
            }
            index &+= NMNISTDecoder.recordBytes
        }
        batch.count = count
        if index < end { return DecodeStep(used: index, isBatchDone: true) }
        guard bytes.isLast, index < bytes.count else { return DecodeStep(used: index, isBatchDone: batch.isFull) }
        log.noteCut("an event", at: bytes.offset + Int64(index), bytes: bytes.count - index)
        return DecodeStep(used: bytes.count)
    }
}
