import SpikeSignals

/// A message of the Wyoming protocol, which voice assistants talk with their satellites and services.
///
/// ```
/// {"type": "audio-chunk", "data_length": 41, "payload_length": 2048}\n      one line of JSON
/// {"rate": 16000, "width": 2, "channels": 1}                              data_length bytes of JSON
/// ...                                                                     payload_length bytes
/// ```
/// Data may also stand in the line itself; fields of the second part win (OHF-Voice/wyoming, README and event.py, 1.10).
public struct WyomingMessage: Sendable {
    /// The kind: `describe`, `audio-chunk`, `detection` ...
    public var type: String
    /// Named values.
    public var data: [(String, JSONValue)]
    /// Bytes that follow, such as samples.
    public var payload: [UInt8]

    /// A message of that kind.
    public init(_ type: String, _ data: [(String, JSONValue)] = [], payload: [UInt8] = []) {
        (self.type, self.data, self.payload) = (type, data, payload)
    }

    /// The value called `name`.
    public subscript(name: String) -> JSONValue? { data.last { $0.0 == name }?.1 }

    /// The message as it goes over the wire.
    public var bytes: [UInt8] {
        let body = data.isEmpty ? [] : Array(JSONValue.object(data).text.utf8)
        var header: [(String, JSONValue)] = [("type", .string(type)), ("version", .string("1.10.0"))]
        if !body.isEmpty { header.append(("data_length", .integer(body.count))) }
        if !payload.isEmpty { header.append(("payload_length", .integer(payload.count))) }
        return Array(JSONValue.object(header).text.utf8) + [0x0A] + body + payload
    }
}

/// Finds the messages in a stream of bytes; what is malformed or too large is refused and ends the stream.
public struct WyomingDecoder: Sendable {
    /// Why a stream cannot be read on.
    public enum Refusal: Error, Hashable, Sendable {
        /// The line of a message is longer than ``mostHeader`` bytes.
        case headerTooLong
        /// Data or payload are longer than allowed.
        case tooLarge
        /// The line or the data are no JSON object with what a message needs.
        case malformed(String)
    }

    /// The longest line, in bytes.
    public static let mostHeader = 8_192
    /// The longest data, in bytes.
    public static let mostData = 65_536
    /// The longest payload, in bytes: 30 seconds of 16-bit sound at 16 kHz.
    public static let mostPayload = 1 << 20

    private var buffer: [UInt8] = []
    private var start = 0
    private var header: (message: WyomingMessage, data: Int, payload: Int)?
    /// How much of the line has been looked at in vain.
    private var searched = 0

    /// Nothing has come yet.
    public init() {}

    /// Whether a message has begun and is not whole yet.
    public var isWaiting: Bool { header != nil || start < buffer.count }

    /// Takes in bytes that came.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message, or nil if more bytes have to come.
    public mutating func next() throws(Refusal) -> WyomingMessage? {
        if header == nil {
            guard let line = try line() else { return nil }
            header = try Self.header(line)
        }
        guard let (message, data, payload) = header, buffer.count - start >= data + payload else { return nil }
        var whole = message
        if data > 0 { whole.data += try Self.fields(Array(buffer[start..<(start + data)])) }
        whole.payload = Array(buffer[(start + data)..<(start + data + payload)])
        start += data + payload
        searched = start
        header = nil
        return whole
    }

    private mutating func line() throws(Refusal) -> [UInt8]? {
        searched = max(searched, start)
        guard let end = buffer[searched...].firstIndex(of: 0x0A) else {
            searched = buffer.count
            guard buffer.count - start <= Self.mostHeader else { throw .headerTooLong }
            return nil
        }
        guard end - start <= Self.mostHeader else { throw .headerTooLong }
        defer { (start, searched) = (end + 1, end + 1) }
        return Array(buffer[start..<end])
    }

    private static func header(
        _ line: [UInt8]
    ) throws(Refusal) -> (message: WyomingMessage, data: Int, payload: Int) {
        let fields = try fields(line)
        func length(_ name: String) throws(Refusal) -> Int {
            switch fields.last(where: { $0.0 == name })?.1 {
            case nil, .null?: return 0
            case .integer(let count)? where count >= 0: return count
            default: throw .malformed("\"\(name)\" is no length")
            }
        }
        let (data, payload) = (try length("data_length"), try length("payload_length"))
        guard data <= mostData, payload <= mostPayload else { throw .tooLarge }
        guard let type = fields.last(where: { $0.0 == "type" })?.1.stringValue, !type.isEmpty else {
            throw .malformed("there is no \"type\"")
        }
        var message = WyomingMessage(type)
        if case .object(let inner)? = fields.last(where: { $0.0 == "data" })?.1 { message.data = inner }
        return (message, data, payload)
    }

    private static func fields(_ bytes: [UInt8]) throws(Refusal) -> [(String, JSONValue)] {
        do throws(JSONValue.ReadError) {
            guard case .object(let fields) = try JSONValue.read(bytes, deepest: 16) else {
                throw JSONValue.ReadError(what: "expected an object", offset: 0)
            }
            return fields
        } catch {
            throw .malformed("\(error.what) at byte \(error.offset)")
        }
    }
}
