extension JSONValue {
    /// What is wrong with a text that is no JSON.
    public struct ReadError: Error, Hashable, Sendable {
        /// What was expected.
        public var what: String
        /// The byte at which it was.
        public var offset: Int

        /// An error at that byte.
        public init(what: String, offset: Int) { (self.what, self.offset) = (what, offset) }
    }

    /// Reads one JSON value (RFC 8259) that fills all of `bytes` but for white space around it.
    ///
    /// Whole numbers that fit an `Int` become ``integer(_:)``, others ``fixed(_:decimals:)`` with as many decimals as are
    /// written, at most nine, and nine for those with an exponent. Of two
    /// fields with one name both are kept. Nesting deeper than `deepest` is refused, so hostile text cannot
    /// exhaust the stack; memory is at most some dozen times the text.
    public static func read(_ bytes: [UInt8], deepest: Int = 32) throws(ReadError) -> JSONValue {
        var reader = JSONReader(bytes: bytes, deepest: deepest)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.error("the end") }
        return value
    }

    /// The field `name` of an object.
    public subscript(name: String) -> JSONValue? {
        if case .object(let fields) = self { fields.first { $0.0 == name }?.1 } else { nil }
    }

    /// The text, if it is one.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The whole number, if it is one.
    public var integerValue: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The list, if it is one.
    public var arrayValue: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }
}

/// Walks over the bytes of a JSON text.
private struct JSONReader {
    let bytes: [UInt8]
    let deepest: Int
    var offset = 0

    func error(_ what: String) -> JSONValue.ReadError { .init(what: "expected \(what)", offset: offset) }

    mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func take(_ text: StaticString, as value: JSONValue) throws(JSONValue.ReadError) -> JSONValue {
        let word = Array("\(text)".utf8)
        guard bytes[offset...].starts(with: word) else { throw error("\(text)") }
        offset += word.count
        return value
    }

    mutating func value(depth: Int) throws(JSONValue.ReadError) -> JSONValue {
        skipSpace()
        guard offset < bytes.count else { throw error("a value") }
        guard depth < deepest else { throw error("less nesting") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try take("true", as: .bool(true))
        case UInt8(ascii: "f"): return try take("false", as: .bool(false))
        case UInt8(ascii: "n"): return try take("null", as: .null)
        default: return try number()
        }
    }

    /// Skips space and one of two bytes; true if it was `next`, false if it was `end`.
    private mutating func goes(on next: UInt8, end: UInt8) throws(JSONValue.ReadError) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == next || bytes[offset] == end else {
            throw error("a comma or the end")
        }
        offset += 1
        return bytes[offset - 1] == next
    }

    private mutating func object(depth: Int) throws(JSONValue.ReadError) -> JSONValue {
        offset += 1
        var fields: [(String, JSONValue)] = []
        skipSpace()
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "}") {
            offset += 1
            return .object([])
        }
        repeat {
            skipSpace()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw error("a name in quotes") }
            let name = try string()
            skipSpace()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { throw error("a colon") }
            offset += 1
            fields.append((name, try value(depth: depth)))
        } while try goes(on: UInt8(ascii: ","), end: UInt8(ascii: "}"))
        return .object(fields)
    }

    private mutating func array(depth: Int) throws(JSONValue.ReadError) -> JSONValue {
        offset += 1
        var items: [JSONValue] = []
        skipSpace()
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "]") {
            offset += 1
            return .array([])
        }
        repeat { items.append(try value(depth: depth)) } while try goes(on: UInt8(ascii: ","), end: UInt8(ascii: "]"))
        return .array(items)
    }

    private mutating func string() throws(JSONValue.ReadError) -> String {
        offset += 1
        var text: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw error("text in UTF-8") }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error("no control character in a text")
            default: text.append(byte)
            }
        }
        throw error("the end of a text")
    }

    private static let escapes: [UInt8: UInt8] = [
        0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]

    private mutating func escape(into text: inout [UInt8]) throws(JSONValue.ReadError) {
        guard offset < bytes.count else { throw error("an escape") }
        let byte = bytes[offset]
        offset += 1
        if let plain = Self.escapes[byte] {
            text.append(plain)
            return
        }
        guard byte == UInt8(ascii: "u") else { throw error("an escape") }
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code) {
            guard offset + 1 < bytes.count, bytes[offset] == 0x5C, bytes[offset + 1] == UInt8(ascii: "u") else {
                throw error("the second half of a surrogate pair")
            }
            offset += 2
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw error("the second half of a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("a character") }
        text += Array(String(Character(scalar)).utf8)
    }

    private mutating func hexadecimal() throws(JSONValue.ReadError) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw error("four hexadecimal digits") }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue, bytes[offset] < 0x80 else {
                throw error("four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }

    private mutating func number() throws(JSONValue.ReadError) -> JSONValue {
        let start = offset
        func isDigit(_ place: Int) -> Bool { place < bytes.count && (0x30...0x39).contains(bytes[place]) }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        guard isDigit(offset) else { throw error("a value") }
        let isZero = bytes[offset] == UInt8(ascii: "0")
        offset += 1
        if isZero, isDigit(offset) { throw error("no digit after a leading zero") }
        while isDigit(offset) { offset += 1 }
        var isWhole = true
        var isExponential = false
        var point: Int?
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            isWhole = false
            point = offset
            offset += 1
            guard isDigit(offset) else { throw error("a digit") }
            while isDigit(offset) { offset += 1 }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            (isWhole, isExponential) = (false, true)
            offset += 1
            if offset < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[offset]) { offset += 1 }
            guard isDigit(offset) else { throw error("a digit") }
            while isDigit(offset) { offset += 1 }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let number = Int(text) { return .integer(number) }
        guard let number = Double(text), number.isFinite else { throw error("a number within range") }
        let decimals = isExponential ? 9 : min(offset - (point ?? offset) - 1, 9)
        return .fixed(number, decimals: max(decimals, 0))
    }
}
