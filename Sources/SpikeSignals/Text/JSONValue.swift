/// A JSON value with ordered object fields, written without any formatter of the platform.
///
/// Records and `--json` output promise stable names in a stable order; this keeps both.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number with that many decimals at most 9, rounded half away from zero; not finite becomes `null`.
    case fixed(Double, decimals: Int)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// An object; fields keep their order.
    case object([(String, JSONValue)])

    /// The value as one line of JSON (RFC 8259).
    public var text: String {
        var out = ""
        write(into: &out)
        return out
    }

    /// Appends the value as one line of JSON.
    public func write(into out: inout String) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .fixed(let value, let decimals): out += JSONValue.decimal(value, decimals: decimals) ?? "null"
        case .string(let value): JSONValue.write(quoted: value, into: &out)
        case .array(let items):
            out += "["
            for (index, item) in items.enumerated() {
                if index > 0 { out += ", " }
                item.write(into: &out)
            }
            out += "]"
        case .object(let fields):
            out += "{"
            for (index, field) in fields.enumerated() {
                if index > 0 { out += ", " }
                JSONValue.write(quoted: field.0, into: &out)
                out += ": "
                field.1.write(into: &out)
            }
            out += "}"
        }
    }

    /// `value` with exactly `decimals` (0 to 9) decimals, rounded half away from zero, or nil if it is not finite or
    /// its scaled value does not fit an `Int64`.
    public static func decimal(_ value: Double, decimals: Int) -> String? {
        let decimals = min(max(decimals, 0), 9)
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let magnitude = abs(value) * Double(scale) + 0.5
        guard magnitude.isFinite, magnitude < 9e18 else { return nil }
        let whole = Int64(magnitude)
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(whole) }
        let fraction = String(whole % scale)
        return sign + String(whole / scale) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    private static func write(quoted text: String, into out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case let control where control.value < 0x20:
                let hex = String(control.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
