import SpikeSignals

@testable import SpikeSensors

/// Writes datagrams as the protocols say; written from their descriptions, apart from the readers.
enum DatagramBytes {
    static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> T(8 * $0)) }
    }

    static func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] { little(value).reversed() }

    static func spif(_ event: SeenEvent, hasTime: Bool = true) -> [UInt8] {
        let word =
            (hasTime ? 0 : 1 << 31) | UInt32(event.x) << 16 | (event.isOn ? 1 << 15 : 0) | UInt32(event.y)
        return little(word) + (hasTime ? little(UInt32(truncatingIfNeeded: event.time)) : [])
    }

    static func t64(_ event: SeenEvent) -> [UInt8] {
        little(UInt64(bitPattern: event.time)) + little(UInt16(event.x)) + little(UInt16(event.y)) + [
            event.isOn ? 1 : 0
        ]
    }

    static func t32(_ event: SeenEvent) -> [UInt8] {
        little(UInt32(truncatingIfNeeded: event.time)) + little(UInt16(event.x))
            + little(UInt16(event.y) << 1 | (event.isOn ? 1 : 0))
    }

    /// A DVS128's address: jAER counts columns from the right and rows from the bottom, and 0 is brighter.
    static func dvs128(_ event: SeenEvent) -> UInt32 {
        UInt32(127 - event.y) << 8 | UInt32(127 - event.x) << 1 | (event.isOn ? 0 : 1)
    }

    /// A DAVIS 346's address.
    static func davis346(_ event: SeenEvent) -> UInt32 {
        UInt32(259 - event.y) << 22 | UInt32(345 - event.x) << 12 | (event.isOn ? 1 << 11 : 0)
    }

    /// A datagram of jAER.
    static func jaer(_ events: [SeenEvent], number: UInt32, _ settings: JAERLayout.Settings) -> [UInt8] {
        func order<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
            settings.isLowestByteFirst ? little(value) : big(value)
        }
        var bytes = settings.hasNumbers ? order(number) : []
        for event in events {
            let long = settings.chip == .dvs128 ? dvs128(event) : davis346(event)
            let address = settings.addressBytes == 4 ? order(long) : order(UInt16(long))
            let time = settings.hasTimes ? order(UInt32(truncatingIfNeeded: event.time)) : []
            bytes += settings.isTimeFirst ? time + address : address + time
        }
        return bytes
    }
}

extension DatagramDecoding {
    /// Decodes one datagram into `batch`, taking every time.
    func decodeAll(_ bytes: [UInt8], into batch: EventBatch, times: DatagramTimes? = nil) -> DatagramStep {
        let times =
            times
            ?? DatagramTimes(arrival: 77, accepted: -(1 << 60)...(1 << 60), lateBefore: -(1 << 60))
        return bytes.withPiece { piece in
            begin(piece)
            return decode(piece, into: batch, times: times)
        }
    }
}

extension [UInt8] {
    /// Runs `body` with these bytes as a decoder gets them.
    func withPiece<Result>(_ body: (EventBytes) -> Result) -> Result {
        // One byte more, so that there is a place also for no bytes.
        let place = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1)
        defer { unsafe place.deallocate() }
        for (index, byte) in enumerated() { unsafe place[index] = byte }
        return unsafe body(EventBytes(base: UnsafeRawPointer(place), count: count, offset: 0, isLast: true))
    }
}
