import SpikeSignals

/// Signed weights of 4 or 8 bits as a chip's memory holds them.
///
/// Two's complement, lowest address first. With 4 bits a byte holds two weights, the first in the lower half; an odd
/// number leaves the last upper half zero:
/// ```
///           7  6  5  4   3  2  1  0
///         +------------+------------+
/// byte k  | weight 2k+1|  weight 2k |     4 bits, -8...7
///         +------------+------------+
/// ```
public struct PackedWeights: Hashable, Sendable {
    /// How many bits a weight has.
    public enum Width: Int, Hashable, Sendable {
        /// Two weights in a byte, -8...7.
        case four = 4
        /// One weight in a byte, -128...127.
        case eight = 8

        /// The weights that fit.
        public var range: ClosedRange<Int32> { self == .four ? -8...7 : -128...127 }
    }

    /// The bits of a weight.
    public let width: Width
    /// The number of weights.
    public let count: Int
    /// The bytes in memory.
    public let bytes: [UInt8]
    /// How many weights did not fit and became the nearest that does.
    public let saturated: Int

    /// Packs `weights`; those out of range saturate and are counted.
    public init(_ weights: some Collection<Int32>, width: Width) {
        self.width = width
        count = weights.count
        let range = width.range
        var saturated = 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width == .four ? (weights.count + 1) / 2 : weights.count)
        for (index, weight) in weights.enumerated() {
            let held = min(max(weight, range.lowerBound), range.upperBound)
            if held != weight { saturated += 1 }
            let bits = UInt8(truncatingIfNeeded: held)
            switch width {
            case .eight: bytes.append(bits)
            case .four where index.isMultiple(of: 2): bytes.append(bits & 0x0F)
            case .four: bytes[bytes.count - 1] |= bits << 4
            }
        }
        self.bytes = bytes
        self.saturated = saturated
    }

    /// The `count` weights in `bytes`.
    ///
    /// - Throws: if the number of bytes is not that of so many weights, or the unused last half is not zero.
    public init(bytes: [UInt8], count: Int, width: Width) throws(SpikelineError) {
        guard count >= 0, bytes.count == (width == .four ? count / 2 + count % 2 : count) else {
            throw SpikelineError(
                "expected \(count) weights of \(width.rawValue) bits, found \(bytes.count) bytes", at: "packed weights")
        }
        if width == .four, !count.isMultiple(of: 2), let last = bytes.last, last >> 4 != 0 {
            throw SpikelineError(
                "expected zero in the unused half of the last byte, found \(last >> 4)", at: "packed weights")
        }
        self.width = width
        self.count = count
        self.bytes = bytes
        saturated = 0
    }

    /// Weight `index`.
    public subscript(index: Int) -> Int8 {
        precondition(index >= 0 && index < count)
        guard width == .four else { return Int8(bitPattern: bytes[index]) }
        let half = index.isMultiple(of: 2) ? bytes[index / 2] << 4 : bytes[index / 2] & 0xF0
        return Int8(bitPattern: half) >> 4
    }

    /// All weights.
    public var weights: [Int8] { (0..<count).map { self[$0] } }
}
