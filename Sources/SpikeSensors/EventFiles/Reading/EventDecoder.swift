import SpikeSignals

/// How far a decoder came.
struct DecodeStep {
    /// Bytes used, from the start of the piece.
    var used: Int
    /// Whether the batch must be handed on before more can be decoded.
    var isBatchDone = false
}

/// Turns the bytes of one format into events, a piece at a time.
///
/// A decoder keeps its state between pieces, so that cutting a stream into other pieces gives the same events. It meets
/// any bytes whatever without a trap, notes what is damaged or unknown in the log, and goes on where it can.
protocol EventDecoder: AnyObject {
    /// With so many bytes at hand the decoder gets on, as far as it knows; with fewer it may have to wait for more.
    var minimumBytes: Int { get }
    /// With so many bytes at hand the decoder works best.
    var wishedBytes: Int { get }
    /// Whether there may be events that need no more bytes, though all that were given have been used.
    var holdsEvents: Bool { get }

    /// Appends events of `bytes` to `batch` until the bytes are used up, what is left is an incomplete item, or the
    /// batch is done.
    ///
    /// If `bytes.isLast`, everything is used: an incomplete rest is noted as damage. Sets `batch.timeBase` while the
    /// batch is empty.
    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep
}

extension EventDecoder {
    var wishedBytes: Int { 1 }
    var holdsEvents: Bool { false }
}
