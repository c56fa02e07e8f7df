/// A piece of an event stream as it lies in memory: what a decoder works on.
///
/// All access goes through `base` without checks, so every decoder proves that its index is below ``count``.
@safe struct EventBytes {
    /// The first byte.
    let base: UnsafeRawPointer
    /// How many bytes there are.
    let count: Int
    /// The place of the first byte in the file.
    let offset: Int64
    /// Whether the stream ends after these bytes.
    let isLast: Bool

    /// The byte at `index`.
    func byte(_ index: Int) -> UInt8 { unsafe base.load(fromByteOffset: index, as: UInt8.self) }

    /// The number at `index`, lowest byte first.
    func number<T: FixedWidthInteger>(_ index: Int, as: T.Type = T.self) -> T {
        unsafe T(littleEndian: base.loadUnaligned(fromByteOffset: index, as: T.self))
    }

    /// The number at `index`, highest byte first.
    func bigNumber<T: FixedWidthInteger>(_ index: Int, as: T.Type = T.self) -> T {
        unsafe T(bigEndian: base.loadUnaligned(fromByteOffset: index, as: T.self))
    }

    /// A copy of the bytes in `range`.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// Whether the bytes at `index` are those of `text`, and all there.
    func holds(_ text: StaticString, at index: Int = 0) -> Bool {
        guard index >= 0, count - index >= text.utf8CodeUnitCount else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { unsafe byte(index + $0) == text.utf8Start[$0] }
    }
}
