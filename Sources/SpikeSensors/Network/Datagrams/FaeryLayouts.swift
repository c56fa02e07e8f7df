/// Faery's longer record: `time(64) x(16) y(16) on(8)`, 13 bytes, lowest byte first (faery, `udp_encoder.py`).
struct FaeryLongLayout: DatagramLayout {
    let counterBits: Int64? = nil

    @inline(__always)
    func event(_ bytes: EventBytes, at index: Int) -> DatagramEvent? {
        guard bytes.count - index >= 13 else { return nil }
        return DatagramEvent(
            bytes: 13, time: bytes.number(index), x: Int(bytes.number(index + 8, as: UInt16.self)),
            y: Int(bytes.number(index + 10, as: UInt16.self)), isOn: bytes.byte(index + 12) != 0)
    }
}

/// Faery's shorter record: `time(32) x(16) y(15) on(1)`, 8 bytes, lowest byte first, `on` in the lowest bit.
struct FaeryShortLayout: DatagramLayout {
    let counterBits: Int64? = 32

    @inline(__always)
    func event(_ bytes: EventBytes, at index: Int) -> DatagramEvent? {
        guard bytes.count - index >= 8 else { return nil }
        let row = bytes.number(index + 6, as: UInt16.self)
        return DatagramEvent(
            bytes: 8, time: UInt64(bytes.number(index, as: UInt32.self)),
            x: Int(bytes.number(index + 4, as: UInt16.self)), y: Int(row >> 1), isOn: row & 1 == 1)
    }
}
