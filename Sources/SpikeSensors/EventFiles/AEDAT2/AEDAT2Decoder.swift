import SpikeSignals

/// Decodes a DVS128's events in AEDAT 2.0.
final class DVS128Decoder: EventDecoder {
    let minimumBytes = DVS128Layout.recordBytes
    private var run: RecordRun<DVS128Layout>

    init() { run = RecordRun(DVS128Layout()) }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        run.decode(bytes, into: batch, log: log)
    }
}

/// Decodes a DAVIS's events in AEDAT 2.0.
final class DAVISDecoder: EventDecoder {
    let minimumBytes = DAVISLayout.recordBytes
    private var run: RecordRun<DAVISLayout>

    init(_ size: SensorSize) { run = RecordRun(DAVISLayout(size)) }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        run.decode(bytes, into: batch, log: log)
    }
}

/// A DVS128 in AEDAT 2.0: address and time of 32 bits each, highest byte first.
///
/// ```
/// address   ...(16) external(1) row(7) column(7) off(1)
/// ```
/// jAER's column runs from right to left and its row from the bottom up, and a set last bit is a darker pixel
/// (jAER, `chip/retina/DVS128.java`); both axes are turned here.
struct DVS128Layout: RecordLayout {
    static let recordBytes = 8
    static let recordName = "an event"

    @inline(__always)
    func split(_ bytes: EventBytes, at index: Int) -> (time: UInt32, pixel: UInt64, isEvent: Int) {
        let word = bytes.bigNumber(index, as: UInt64.self)
        let (pixel, isEvent) = DVS128Layout.place(word >> 32)
        return (UInt32(truncatingIfNeeded: word), pixel, isEvent)
    }

    /// Takes an address apart.
    @inline(__always)
    static func place(_ address: UInt64) -> (pixel: UInt64, isEvent: Int) {
        let pixel = (~address & 1) << 31 | (127 &- (address >> 8 & 0x7F)) << 16 | (127 &- (address >> 1 & 0x7F))
        return (pixel, Int(truncatingIfNeeded: ~address >> 15 & 1))
    }

    func note(_ bytes: EventBytes, at index: Int, log: EventLog) { log.tally[.triggers] += 1 }
}

/// A DAVIS in AEDAT 2.0: address and time of 32 bits each, highest byte first.
///
/// ```
/// address   0 row(9) column(10) on(1) external(1) ...(10)        an event, or an edge on the external input
///           1 row(9) column(10) kind(2) sample(10)               a pixel of a frame; kind 3: a motion sample
/// ```
/// jAER's column runs from right to left and its row from the bottom up (`DavisBaseCamera.java`); both axes are turned
/// here. An address outside the chip stays outside: its distance from the far edge is kept modulo 2^15.
struct DAVISLayout: RecordLayout {
    static let recordBytes = 8
    static let recordName = "an event"

    private let right: UInt64
    private let bottom: UInt64

    init(_ size: SensorSize) {
        right = UInt64(size.width - 1)
        bottom = UInt64(size.height - 1)
    }

    @inline(__always)
    func split(_ bytes: EventBytes, at index: Int) -> (time: UInt32, pixel: UInt64, isEvent: Int) {
        let word = bytes.bigNumber(index, as: UInt64.self)
        let (pixel, isEvent) = place(word >> 32)
        return (UInt32(truncatingIfNeeded: word), pixel, isEvent)
    }

    /// Takes an address apart.
    @inline(__always)
    func place(_ address: UInt64) -> (pixel: UInt64, isEvent: Int) {
        let row = (bottom &- (address >> 22 & 0x1FF)) & 0x7FFF
        let column = (right &- (address >> 12 & 0x3FF)) & 0x7FFF
        let pixel = (address >> 11 & 1) << 31 | row << 16 | column
        return (pixel, Int(truncatingIfNeeded: ~(address >> 31 | address >> 10) & 1))
    }

    func note(_ bytes: EventBytes, at index: Int, log: EventLog) {
        let address = bytes.bigNumber(index, as: UInt32.self)
        if address >> 31 == 0 {
            log.tally[.triggers] += 1
        } else if address >> 10 & 3 == 3 {
            log.tally[.imuSamples] += 1
        } else {
            log.tally[.frameSamples] += 1
        }
    }
}
