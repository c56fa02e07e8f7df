extension InflateStream {
    /// The most that one round of ``fast(_:_:)`` reads: two loads of eight bytes.
    private static let roundInput = 16
    /// The most that one round writes: two literals, the longest repetition, and what eight-byte steps overshoot.
    private static let roundOutput = 2 + 258 + 16

    /// Unpacks as long as there is room for whole rounds; returns whether the block ended.
    mutating func fast(_ literals: PrefixDecoder, _ distances: PrefixDecoder) throws(ContainerDamage) -> Bool {
        try unsafe literals.table.withUnsafeBufferPointer { (first) throws(ContainerDamage) -> Bool in
            try unsafe distances.table.withUnsafeBufferPointer { (second) throws(ContainerDamage) -> Bool in
                try unsafe fast(first, second)
            }
        }
    }

    private mutating func fast(
        _ literals: UnsafeBufferPointer<UInt32>, _ distances: UnsafeBufferPointer<UInt32>
    ) throws(ContainerDamage) -> Bool {
        let lastInput = unsafe input.count - InflateStream.roundInput
        let lastOutput = unsafe output.count - InflateStream.roundOutput
        // The state in local variables stays in registers.
        let (input, output) = unsafe (self.input, self.output)
        var (index, made, hold, held) = (self.index, self.made, self.hold, self.held)
        defer { (self.index, self.made, self.hold, self.held) = (index, made, hold, held) }
        while index <= lastInput, made <= lastOutput {
            unsafe InflateStream.refill(input, &index, &hold, &held)
            var entry = unsafe InflateStream.entry(literals, Inflate.literalBits, hold)
            for _ in 0..<2 where entry & PrefixDecoder.kindMask == PrefixDecoder.Kind.literal.field {
                unsafe output[made] = UInt8(truncatingIfNeeded: entry >> 16)
                made &+= 1
                InflateStream.drop(entry, &hold, &held)
                entry = unsafe InflateStream.entry(literals, Inflate.literalBits, hold)
            }
            // Two literals and a length take 15 + 15 + 15 + 5 of 56 bits.
            InflateStream.drop(entry, &hold, &held)
            guard entry & PrefixDecoder.kindMask == PrefixDecoder.Kind.number.field else {
                if entry & PrefixDecoder.kindMask == PrefixDecoder.Kind.end.field { return true }
                guard entry & PrefixDecoder.kindMask == PrefixDecoder.Kind.literal.field else {
                    throw InflateStream.damaged
                }
                unsafe output[made] = UInt8(truncatingIfNeeded: entry >> 16)
                made &+= 1
                continue
            }
            let length = InflateStream.number(entry, &hold, &held)
            unsafe InflateStream.refill(input, &index, &hold, &held)
            let second = unsafe InflateStream.entry(distances, Inflate.distanceBits, hold)
            guard second & PrefixDecoder.kindMask == PrefixDecoder.Kind.number.field else {
                throw InflateStream.damaged
            }
            InflateStream.drop(second, &hold, &held)
            let distance = InflateStream.number(second, &hold, &held)
            guard distance <= made else { throw InflateStream.damaged }
            unsafe InflateStream.repeatBytes(output, at: made, distance: distance, length: length)
            made &+= length
        }
        return false
    }

    /// ``PrefixDecoder/entry(_:)`` for a table and its width as a constant.
    @inline(__always)
    private static func entry(_ table: UnsafeBufferPointer<UInt32>, _ rootBits: Int, _ hold: UInt64) -> UInt32 {
        let first = unsafe table[Int(truncatingIfNeeded: hold) & (1 &<< rootBits &- 1)]
        guard first & PrefixDecoder.kindMask == PrefixDecoder.Kind.table.field else { return first }
        let rest = Int(truncatingIfNeeded: hold &>> UInt64(truncatingIfNeeded: rootBits))
        return unsafe table[Int(first >> 16) &+ rest & (1 &<< Int(first >> 8 & 31) &- 1)]
    }

    /// Loads whole bytes so that at least 56 bits are held; eight more bytes must be there.
    @inline(__always)
    private static func refill(
        _ input: UnsafeRawBufferPointer, _ index: inout Int, _ hold: inout UInt64, _ held: inout Int
    ) {
        let word = unsafe UInt64(littleEndian: input.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        hold |= word &<< UInt64(truncatingIfNeeded: held)
        index &+= (63 &- held) >> 3
        held |= 56
    }

    @inline(__always)
    private static func drop(_ entry: UInt32, _ hold: inout UInt64, _ held: inout Int) {
        hold &>>= UInt64(entry & 31)
        held &-= Int(entry & 31)
    }

    /// The number that an entry stands for together with the bits that follow.
    @inline(__always)
    private static func number(_ entry: UInt32, _ hold: inout UInt64, _ held: inout Int) -> Int {
        let extra = UInt64(entry >> 8 & 31)
        let value = Int(entry >> 16) &+ Int(truncatingIfNeeded: hold & ((1 &<< extra) &- 1))
        hold &>>= extra
        held &-= Int(extra)
        return value
    }

    /// Repeats `length` bytes from `distance` back, and up to 15 more that are overwritten later.
    @inline(__always)
    private static func repeatBytes(
        _ output: UnsafeMutableRawBufferPointer, at start: Int, distance: Int, length: Int
    ) {
        var place = start
        let end = start &+ length
        if distance >= 8 {
            repeat {
                let word = unsafe output.loadUnaligned(fromByteOffset: place &- distance, as: UInt64.self)
                unsafe output.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
                place &+= 8
            } while place < end
        } else {
            repeat {
                unsafe output[place] = output[place &- distance]
                place &+= 1
            } while place < end
        }
    }
}
