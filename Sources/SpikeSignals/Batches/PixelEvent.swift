/// One pixel of an event camera saw its brightness change: 8 bytes.
///
/// ```
///  63                32 31 30          16 15           0
/// ┌────────────────────┬──┬──────────────┬──────────────┐
/// │ offset, µs, signed │on│      y       │      x       │
/// └────────────────────┴──┴──────────────┴──────────────┘
/// ```
/// The origin is the top left corner, x grows to the right and y downwards; `on` means brighter. The time is relative
/// to ``EventBatch/timeBase``, which spans 35 minutes either way, so that an event is one word and one store.
@frozen public struct PixelEvent: BitwiseCopyable, Hashable, Sendable {
    /// All fields, as in the drawing.
    public var bits: UInt64

    /// An event from its word.
    @inlinable public init(bits: UInt64) { self.bits = bits }

    /// An event at `offset` microseconds after the time base of its batch; `y` is below 2^15.
    @inlinable public init(offset: Int32, x: UInt16, y: UInt16, isOn: Bool) {
        bits = UInt64(UInt32(bitPattern: offset)) << 32 | (isOn ? 1 << 31 : 0) | UInt64(y & 0x7FFF) << 16 | UInt64(x)
    }

    /// The column, from 0 at the left.
    @inlinable public var x: UInt16 { UInt16(truncatingIfNeeded: bits) }
    /// The row, from 0 at the top.
    @inlinable public var y: UInt16 { UInt16(truncatingIfNeeded: bits >> 16) & 0x7FFF }
    /// Whether the pixel became brighter.
    @inlinable public var isOn: Bool { bits & 1 << 31 != 0 }
    /// Microseconds since the time base of the batch.
    @inlinable public var offset: Int32 { Int32(truncatingIfNeeded: Int64(bitPattern: bits) >> 32) }
}
