/// How an address-event protocol puts events into a datagram.
///
/// A layout reads any bytes whatever without a trap; a decoder holds a run for its layout, so that the compiler knows
/// the layout in the loop.
protocol DatagramLayout {
    /// The bits of the counter of microseconds, if it wraps within a lifetime.
    var counterBits: Int64? { get }
    /// What stands in front of the events; nil if `bytes` are shorter.
    func head(_ bytes: EventBytes) -> DatagramHead?
    /// The event at byte `index`; nil if the rest is too short for one.
    func event(_ bytes: EventBytes, at index: Int) -> DatagramEvent?
}

extension DatagramLayout {
    func head(_ bytes: EventBytes) -> DatagramHead? { DatagramHead(bytes: 0, sequence: nil) }
}

/// What stands in front of the events of a datagram.
struct DatagramHead {
    /// How many bytes it takes.
    var bytes: Int
    /// The number of the datagram, where they are numbered.
    var sequence: UInt32?
}

/// One event as it stands in a datagram.
struct DatagramEvent {
    /// How many bytes it takes.
    var bytes: Int
    /// The sensor's counter; nil if the event says no time.
    var time: UInt64?
    /// The column.
    var x: Int
    /// The row.
    var y: Int
    /// Whether the pixel became brighter.
    var isOn: Bool
    /// Whether it is an event of a pixel, and not an edge on a trigger input or the like.
    var isPixel = true
}
