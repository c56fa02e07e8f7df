/// Looks up codes of a canonical prefix code (RFC 1951, section 3.2.2) from the lowest bits of a stream on.
///
/// The next `rootBits` bits index the first part of the table. Codes that are longer lead to a second table, indexed by
/// the bits after those; all second tables have the width of the longest code. An entry holds what a code means, so that
/// a decoder needs no other table:
/// ```
/// 31      16 15   13 12    8 7   5 4    0
/// [ value  ] [ kind ][ extra ] ..... [ bits ]     bits: of the code; extra: bits that follow it and add to the value
/// ```
struct PrefixDecoder {
    /// What an entry means.
    enum Kind: UInt32 {
        /// No code begins like this.
        case invalid = 0
        /// A byte.
        case literal = 1
        /// The length or distance of a repetition.
        case number = 2
        /// The end of a block.
        case end = 3
        /// Another table that starts at the value; `extra` bits index it.
        case table = 4

        /// The kind in its place in an entry.
        var field: UInt32 { rawValue << 13 }
    }

    /// The mask of the kind in an entry.
    static let kindMask: UInt32 = 7 << 13

    /// The entries: the first table, then the second ones.
    private(set) var table: [UInt32] = []
    /// How many bits index the first table.
    let rootBits: Int

    private static let longest = 15

    /// A decoder with no code yet.
    init(rootBits: Int) { self.rootBits = rootBits }

    /// Makes the table for the code in which symbol `i` has `lengths[i]` bits, 0 to 15, and means `meanings[i]`.
    ///
    /// More codes than there is room for are damage; codes that are missing are found when a stream uses them.
    mutating func build(_ lengths: ArraySlice<UInt8>, _ meanings: [UInt32]) throws(ContainerDamage) {
        var counts = [Int](repeating: 0, count: PrefixDecoder.longest + 1)
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var next = [UInt32](repeating: 0, count: PrefixDecoder.longest + 1)
        var code: UInt32 = 0
        for length in 1...PrefixDecoder.longest {
            code = (code + UInt32(counts[length - 1])) << 1
            next[length] = code
            guard Int(code) + counts[length] <= 1 << length else { throw ContainerDamage("its codes are damaged") }
        }
        let maximum = counts.lastIndex { $0 > 0 } ?? 0
        table.removeAll(keepingCapacity: true)
        table.append(contentsOf: repeatElement(0, count: 1 << rootBits))
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let bits = Int(length)
            let reversed = Int(next[bits].bitSwapped >> UInt32(32 - bits))
            next[bits] += 1
            enter(reversed, bits, meanings[symbol], secondBits: maximum - rootBits)
        }
    }

    /// The entry of the code that `hold` begins with; its bits are those of the whole code.
    func entry(_ hold: UInt64) -> UInt32 {
        let first = table[Int(truncatingIfNeeded: hold) & (1 << rootBits - 1)]
        guard first & PrefixDecoder.kindMask == Kind.table.field else { return first }
        let rest = Int(truncatingIfNeeded: hold >> UInt64(rootBits))
        return table[Int(first >> 16) + rest & (1 << Int(first >> 8 & 31) - 1)]
    }

    /// Enters a code, whose first bit is the lowest of `code`.
    private mutating func enter(_ code: Int, _ bits: Int, _ meaning: UInt32, secondBits: Int) {
        var (start, place, end, step) = (0, code, 1 << rootBits, 1 << bits)
        if bits > rootBits {
            let root = code & (1 << rootBits - 1)
            if table[root] == 0 {
                table[root] = UInt32(table.count) << 16 | Kind.table.field | UInt32(secondBits << 8 | rootBits)
                table.append(contentsOf: repeatElement(0, count: 1 << secondBits))
            }
            (start, place) = (Int(table[root] >> 16), code >> rootBits)
            (end, step) = (1 << secondBits, 1 << (bits - rootBits))
        }
        let entry = meaning | UInt32(bits)
        while place < end {
            table[start + place] = entry
            place += step
        }
    }
}

extension UInt32 {
    /// The bits in reverse order.
    fileprivate var bitSwapped: UInt32 {
        var value = self
        value = (value & 0x5555_5555) << 1 | (value >> 1) & 0x5555_5555
        value = (value & 0x3333_3333) << 2 | (value >> 2) & 0x3333_3333
        value = (value & 0x0F0F_0F0F) << 4 | (value >> 4) & 0x0F0F_0F0F
        return value.byteSwapped
    }
}
