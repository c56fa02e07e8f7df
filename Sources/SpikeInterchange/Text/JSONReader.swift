import SpikeSignals

/// Reads one JSON value (RFC 8259) from untrusted bytes into an ``OptionValue``.
///
/// `null` is refused, numbers without a fraction or exponent are whole, the depth of nesting is bounded, and of two
/// equal keys of an object the second is an error.
package struct JSONReader {
    /// The deepest nesting that is read.
    static let maximumDepth = 32

    private let bytes: [UInt8]
    private let place: String
    private let title: String
    private var index = 0

    /// The value that `text` holds and nothing else; `title` names the text in messages about the file `place`.
    package static func value(of text: String, title: String, place: String) throws(SpikelineError) -> OptionValue {
        var reader = JSONReader(bytes: Array(text.utf8), place: place, title: title)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == reader.bytes.count else { throw reader.failure("the end") }
        return value
    }

    private init(bytes: [UInt8], place: String, title: String) {
        self.bytes = bytes
        self.place = place
        self.title = title
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func failure(_ expected: String) -> SpikelineError {
        let found = next.map { "\"\(Unicode.Scalar($0))\"" } ?? "the end"
        return SpikelineError(
            "\"\(title)\" is not JSON: expected \(expected) at byte \(index), found \(found)", at: place)
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard let byte = next, UInt32(byte) == scalar.value else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(SpikelineError) -> OptionValue {
        guard depth <= JSONReader.maximumDepth else { throw failure("at most \(JSONReader.maximumDepth) levels") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .map(try object(depth: depth))
        case UInt8(ascii: "["): return .list(try list(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return .bool(try word("true", true))
        case UInt8(ascii: "f"): return .bool(try word("false", false))
        default: return try number()
        }
    }

    private mutating func word(_ text: StaticString, _ value: Bool) throws(SpikelineError) -> Bool {
        let expected = Array("\(text)".utf8)
        guard bytes[index...].starts(with: expected) else { throw failure(String(describing: text)) }
        index += expected.count
        return value
    }

    private mutating func object(depth: Int) throws(SpikelineError) -> [String: OptionValue] {
        index += 1
        var fields: [String: OptionValue] = [:]
        skipSpace()
        if take("}") { return fields }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a name in quotes") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw failure("\":\"") }
            guard fields.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                throw failure("\"\(name)\" only once")
            }
            skipSpace()
            if take("}") { return fields }
            guard take(",") else { throw failure("\",\" or \"}\"") }
        }
    }

    private mutating func list(depth: Int) throws(SpikelineError) -> [OptionValue] {
        index += 1
        var values: [OptionValue] = []
        skipSpace()
        if take("]") { return values }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return values }
            guard take(",") else { throw failure("\",\" or \"]\"") }
        }
    }

    private mutating func number() throws(SpikelineError) -> OptionValue {
        let start = index
        while let byte = next, JSONReader.isOfNumber(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let whole = Int(text), !text.hasPrefix("+") { return .integer(whole) }
        guard let value = Double(text), value.isFinite, !text.hasPrefix("+") else {
            index = start
            throw failure("a value")
        }
        return .number(value)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "0"..."9", "-", "+", ".", "e", "E": true
        default: false
        }
    }

    private mutating func string() throws(SpikelineError) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escaped()
            case 0..<0x20:
                index -= 1
                throw failure("no control character in a text")
            default: text.append(byte)
            }
        }
        throw failure("a closing quote")
    }

    private mutating func escaped() throws(SpikelineError) -> [UInt8] {
        guard let byte = next else { throw failure("an escape") }
        index += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return [byte]
        case "b": return [0x08]
        case "f": return [0x0C]
        case "n": return [0x0A]
        case "r": return [0x0D]
        case "t": return [0x09]
        case "u":
            let first = try codeUnit()
            guard UTF16.isLeadSurrogate(first), take("\\"), take("u") else {
                return Array(String(decoding: [first], as: UTF16.self).utf8)
            }
            return Array(String(decoding: [first, try codeUnit()], as: UTF16.self).utf8)
        default:
            index -= 1
            throw failure("an escape")
        }
    }

    private mutating func codeUnit() throws(SpikelineError) -> UInt16 {
        let digits = bytes[index..<min(index + 4, bytes.count)]
        let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        guard let value, digits.count == 4, digits.first != UInt8(ascii: "+") else {
            throw failure("four hexadecimal digits")
        }
        index += 4
        return value
    }
}
