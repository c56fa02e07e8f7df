import SpikeSignals

/// Decodes the events of a dvs Event Stream:
///
/// ```
/// event      µs since the last(7) on(1) | column(16) | row(16), lowest byte first        µs below 127
/// overflow   1111 1111     127 µs more
/// reset      1111 1110     nothing
/// ```
/// The rows of the file count from the bottom; they are delivered as the file has them or turned, as the reader's
/// options say.
final class EventStreamDecoder: EventDecoder {
    let minimumBytes = 5

    private let top: UInt64?
    private var time: Int64 = 0

    /// A decoder that turns rows about a sensor of `flippedHeight` rows, or not at all.
    init(flippedHeight: Int?) { top = flippedHeight.map { UInt64($0 - 1) } }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        // Turned rows are top - row, others 0 + row: one subtraction or addition without a branch.
        let turn = top ?? 0
        let sign: UInt64 = top == nil ? 1 : .max
        let out = unsafe batch.words
        var index = 0
        var count = batch.count
        if count == 0 { batch.timeBase = time }
        var offset = time &- batch.timeBase
        let end = bytes.count
        while index < end, count < EventBatch.capacity {
            let first = Int64(bytes.byte(index))
            if first >= 0xFE {
                offset &+= first == 0xFF ? 127 : 0
                index &+= 1
                continue
            }
            guard end &- index >= 5 else { break }
            var next = offset &+ first >> 1
            if next > Int64(Int32.max) {
                // After a pause of more than 35 minutes a batch begins anew.
                guard count == 0 else { break }
                batch.timeBase &+= next
                next = 0
            }
            offset = next
            let place = UInt64(bytes.number(index &+ 1, as: UInt32.self))
            let row = (turn &+ sign &* (place >> 16)) & 0x7FFF
            unsafe out[count] =
                UInt64(truncatingIfNeeded: offset) << 32 | UInt64(truncatingIfNeeded: first & 1) << 31 | row << 16
                | place & 0xFFFF
            count &+= 1
            index &+= 5
        }
        time = batch.timeBase &+ offset
        batch.count = count
        if batch.isFull || (end - index >= 5 && count > 0) { return DecodeStep(used: index, isBatchDone: true) }
        guard bytes.isLast, index < end else { return DecodeStep(used: index) }
        log.noteCut("an event", at: bytes.offset + Int64(index), bytes: end - index)
        return DecodeStep(used: end)
    }
}
