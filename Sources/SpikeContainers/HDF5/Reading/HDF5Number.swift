/// A kind of number that columns can be read as.
package protocol HDF5Number: BitwiseCopyable {
    /// What is expected, in words.
    static var words: String { get }
    /// Whether numbers of that type can be read as these.
    static func isReadable(from type: HDF5Type) -> Bool
    /// Fills the first `count` places of `target`, which are there, with the numbers of type `type` in `bytes` from `start` on, which are `step` bytes apart.
    static func convert(
        _ type: HDF5Type, _ bytes: RawSpan, from start: Int, step: Int, count: Int, into target: inout MutableSpan<Self>
    )
}

extension HDF5Number where Self: FixedWidthInteger {
    /// What is expected, in words.
    package static var words: String { "whole numbers" }

    /// Whole numbers can be read.
    package static func isReadable(from type: HDF5Type) -> Bool {
        if case .integer = type { true } else { false }
    }

    /// Fills `target`; see ``HDF5Number``.
    package static func convert(
        _ type: HDF5Type, _ bytes: RawSpan, from start: Int, step: Int, count: Int, into target: inout MutableSpan<Self>
    ) {
        guard case .integer(let width, let isSigned) = type else { return }
        switch (width, isSigned) {
        case (1, true): fill(&target, Int8.self, bytes, start, step, count)
        case (1, false): fill(&target, UInt8.self, bytes, start, step, count)
        case (2, true): fill(&target, Int16.self, bytes, start, step, count)
        case (2, false): fill(&target, UInt16.self, bytes, start, step, count)
        case (4, true): fill(&target, Int32.self, bytes, start, step, count)
        case (4, false): fill(&target, UInt32.self, bytes, start, step, count)
        case (_, true): fill(&target, Int64.self, bytes, start, step, count)
        case (_, false): fill(&target, UInt64.self, bytes, start, step, count)
        }
    }

    @inline(__always)
    private static func fill<Stored: FixedWidthInteger & BitwiseCopyable>(
        _ target: inout MutableSpan<Self>, _: Stored.Type, _ bytes: RawSpan, _ start: Int, _ step: Int, _ count: Int
    ) {
        guard count > 0 else { return }
        precondition(start + (count - 1) * step + MemoryLayout<Stored>.size <= bytes.byteCount && count <= target.count)
        for place in 0..<count {
            let number = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: start &+ place &* step, as: Stored.self)
            unsafe target[unchecked: place] = Self(clamping: Stored(littleEndian: number))
        }
    }
}

extension Int32: HDF5Number {}
extension Int64: HDF5Number {}

extension Double: HDF5Number {
    /// What is expected, in words.
    package static var words: String { "floating-point numbers" }

    /// Floating-point numbers can be read.
    package static func isReadable(from type: HDF5Type) -> Bool {
        if case .float = type { true } else { false }
    }

    /// Fills `target`; see ``HDF5Number``.
    package static func convert(
        _ type: HDF5Type, _ bytes: RawSpan, from start: Int, step: Int, count: Int,
        into target: inout MutableSpan<Double>
    ) {
        guard case .float(let width) = type, count > 0 else { return }
        precondition(start + (count - 1) * step + width <= bytes.byteCount && count <= target.count)
        for place in 0..<count {
            let offset = start &+ place &* step
            target[place] =
                if width == 4 {
                    Double(unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Float.self))
                } else {
                    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Double.self)
                }
        }
    }
}
