import SpikeSignals

/// Numbers in as few bytes as they need: seven bits a byte, the lowest first, the eighth says that more follow (LEB128,
/// DWARF 5, section 7.6). Numbers with a sign are folded first: 0, -1, 1, -2 become 0, 1, 2, 3.
extension [UInt8] {
    /// Appends a number of up to 64 bits: 1 to 10 bytes.
    mutating func appendVariable(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number with a sign.
    mutating func appendVariable(signed number: Int64) {
        appendVariable(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// Appends a count, which is not negative.
    mutating func appendVariable(_ count: Int) { appendVariable(UInt64(Swift.max(count, 0))) }
}

/// Reads what was appended so, from bytes that may be anything.
struct VariableReader {
    private let bytes: [UInt8]
    private let end: Int
    /// Where the next number begins.
    private(set) var offset: Int

    /// Reads `bytes` from `start` to before `end`, which lie within them.
    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        (self.bytes, offset, self.end) = (bytes, start, min(end ?? bytes.count, bytes.count))
    }

    /// How many bytes are left.
    var left: Int { end - offset }

    /// The next number.
    mutating func number() throws(SpikelineError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            // The tenth byte has one bit that counts.
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { break }
        }
        throw SpikelineError("the message ends inside a number, or has one of more than 64 bits, at byte \(offset)")
    }

    /// The next number with a sign.
    mutating func signed() throws(SpikelineError) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// The next number, which lies in `range`; `what` names it.
    mutating func number<Value: FixedWidthInteger>(
        _ what: String, in range: ClosedRange<Value>
    ) throws(SpikelineError) -> Value {
        let found = try number()
        guard let value = Value(exactly: found), range.contains(value) else {
            throw refusal(of: "\(found)", what, range)
        }
        return value
    }

    /// The next number with a sign, which lies in `range`.
    mutating func signed(_ what: String, in range: ClosedRange<Int64>) throws(SpikelineError) -> Int64 {
        let value = try signed()
        guard range.contains(value) else { throw refusal(of: "\(value)", what, range) }
        return value
    }

    /// The next count of things that take at least `bytes` each, so that it cannot promise more than there is.
    mutating func count(_ what: String, bytes: Int) throws(SpikelineError) -> Int {
        let found = try number()
        guard let count = Int(exactly: found), count <= left / bytes else {
            throw SpikelineError("the message promises \(found) \(what), but has \(left) bytes left")
        }
        return count
    }

    /// The next byte.
    mutating func byte() throws(SpikelineError) -> UInt8 {
        guard offset < end else { throw SpikelineError("the message ends too early, at byte \(offset)") }
        offset += 1
        return bytes[offset - 1]
    }

    /// Everything that is left.
    mutating func rest() -> [UInt8] {
        defer { offset = end }
        return Array(bytes[offset..<end])
    }

    /// Nothing must be left.
    func expectEnd() throws(SpikelineError) {
        guard left == 0 else { throw SpikelineError("the message has \(left) bytes too many") }
    }

    private func refusal(of found: String, _ what: String, _ range: ClosedRange<some FixedWidthInteger>)
        -> SpikelineError
    {
        SpikelineError(
            "expected \(what) from \(range.lowerBound) to \(range.upperBound) in the message, found \(found)")
    }
}
