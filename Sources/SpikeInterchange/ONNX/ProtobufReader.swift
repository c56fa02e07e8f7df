import SpikeSignals

/// Goes through the fields of one message in the wire format of Protocol Buffers.
///
/// ```
/// field = key value      key = varint: number << 3 | wire type
/// wire type 0: varint    1: 8 bytes    2: varint length, then bytes    5: 4 bytes     (3, 4: groups, refused)
/// ```
/// A varint has 7 bits in a byte, the lowest first, and at most 10 bytes. Nothing is copied: a message within a message is
/// a range of the same bytes, so reading needs no memory of its own, and its cost is in proportion to the bytes.
/// Source: Protocol Buffers, "Encoding" (protobuf.dev/programming-guides/encoding).
struct ProtobufReader {
    /// A field's value.
    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// Where the bytes of a length-delimited value lie.
        case bytes(Range<Int>)
    }

    private let bytes: [UInt8]
    private let file: String
    private var place: Int
    private let end: Int

    /// A reader of the message in `range` of `bytes`; `file` is what messages name.
    init(_ bytes: [UInt8], range: Range<Int>, file: String) {
        self.bytes = bytes
        self.file = file
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or nil at the end of the message.
    ///
    /// - Throws: if the message ends within a field, or the field has an unknown wire type.
    mutating func next() throws(SpikelineError) -> (number: Int, value: Value)? {
        guard place < end else { return nil }
        let start = place
        let key = try varint()
        let number = key >> 3
        guard number >= 1, number < 1 << 29 else { throw damage("a field has the number \(number)", start) }
        switch key & 7 {
        case 0: return (Int(number), .varint(try varint()))
        case 1: return (Int(number), .fixed64(try little(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(end - place) else {
                throw damage("a field of \(length) bytes has \(end - place)", start)
            }
            let range = place..<place + Int(length)
            place = range.upperBound
            return (Int(number), .bytes(range))
        case 5: return (Int(number), .fixed32(UInt32(truncatingIfNeeded: try little(4))))
        default: throw damage("a field has the wire type \(key & 7)", start)
        }
    }

    /// The next varint; for the numbers of a packed field.
    mutating func nextVarint() throws(SpikelineError) -> UInt64? { place < end ? try varint() : nil }

    private mutating func varint() throws(SpikelineError) -> UInt64 {
        let start = place
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard place < end else { throw damage("a number ends behind its message", start) }
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw damage("a number has more than 10 bytes", start)
    }

    private mutating func little(_ count: Int) throws(SpikelineError) -> UInt64 {
        guard end - place >= count else { throw damage("a number ends behind its message", place) }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        place += count
        return value
    }

    private func damage(_ what: String, _ place: Int) -> SpikelineError {
        SpikelineError("\(what) (byte \(place)), so this is no whole ONNX file", at: file, hint: "Export it again")
    }
}
