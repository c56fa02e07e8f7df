import SpikeSignals

/// Counts of events on each pixel.
public struct EventPixelCounts: Sendable {
    /// Columns.
    public private(set) var width: Int
    /// Rows.
    public private(set) var height: Int
    /// Off events, row after row.
    public private(set) var off: [UInt32]
    /// On events, row after row.
    public private(set) var on: [UInt32]

    /// The largest sensor that is counted on: 16.8 M pixels.
    public static let mostPixels = 1 << 24

    private let isFixed: Bool

    /// Counts for a sensor of `size`, or one that grows with the events, if its size is not known.
    init(size: SensorSize?) {
        let size = size.flatMap { $0.width * $0.height <= EventPixelCounts.mostPixels ? $0 : nil }
        isFixed = size != nil
        width = size?.width ?? 0
        height = size?.height ?? 0
        off = [UInt32](repeating: 0, count: width * height)
        on = off
    }

    /// Counts the events of `batch`; those outside are left out.
    mutating func add(_ batch: EventBatch) {
        if !isFixed { grow(for: batch) }
        let (columns, rows) = (width, height)
        guard columns > 0 else { return }
        unsafe off.withUnsafeMutableBufferPointer { off in
            unsafe on.withUnsafeMutableBufferPointer { on in
                for event in batch {
                    let (x, y) = (Int(event.x), Int(event.y))
                    guard x < columns, y < rows else { continue }
                    if event.isOn { unsafe on[y * columns + x] &+= 1 } else { unsafe off[y * columns + x] &+= 1 }
                }
            }
        }
    }

    private mutating func grow(for batch: EventBatch) {
        var (right, bottom) = (width, height)
        for event in batch {
            right = max(right, Int(event.x) + 1)
            bottom = max(bottom, Int(event.y) + 1)
        }
        guard right > width || bottom > height else { return }
        // In large steps, so that few copies are made.
        (right, bottom) = ((right + 63) & ~63, (bottom + 63) & ~63)
        guard right * bottom <= EventPixelCounts.mostPixels else { return }
        off = moved(off, right, bottom)
        on = moved(on, right, bottom)
        (width, height) = (right, bottom)
    }

    private func moved(_ counts: [UInt32], _ right: Int, _ bottom: Int) -> [UInt32] {
        var larger = [UInt32](repeating: 0, count: right * bottom)
        for y in 0..<height {
            for x in 0..<width { larger[y * right + x] = counts[y * width + x] }
        }
        return larger
    }

    /// A pixel with its number of events.
    public struct Pixel: Hashable, Sendable {
        /// The column.
        public var x: Int
        /// The row.
        public var y: Int
        /// Its events.
        public var events: Int
    }

    /// The pixels that fire on their own, the busiest first: more than 100 events, and more than five times those of the
    /// pixel that 99 % of the active ones do not exceed.
    public var hotPixels: [Pixel] {
        let totals = zip(off, on).map { Int($0) + Int($1) }
        let active = totals.filter { $0 > 0 }.sorted()
        guard !active.isEmpty else { return [] }
        let limit = max(100, 5 * active[(active.count - 1) * 99 / 100])
        let hot = totals.indices.filter { totals[$0] > limit }
        return hot.map { Pixel(x: $0 % width, y: $0 / width, events: totals[$0]) }.sorted { $0.events > $1.events }
    }
}
