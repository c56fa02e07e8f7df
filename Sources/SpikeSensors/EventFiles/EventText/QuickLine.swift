import CEventKernels
import SpikeSignals

/// An event of a text: its time, and polarity, row and column as in the lower half of a ``PixelEvent``.
struct TextEvent {
    var time: Int64
    var pixel: UInt64
}

/// Reads the usual line, four whole numbers with a byte between them, eight digits at a time and without a branch on how
/// many there are.
///
/// Eight bytes are one number of 64 bits. The first byte that is no digit gives the length; the digits are moved to the
/// upper end and added up in pairs, fours and eights (D. Lemire, "Quickly parsing eight digits", 2018). Every other line
/// is left to the decoder's slow way.
@safe final class QuickLine {
    private let isUsual: Bool
    private let isWide: Bool
    /// The columns of time, x, y and polarity.
    private let places: (Int, Int, Int, Int)
    /// The same, as the wide loop takes them.
    private let order: [UInt8]
    private let values: UnsafeMutablePointer<UInt64>
    private let powers: UnsafeMutablePointer<UInt64>

    /// The most bytes of a usual line: three numbers of 16 digits, one of a digit, and what is read beyond.
    private static let longest = 96

    init(_ layout: EventTextLayout, isWide: Bool) {
        self.isWide = isWide
        isUsual = layout.columns == 4 && layout.unit == .microseconds
        places = (layout.time, layout.x, layout.y, layout.polarity)
        order = [layout.time, layout.x, layout.y, layout.polarity].map { UInt8($0) }
        unsafe values = .allocate(capacity: 4)
        unsafe values.initialize(repeating: 0, count: 4)
        unsafe powers = .allocate(capacity: 9)
        var power: UInt64 = 1
        for digits in 0...8 {
            unsafe (powers + digits).initialize(to: power)
            power *= 10
        }
    }

    deinit {
        unsafe values.deallocate()
        unsafe powers.deallocate()
    }

    /// Decodes usual lines with wide vectors, as many as follow each other, behind the first event of a batch.
    ///
    /// - Returns: the number of bytes used.
    func takeWide(
        _ bytes: EventBytes, from start: Int, _ base: Int64, into out: UnsafeMutablePointer<UInt64>, _ count: inout Int
    ) -> Int {
        guard isWide, isUsual, start < bytes.count else { return 0 }
        var used = 0
        count += unsafe ek_lines(
            (bytes.base + start).assumingMemoryBound(to: UInt8.self), bytes.count - start, order, base, out + count,
            EventBatch.capacity - count, &used)
        return used
    }

    /// The event of the line at `index`, which moves behind the line; nil, and nothing moves, if it is not usual.
    @inline(__always)
    func event(_ bytes: EventBytes, _ index: inout Int) -> TextEvent? {
        guard isUsual, bytes.count &- index >= QuickLine.longest else { return nil }
        var place = index
        for column in 0..<4 {
            guard let (value, digits) = number(bytes, at: place) else { return nil }
            unsafe values[column] = value
            place &+= digits &+ 1
            let separator = bytes.byte(place &- 1)
            if column < 3 {
                guard separator == 0x2C || separator == 0x20 || separator == 0x09 || separator == 0x3B else {
                    return nil
                }
            } else {
                guard separator == 0x0A else { return nil }
            }
        }
        let time = unsafe values[places.0]
        let (x, y) = unsafe (values[places.1], values[places.2])
        let isOn = unsafe values[places.3]
        guard time <= 1 << 53, x <= 0xFFFF, y < 1 << 15, isOn <= 1 else { return nil }
        index = place
        return TextEvent(time: Int64(time), pixel: isOn << 31 | y << 16 | x)
    }

    /// The number of at most 16 digits at `index`, and how many it has.
    @inline(__always)
    private func number(_ bytes: EventBytes, at index: Int) -> (value: UInt64, digits: Int)? {
        let (value, digits) = QuickLine.eight(bytes.number(index, as: UInt64.self))
        if digits < 8 { return digits == 0 ? nil : (value, digits) }
        let (more, further) = QuickLine.eight(bytes.number(index &+ 8, as: UInt64.self))
        guard further < 8 else { return nil }
        return unsafe (value &* powers[further] &+ more, 8 &+ further)
    }

    /// The number that the digits at the start of eight bytes make, and how many they are.
    @inline(__always)
    private static func eight(_ text: UInt64) -> (value: UInt64, digits: Int) {
        let digits = text ^ 0x3030_3030_3030_3030
        // Adding 0x76 carries a byte of 10 or more into its upper bit; only the first such byte counts.
        let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
        if others & 0xFF != 0 { return (0, 0) }
        let bits = others == 0 ? 64 : UInt64(others.trailingZeroBitCount) & 56
        // Zeros come in from below, which is in front of the number.
        var sum = digits << (64 &- bits)
        sum = (sum &* (1 + 10 << 8)) >> 8 & 0x00FF_00FF_00FF_00FF
        sum = (sum &* (1 + 100 << 16)) >> 16 & 0x0000_FFFF_0000_FFFF
        sum = (sum &* (1 + 10_000 << 32)) >> 32
        return (sum, Int(truncatingIfNeeded: bits >> 3))
    }
}
