import SpikeSignals

/// Writes a dvs Event Stream, see ``EventStreamDecoder``; rows are turned, as the file counts them from the bottom.
///
/// A pause costs a byte for every 127 µs, so a start after more than an hour is shifted to zero, and a later pause of more
/// than an hour cannot be told.
final class EventStreamEncoder: EventEncoder {
    private(set) var losses = EventWriteLosses()

    private let size: SensorSize
    private var last: Int64 = 0
    private var hasHeader = false

    private static let longestPause: Int64 = 3_600_000_000

    init(_ size: SensorSize) { self.size = size }

    func encode(_ batch: EventBatch, into out: inout [UInt8]) {
        if !hasHeader {
            hasHeader = true
            let first = batch.first { _ in true }.map { batch.time(of: $0) } ?? 0
            if !(0...EventStreamEncoder.longestPause).contains(first) { losses.timeShift = first }
            out.append(text: "\(EventStreamHeader.magic)")
            out.append(contentsOf: [2, 0, 0, 1])
            out.append(number: UInt16(truncatingIfNeeded: size.width))
            out.append(number: UInt16(truncatingIfNeeded: size.height))
        }
        for event in batch {
            guard Int(event.y) < size.height, Int(event.x) < size.width else {
                losses.outsideFormat += 1
                continue
            }
            let now = batch.time(of: event) &- losses.timeShift
            var pause = now - last
            guard (0...EventStreamEncoder.longestPause).contains(pause) else {
                losses.timeNotKept += 1
                continue
            }
            last = now
            while pause >= 127 {
                out.append(0xFF)
                pause -= 127
            }
            out.append(UInt8(truncatingIfNeeded: pause << 1) | (event.isOn ? 1 : 0))
            out.append(number: event.x)
            out.append(number: UInt16(truncatingIfNeeded: size.height - 1 - Int(event.y)))
        }
    }
}
