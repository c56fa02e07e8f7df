import SpikeSignals

@testable import SpikeSensors

/// Gives a decoder the bytes behind a header bit by bit, as a slow pipe would.
///
/// ```
/// bytes      ├──────────┬─────────────────┬───────────────────────┤
///            used        piece             not there yet
/// ```
/// Each piece lies in memory of its own, behind which stands what the file does not hold there: a decoder that looks
/// beyond its piece gives other events, and under the address sanitizer it is caught at once. One batch in four is
/// filled up after its first events, so that few bytes are enough to meet a full batch. Loops that use wide vectors give
/// way to their plain twins in every other input.
enum PieceReading {
    /// What the decoder makes of `bytes`.
    static func outcome(
        _ bytes: [UInt8], _ format: EventFileFormat?, _ batch: EventBatch, _ dice: inout Dice
    ) -> Outcome {
        var outcome = Outcome()
        do throws(SpikelineError) {
            let input = EventInput(bytes: bytes, name: "input")
            var options = EventFileReader.Options()
            options.format = format
            options.isWide = dice.roll(2) == 0
            let opening: EventFileOpening
            if let format {
                opening = try EventFileOpening(input, format, options)
            } else {
                opening = try EventFileOpening(input, EventFileFormat.detect(input), options)
            }
            let log = EventLog()
            decode(input.window, opening.decoder, opening.size, batch, log, &outcome, &dice)
            outcome.finish(log)
            // The reader counts these, not the decoder.
            outcome.tally[.timeStepsBack] = outcome.stepsBack
            outcome.tally[.outsideSensor] = outcome.outside
        } catch {
            outcome.refusal = "\(error)"
        }
        return outcome
    }

    private static func decode(
        _ bytes: EventBytes, _ decoder: any EventDecoder, _ size: SensorSize?, _ batch: EventBatch, _ log: EventLog,
        _ outcome: inout Outcome, _ dice: inout Dice
    ) {
        let longest = max(2, bytes.count / 6)
        var start = 0
        var end = min(bytes.count, 1 + dice.roll(longest))
        var padding = 0..<0
        batch.removeAll()
        while true {
            let piece = Piece(of: bytes, from: start, to: end)
            let step = decoder.decode(piece.bytes, into: batch, log: log)
            guard step.used >= 0, step.used <= end - start else { fatalError("a piece had \(step.used) bytes") }
            start += step.used
            if step.isBatchDone, batch.count > 0 {
                outcome.take(batch, padding: padding, size: size)
                batch.removeAll()
                padding = 0..<0
                continue
            }
            if end == bytes.count, step.used == 0 || start == end { break }
            if step.used == 0 || start == end { end = min(bytes.count, end + 1 + dice.roll(longest)) }
            if batch.count > 0, padding.isEmpty, dice.roll(4) == 0 {
                let room = dice.roll(80)
                guard EventBatch.capacity - room > batch.count else { continue }
                padding = batch.count..<(EventBatch.capacity - room)
                batch.count = padding.upperBound
            }
        }
        if batch.count > 0 { outcome.take(batch, padding: padding, size: size) }
        guard start == bytes.count else { fatalError("\(bytes.count - start) bytes at the end are left over") }
    }
}

/// Some bytes of an input, in memory of their own.
@safe private final class Piece {
    let bytes: EventBytes

    #if ADDRESS_SANITIZER
    private static let slack = 0
    #else
    private static let slack = 64
    #endif

    init(of whole: EventBytes, from start: Int, to end: Int) {
        let count = end - start
        let copy = UnsafeMutableRawPointer.allocate(byteCount: count + Piece.slack, alignment: 1)
        unsafe copy.copyMemory(from: whole.base + start, byteCount: count)
        for place in 0..<Piece.slack {
            let next = end + place < whole.count ? whole.byte(end + place) : 0
            unsafe copy.storeBytes(of: ~next, toByteOffset: count + place, as: UInt8.self)
        }
        unsafe bytes = EventBytes(
            base: copy, count: count, offset: whole.offset + Int64(start), isLast: end == whole.count)
    }

    deinit { unsafe bytes.base.deallocate() }
}
