import SpikeSignals

/// How a format with records of one length keeps time, place and polarity.
protocol RecordLayout {
    /// The length of a record.
    static var recordBytes: Int { get }
    /// What a record is called in messages.
    static var recordName: String { get }
    /// Takes a record apart: the counter of microseconds, polarity, row and column as in the lower half of a
    /// ``PixelEvent``, and 1 if it is an event at all, else 0.
    func split(_ bytes: EventBytes, at index: Int) -> (time: UInt32, pixel: UInt64, isEvent: Int)
    /// Decodes `count` records at `index` with a wide loop that does what ``RecordRun`` does in a block.
    ///
    /// - Returns: 0 if it could, another number if time does not step on as assumed, nil if there is no such loop.
    func decodeWide(
        _ bytes: EventBytes, at index: Int, count: Int, base: UInt32, before: UInt32,
        into out: UnsafeMutablePointer<UInt64>
    ) -> UInt32?
    /// Counts a record that is no event.
    func note(_ bytes: EventBytes, at index: Int, log: EventLog)
}

extension RecordLayout {
    func decodeWide(
        _ bytes: EventBytes, at index: Int, count: Int, base: UInt32, before: UInt32,
        into out: UnsafeMutablePointer<UInt64>
    ) -> UInt32? { nil }
}

/// Decodes records of one length with a counter of 32 bits of microseconds (71.6 minutes).
///
/// A block is decoded without a branch under the assumption that time steps on by less than 18 minutes and back by less
/// than 65 ms, and that the counter's highest bit stays: it cannot begin anew then, nor step back over its beginning.
/// If that was not so, the block is decoded again step by step with a ``TimeUnwrapper``, whose results are the same
/// wherever both apply. A decoder holds a run for its layout, so that the compiler knows the layout in the loop.
struct RecordRun<Layout: RecordLayout> {
    private let layout: Layout
    private let isWide: Bool
    private var unwrapper = TimeUnwrapper(bits: 32)
    /// The time of the last record, unwrapped, and as the counter had it.
    private var last: Int64 = 0
    private var hasBegun = false

    init(_ layout: Layout, isWide: Bool = WideLoops.areThere) {
        self.layout = layout
        self.isWide = isWide
    }

    mutating func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let records = bytes.count / Layout.recordBytes
        var done = 0
        while done < records, !batch.isFull {
            if !hasBegun {
                last = Int64(layout.split(bytes, at: 0).time)
                unwrapper.start(at: last)
                hasBegun = true
            }
            if batch.count == 0 { batch.timeBase = nextTime(bytes, at: done * Layout.recordBytes) }
            let block = min(records - done, EventBatch.capacity - batch.count, 2_048)
            if !quick(bytes, from: done, count: block, batch, log) {
                let used = careful(bytes, from: done, count: block, batch, log)
                done += used
                if used < block { return DecodeStep(used: done * Layout.recordBytes, isBatchDone: true) }
            } else {
                done += block
            }
        }
        let used = done * Layout.recordBytes
        if batch.isFull { return DecodeStep(used: used, isBatchDone: true) }
        guard bytes.isLast, used < bytes.count else { return DecodeStep(used: used) }
        log.noteCut(Layout.recordName, at: bytes.offset + Int64(used), bytes: bytes.count - used)
        return DecodeStep(used: bytes.count)
    }

    /// The unwrapped time of the record at byte `index`, which is not used up.
    private func nextTime(_ bytes: EventBytes, at index: Int) -> Int64 {
        var next = unwrapper
        return next.time(Int64(layout.split(bytes, at: index).time)).time
    }

    /// Decodes a block; false if time does not step on as assumed, and then nothing has happened.
    private mutating func quick(
        _ bytes: EventBytes, from start: Int, count: Int, _ batch: EventBatch, _ log: EventLog
    ) -> Bool {
        let base = UInt32(truncatingIfNeeded: batch.timeBase)
        var before = UInt32(truncatingIfNeeded: last)
        var time = before
        var strange: UInt32 = 0
        var made = batch.count
        let out = unsafe batch.words
        let first = start * Layout.recordBytes
        let end = first + count * Layout.recordBytes
        if isWide,
            let result = unsafe layout.decodeWide(
                bytes, at: first, count: count, base: base, before: before, into: out + made)
        {
            guard result == 0 else { return false }
            settle(at: batch.timeBase &+ Int64(batchOffset(bytes, end - Layout.recordBytes, base)))
            batch.count = made + count
            return true
        }
        var index = first
        while index < end {
            let record = layout.split(bytes, at: index)
            time = record.time
            let offset = time &- base
            strange |= (time &- before &+ 1 << 16) & 0xC000_0000 | ((offset &+ 1 << 30) | (time ^ before)) & 1 << 31
            unsafe out[made] = UInt64(offset) << 32 | record.pixel
            made &+= record.isEvent
            before = time
            index &+= Layout.recordBytes
        }
        guard strange == 0 else { return false }
        settle(at: batch.timeBase &+ Int64(Int32(bitPattern: time &- base)))
        noteOthers(bytes, from: first, to: end, isNeeded: made - batch.count < count, log)
        batch.count = made
        return true
    }

    /// Decodes a block record by record.
    ///
    /// - Returns: how many records were used; fewer than `count` if the batch must be handed on first.
    private mutating func careful(
        _ bytes: EventBytes, from start: Int, count: Int, _ batch: EventBatch, _ log: EventLog
    ) -> Int {
        for step in 0..<count {
            let index = (start + step) * Layout.recordBytes
            let record = layout.split(bytes, at: index)
            var next = unwrapper
            let (time, didWrap) = next.time(Int64(record.time))
            guard let offset = Int32(exactly: time &- batch.timeBase) else { return step }
            unwrapper = next
            last = time
            if didWrap { log.tally[.timeWraps] += 1 }
            if record.isEvent == 1 {
                unsafe batch.words[batch.count] = UInt64(UInt32(bitPattern: offset)) << 32 | record.pixel
                batch.count += 1
            } else {
                layout.note(bytes, at: index, log: log)
            }
        }
        return count
    }

    /// The time of the record at `index` relative to the time base.
    private func batchOffset(_ bytes: EventBytes, _ index: Int, _ base: UInt32) -> Int32 {
        Int32(bitPattern: layout.split(bytes, at: index).time &- base)
    }

    private mutating func settle(at time: Int64) {
        last = time
        unwrapper.settle(at: time)
    }

    private func noteOthers(_ bytes: EventBytes, from first: Int, to end: Int, isNeeded: Bool, _ log: EventLog) {
        guard isNeeded else { return }
        for index in stride(from: first, to: end, by: Layout.recordBytes)
        where layout.split(bytes, at: index).isEvent == 0 {
            layout.note(bytes, at: index, log: log)
        }
    }
}
