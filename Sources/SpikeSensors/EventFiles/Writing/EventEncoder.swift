import SpikeSignals

/// What a format could not keep of what was written to it.
public struct EventWriteLosses: Hashable, Sendable {
    /// Events outside the columns and rows that the format can address; left out.
    public var outsideFormat = 0
    /// Events whose times step back, or on, further than the format's counter can tell; left out.
    public var timeNotKept = 0
    /// What was taken from all times so that the format's counter holds them, in microseconds.
    public var timeShift: Int64 = 0
    /// Whether the format has no place for the size of the sensor.
    public var losesSize = false

    /// What is lost, a sentence for each kind; empty if nothing is.
    public var sentences: [String] {
        var list: [String] = []
        if outsideFormat > 0 {
            list.append("\(outsideFormat.grouped) events lie outside what the format can address and are left out")
        }
        if timeNotKept > 0 {
            list.append(
                "\(timeNotKept.grouped) events step back or on in time further than the format can tell and are left out"
            )
        }
        if timeShift != 0 {
            list.append("all times are \(timeShift.grouped) µs less, since the format's counter does not reach further")
        }
        if losesSize { list.append("the format has no place for the size of the sensor") }
        return list
    }
}

/// Turns events into the bytes of one format; the counterpart of an ``EventDecoder``.
protocol EventEncoder: AnyObject {
    /// What could not be kept so far.
    var losses: EventWriteLosses { get }
    /// Appends the bytes of the events of `batch`; before the first batch also the header.
    func encode(_ batch: EventBatch, into out: inout [UInt8]) throws(SpikelineError)
    /// Appends what stands at the end of a file, and says what is to be replaced near its start.
    func finish(into out: inout [UInt8]) throws(SpikelineError) -> (bytes: [UInt8], offset: Int64)?
}

extension EventEncoder {
    func finish(into out: inout [UInt8]) throws(SpikelineError) -> (bytes: [UInt8], offset: Int64)? { nil }
}

extension [UInt8] {
    /// Appends a number, lowest byte first.
    mutating func append(number value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends a text.
    mutating func append(text: String) { append(contentsOf: text.utf8) }
}
