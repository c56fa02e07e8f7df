import CEventKernels
import SpikeSignals

/// Decodes the events of a DAT file of version 2.
final class DAT2Decoder: EventDecoder {
    let minimumBytes = DATLayout2.recordBytes
    private var run: RecordRun<DATLayout2>

    init(isWide: Bool = WideLoops.areThere) { run = RecordRun(DATLayout2(), isWide: isWide) }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        run.decode(bytes, into: batch, log: log)
    }
}

/// Decodes the events of a DAT file of version 1.
final class DAT1Decoder: EventDecoder {
    let minimumBytes = DATLayout1.recordBytes
    private var run: RecordRun<DATLayout1>

    init() { run = RecordRun(DATLayout1()) }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        run.decode(bytes, into: batch, log: log)
    }
}

/// Version 2: `time(32)`, then `...(3) on(1) row(14) column(14)`, both lowest byte first.
struct DATLayout2: RecordLayout {
    static let recordBytes = 8
    static let recordName = "an event"

    @inline(__always)
    func split(_ bytes: EventBytes, at index: Int) -> (time: UInt32, pixel: UInt64, isEvent: Int) {
        let word = bytes.number(index, as: UInt64.self)
        let pixel = (word >> 60 & 1) << 31 | (word >> 46 & 0x3FFF) << 16 | word >> 32 & 0x3FFF
        return (UInt32(truncatingIfNeeded: word), pixel, 1)
    }

    func decodeWide(
        _ bytes: EventBytes, at index: Int, count: Int, base: UInt32, before: UInt32,
        into out: UnsafeMutablePointer<UInt64>
    ) -> UInt32? {
        unsafe ek_dat2((bytes.base + index).assumingMemoryBound(to: UInt8.self), count, base, before, out)
    }

    func note(_ bytes: EventBytes, at index: Int, log: EventLog) {}
}

/// Version 1: `time(32)`, then `...(14) on(1) row(8) column(9)`, both lowest byte first.
struct DATLayout1: RecordLayout {
    static let recordBytes = 8
    static let recordName = "an event"

    @inline(__always)
    func split(_ bytes: EventBytes, at index: Int) -> (time: UInt32, pixel: UInt64, isEvent: Int) {
        let word = bytes.number(index, as: UInt64.self)
        let pixel = (word >> 49 & 1) << 31 | (word >> 41 & 0xFF) << 16 | word >> 32 & 0x1FF
        return (UInt32(truncatingIfNeeded: word), pixel, 1)
    }

    func note(_ bytes: EventBytes, at index: Int, log: EventLog) {}
}
