/// A record that another pipeline made and that came over a network; it goes on as it came, byte for byte.
public struct ReceivedRecord: Hashable, Sendable {
    /// The largest record that is taken, in bytes.
    public static let largest = 1 << 18

    /// What it says, one JSON object without line breaks.
    public let json: String
    /// Its kind: `keyword`, `gesture`, ...; `unknown` if it does not say.
    public let kind: String
    /// When it was noticed, in the time of its own stream, to a thousandth of a second; zero if it does not say.
    public let at: StreamTime

    /// Reads a record from bytes that may be anything.
    ///
    /// - Throws: if they are more than ``largest``, or no JSON object on one line.
    public init(_ bytes: [UInt8]) throws(SpikelineError) {
        guard bytes.count <= ReceivedRecord.largest else {
            throw SpikelineError("expected a record of at most \(ReceivedRecord.largest) bytes, found \(bytes.count)")
        }
        let value: JSONValue
        do { value = try JSONValue.read(bytes, deepest: 16) } catch {
            throw SpikelineError("the record is no JSON: \(error.what) at byte \(error.offset)")
        }
        guard case .object = value, !bytes.contains(UInt8(ascii: "\n")), !bytes.contains(UInt8(ascii: "\r")) else {
            throw SpikelineError("expected a record, a JSON object on one line, found something else")
        }
        json = String(decoding: bytes, as: UTF8.self)
        kind = value["kind"]?.stringValue ?? "unknown"
        let seconds: Double =
            switch value["at_s"] {
            case .integer(let number): Double(number)
            case .fixed(let number, _): number
            default: 0
            }
        // 2^53 nanoseconds are 104 days, beyond which thousandths are kept all the same; 9e9 s fit an Int64.
        let nanoseconds = (abs(seconds) < 9e9 ? seconds * 1e9 : 0).rounded()
        at = StreamTime(nanoseconds: Int64(nanoseconds))
    }

    /// The record as a JSON value; numbers with a fraction have as many decimals as there were, at most nine.
    public var jsonValue: JSONValue { (try? JSONValue.read(Array(json.utf8), deepest: 16)) ?? .null }
}
