/// Writes an SVG 1.1 document (W3C Recommendation, 16 August 2011), element by element.
///
/// Text and attribute values may be anything: what XML forbids is dropped, what it reserves is escaped, and a number
/// that is not finite becomes 0, so the document is always well formed.
/// ```
/// var svg = SVG(width: 100, height: 50, title: "A line")
/// svg.add("line", ["x1": 0, "y1": 0, "x2": 100, "y2": 50, "stroke": "black"])
/// print(svg.text)
/// ```
public struct SVG: Sendable {
    /// The width in user units (pixels).
    public let width: Double
    /// The height in user units (pixels).
    public let height: Double
    private var body: String

    /// A white page with a title that screen readers speak.
    public init(width: Double, height: Double, title: String) {
        self.width = width
        self.height = height
        body = ""
        add("title", [:], text: title)
        add("rect", ["width": width, "height": height, "fill": "white"])
    }

    /// Adds an element with optional text inside.
    public mutating func add(_ name: String, _ attributes: KeyValuePairs<String, any SVGValue>, text: String? = nil) {
        begin(name, attributes)
        if let text { body += ">" + SVG.escaped(text) + "</\(name)>\n" } else { body += "/>\n" }
    }

    /// Adds an element around what `content` adds.
    public mutating func group(
        _ attributes: KeyValuePairs<String, any SVGValue>, _ content: (inout SVG) -> Void
    ) {
        begin("g", attributes)
        body += ">\n"
        content(&self)
        body += "</g>\n"
    }

    /// Adds a path from path data in user units; nothing if it is empty.
    public mutating func addPath(_ data: String, _ attributes: KeyValuePairs<String, any SVGValue>) {
        guard !data.isEmpty else { return }
        begin("path", attributes)
        body += " d=\"" + SVG.escaped(data) + "\"/>\n"
    }

    /// The whole document.
    public var text: String {
        let size = "width=\"\(width.svgText)\" height=\"\(height.svgText)\""
        let box = "viewBox=\"0 0 \(width.svgText) \(height.svgText)\""
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(box) "
            + "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\">\n\(body)</svg>\n"
    }

    private mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, any SVGValue>) {
        body += "<" + name
        for (key, value) in attributes { body += " \(key)=\"" + SVG.escaped(value.svgText) + "\"" }
    }

    /// `text` with the five reserved characters escaped and the characters that XML 1.0 forbids (section 2.2) left
    /// out.
    public static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\t", "\n", "\r": out += " "
            default:
                let isForbidden = scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
                if !isForbidden { out.unicodeScalars.append(scalar) }
            }
        }
        return out
    }
}

/// What can stand as the value of an attribute.
public protocol SVGValue: Sendable {
    /// The value as SVG text, not yet escaped.
    var svgText: String { get }
}

extension String: SVGValue {
    /// The text itself.
    public var svgText: String { self }
}

extension Int: SVGValue {
    /// The digits.
    public var svgText: String { String(self) }
}

extension Double: SVGValue {
    /// At most two decimals, without trailing zeros; 0 for what is not finite or beyond ±10^9.
    public var svgText: String {
        guard isFinite, magnitude < 1e9 else { return "0" }
        let hundredths = Int((magnitude * 100).rounded(.toNearestOrAwayFromZero))
        let sign = self < 0 && hundredths > 0 ? "-" : ""
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return sign + String(whole) }
        if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
        return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
