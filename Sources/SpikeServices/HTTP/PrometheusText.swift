/// Metrics in the text format of Prometheus, version 0.0.4.
struct PrometheusText {
    /// The media type.
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    /// What was written so far.
    private(set) var text = ""

    /// Nothing.
    init() {}

    /// Begins a metric.
    mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// A value of the metric that was begun.
    mutating func value(_ name: String, _ labels: [(String, String)], _ number: Double) {
        text += name
        if !labels.isEmpty {
            let list = labels.map { "\($0)=\"\(PrometheusText.escaped($1))\"" }
            text += "{" + list.joined(separator: ",") + "}"
        }
        // Whole numbers without a fraction, as counters are.
        text += number == number.rounded() && abs(number) < 1e15 ? " \(Int(number))\n" : " \(number)\n"
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.append(character)
            }
        }
        return out
    }
}
