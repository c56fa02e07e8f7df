import SpikeSignals

/// Decodes EVT 3.0, see ``EVT3Word``.
///
/// - The time of an event is known from the first TIME_HIGH on; events before it are counted and left out.
/// - A TIME_HIGH that differs from the last sets the lower bits to zero until the next TIME_LOW, as OpenEB does.
/// - The base of vectors moves on by the length of each vector, in any order of 12 and 8.
///
/// Vectors and rare words are taken one by one, everything between them in runs, see ``EVT3Run``.
final class EVT3Decoder: EventDecoder {
    let minimumBytes = 2

    private var run = EVT3Run()
    /// Polarity (bit 31) and column of the next vector.
    private var vector: UInt64 = 0
    private var knowsTime = false
    private let isWide: Bool

    init(isWide: Bool = WideLoops.areThere) { self.isWide = isWide }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let words = bytes.count / 2
        var index = 0
        if !knowsTime {
            index = skipToTime(bytes, words, log)
            guard knowsTime else { return end(bytes, after: words, log) }
        }
        var run = run
        var vector = vector
        var count = batch.count
        if count == 0 { run.rebase(batch) }
        var isDone = false
        // After a block that was not plain, wide loops are left alone for a while.
        var nextWide = isWide ? index : words
        loop: while index < words {
            if index >= nextWide, EventBatch.capacity - count >= 64, count > 0 {
                let room = EventBatch.capacity - count
                let used = run.takeWide(bytes, from: index, to: min(words, index + room & ~31), batch, &count)
                index += used
                nextWide = used == 0 ? index + 64 : index
                if index == words { break }
            }
            // A word of a run makes at most one event, so this many words fit.
            let stop = min(words, index + EventBatch.capacity - count, max(nextWide, index + 32))
            index = run.take(bytes, from: index, to: stop, batch, &count, log)
            if count == EventBatch.capacity { break }
            if index == stop { continue }
            let word = UInt64(bytes.number(2 * index, as: UInt16.self))
            switch word >> 12 {
            case EVT3Word.vectorBase:
                vector = word & 0x7FF | (word & 0x800) << 20
                index += 1
            case EVT3Word.vector12, EVT3Word.vector8:
                isDone = EventBatch.capacity - count < 32
                if isDone { break loop }
                index += unsafe EVT3Decoder.expand(bytes, index, words, run.state, &vector, batch.words, &count)
            case EVT3Word.timeHigh:
                // A run stops at one that the batch cannot follow.
                isDone = true
                break loop
            default:
                note(word, log)
                index += 1
            }
        }
        (self.run, self.vector) = (run, vector)
        batch.count = count
        if isDone || batch.isFull { return DecodeStep(used: 2 * index, isBatchDone: true) }
        return end(bytes, after: index, log)
    }

    /// Appends the events of a vector, or of the usual run of two of 12 columns and one of 8 at once.
    ///
    /// - Returns: the number of words used.
    @inline(__always)
    private static func expand(
        _ bytes: EventBytes, _ index: Int, _ words: Int, _ state: UInt64, _ vector: inout UInt64,
        _ out: UnsafeMutablePointer<UInt64>, _ count: inout Int
    ) -> Int {
        let base = state & ~(1 << 31 | 0xFFFF) | vector
        let first = UInt32(bytes.number(2 * index, as: UInt16.self))
        if index + 2 < words {
            let pair = bytes.number(2 * index + 2, as: UInt32.self)
            // 12, 12, 8: the kinds of the three words in one comparison.
            if first >> 12 == 4, pair & 0xF000_F000 == 0x5000_4000 {
                let mask = first & 0xFFF | (pair & 0xFFF) << 12 | (pair >> 16 & 0xFF) << 24
                unsafe VectorExpansion.scatter(mask, base, into: out, &count)
                vector = moved(vector, by: 32)
                return 3
            }
        }
        let isLong = first >> 12 == 4
        unsafe VectorExpansion.scatter(first & (isLong ? 0xFFF : 0xFF), base, into: out, &count)
        vector = moved(vector, by: isLong ? 12 : 8)
        return 1
    }

    /// The base of the next vector after one of so many columns; a column stays below 2^15 whatever comes.
    @inline(__always)
    private static func moved(_ vector: UInt64, by columns: UInt64) -> UInt64 {
        vector & 1 << 31 | ((vector & 0x7FFF) &+ columns) & 0x7FFF
    }

    /// Passes over everything before the first TIME_HIGH, but for row and base, and takes that.
    private func skipToTime(_ bytes: EventBytes, _ words: Int, _ log: EventLog) -> Int {
        for index in 0..<words {
            let word = UInt64(bytes.number(2 * index, as: UInt16.self))
            switch word >> 12 {
            case EVT3Word.timeHigh:
                run.start(at: Int64(word & 0xFFF) << 12)
                knowsTime = true
                return index + 1
            case EVT3Word.row: run.state = word << 16 & 0x7FF << 16
            case EVT3Word.vectorBase: vector = word & 0x7FF | (word & 0x800) << 20
            case EVT3Word.event: log.tally[.eventsBeforeTimeBase] += 1
            case EVT3Word.vector12:
                log.tally[.eventsBeforeTimeBase] += (word & 0xFFF).nonzeroBitCount
                vector = EVT3Decoder.moved(vector, by: 12)
            case EVT3Word.vector8:
                log.tally[.eventsBeforeTimeBase] += (word & 0xFF).nonzeroBitCount
                vector = EVT3Decoder.moved(vector, by: 8)
            case EVT3Word.timeLow: break
            default: note(word, log)
            }
        }
        return words
    }

    private func note(_ word: UInt64, _ log: EventLog) {
        switch word >> 12 {
        case EVT3Word.trigger: log.tally[.triggers] += 1
        case EVT3Word.others, EVT3Word.continued4, EVT3Word.continued12: break
        default: log.tally[.unknown] += 1
        }
    }

    private func end(_ bytes: EventBytes, after words: Int, _ log: EventLog) -> DecodeStep {
        guard bytes.isLast, bytes.count % 2 == 1 else { return DecodeStep(used: 2 * words) }
        log.noteCut("a word", at: bytes.offset + Int64(bytes.count - 1), bytes: 1)
        return DecodeStep(used: bytes.count)
    }
}
