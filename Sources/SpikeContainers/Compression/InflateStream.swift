/// One stream that is being unpacked: where it is in its input and output, and the bits between.
///
/// Nothing is written behind the output and nothing is read outside of the input: the checked path compares before every
/// byte, and ``fast(_:_:)`` of the second file runs only while the most that one of its rounds can read and write is left.
@safe struct InflateStream {
    /// The stream.
    let input: UnsafeRawBufferPointer
    /// Where the contents go.
    let output: UnsafeMutableRawBufferPointer
    /// The next byte of input that is not in ``hold``; past the end, bytes count as zeros.
    var index: Int
    /// How many bytes were unpacked.
    var made = 0
    /// The next bits, the first one lowest; above ``held`` there are zeros or the bits that follow.
    var hold: UInt64 = 0
    /// How many bits of ``hold`` count; at most 63 between two steps.
    var held = 0

    /// A stream from byte `index` of `input` on; both buffers must outlive it.
    @unsafe init(input: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer, index: Int) {
        unsafe self.input = input
        unsafe self.output = output
        self.index = index
    }

    /// Takes the next `count` bits, at most 16.
    mutating func bits(_ count: Int) throws(ContainerDamage) -> Int {
        fill()
        let value = Int(hold & ((1 << UInt64(count)) - 1))
        try drop(count)
        return value
    }

    /// Takes the next code, which means a number without further bits.
    mutating func symbol(_ code: PrefixDecoder) throws(ContainerDamage) -> Int {
        fill()
        let entry = code.entry(hold)
        guard entry & PrefixDecoder.kindMask == PrefixDecoder.Kind.number.field else { throw InflateStream.damaged }
        try drop(Int(entry & 31))
        return Int(entry >> 16)
    }

    /// The four bytes after the last block, highest first.
    mutating func trailer() throws(ContainerDamage) -> UInt32 {
        _ = try bits(held & 7)
        var sum: UInt32 = 0
        for _ in 0..<4 { sum = try sum << 8 | UInt32(bits(8)) }
        return sum
    }

    /// Copies a block that is stored as it is: `length(2) ~length(2) bytes`.
    mutating func stored() throws(ContainerDamage) {
        _ = try bits(held & 7)
        let length = try bits(16)
        guard try bits(16) == length ^ 0xFFFF else { throw InflateStream.damaged }
        guard unsafe length <= output.count - made else { throw InflateStream.tooLong }
        // Whole bytes that are held already go back.
        index -= held / 8
        (hold, held) = (0, 0)
        guard unsafe index <= input.count, unsafe length <= input.count - index else { throw InflateStream.cutOff }
        unsafe UnsafeMutableRawBufferPointer(rebasing: output[made...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: input[index..<(index + length)]))
        index += length
        made += length
    }

    /// Unpacks a block to its end.
    mutating func block(_ literals: PrefixDecoder, _ distances: PrefixDecoder) throws(ContainerDamage) {
        while true {
            if try fast(literals, distances) { return }
            fill()
            let entry = literals.entry(hold)
            try drop(Int(entry & 31))
            switch entry & PrefixDecoder.kindMask {
            case PrefixDecoder.Kind.literal.field:
                guard unsafe made < output.count else { throw InflateStream.tooLong }
                unsafe output[made] = UInt8(truncatingIfNeeded: entry >> 16)
                made += 1
            case PrefixDecoder.Kind.number.field: try repetition(entry, distances)
            case PrefixDecoder.Kind.end.field: return
            default: throw InflateStream.damaged
            }
        }
    }

    private mutating func repetition(_ entry: UInt32, _ distances: PrefixDecoder) throws(ContainerDamage) {
        let length = try Int(entry >> 16) + bits(Int(entry >> 8 & 31))
        fill()
        let second = distances.entry(hold)
        guard second & PrefixDecoder.kindMask == PrefixDecoder.Kind.number.field else { throw InflateStream.damaged }
        try drop(Int(second & 31))
        let distance = try Int(second >> 16) + bits(Int(second >> 8 & 31))
        guard distance <= made else { throw InflateStream.damaged }
        guard unsafe length <= output.count - made else { throw InflateStream.tooLong }
        for _ in 0..<length {
            unsafe output[made] = output[made - distance]
            made += 1
        }
    }

    /// Holds 56 to 63 bits, with zeros past the end of the data.
    private mutating func fill() {
        while held < 56 {
            if unsafe index < input.count { unsafe hold |= UInt64(input[index]) << UInt64(held) }
            index += 1
            held += 8
        }
    }

    private mutating func drop(_ count: Int) throws(ContainerDamage) {
        hold >>= UInt64(count)
        held -= count
        guard unsafe index - held / 8 <= input.count else { throw InflateStream.cutOff }
    }

    /// A code that does not exist, or a repetition of what was not there.
    static let damaged = ContainerDamage("a chunk's data is damaged")
    private static let cutOff = ContainerDamage("a chunk's data is cut off")
    private static let tooLong = ContainerDamage("a chunk holds more than its shape")
}
