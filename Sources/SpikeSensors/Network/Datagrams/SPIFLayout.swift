/// Words of 32 bits, lowest byte first, as SpiNNaker's SPIF board takes them and AEStream sends them (AEStream,
/// `src/output/dvs_to_udp.cpp`).
///
/// ```
///  31           30        16 15 14         0
/// ┌────────────┬────────────┬──┬────────────┐   ┌──────────────────────┐
/// │ no time: 1 │     x      │on│     y      │   │ time, µs, if bit 31  │
/// └────────────┴────────────┴──┴────────────┘   │ of the event is 0    │
///                                               └──────────────────────┘
/// ```
struct SPIFLayout: DatagramLayout {
    let counterBits: Int64? = 32

    @inline(__always)
    func event(_ bytes: EventBytes, at index: Int) -> DatagramEvent? {
        guard bytes.count - index >= 4 else { return nil }
        let word = bytes.number(index, as: UInt32.self)
        var event = DatagramEvent(
            bytes: 4, time: nil, x: Int(word >> 16 & 0x7FFF), y: Int(word & 0x7FFF), isOn: word >> 15 & 1 == 1)
        if word >> 31 == 0 {
            guard bytes.count - index >= 8 else { return nil }
            event.bytes = 8
            event.time = UInt64(bytes.number(index + 4, as: UInt32.self))
        }
        return event
    }
}
