import SpikeSignals

/// Figures as people read them in tables.
enum Figures {
    /// A share of 1 in per cent with one decimal, or a dash.
    static func percent(_ share: Double?) -> String { share.map { decimal($0 * 100, 1) + " %" } ?? "-" }

    /// A number with that many decimals, or a dash.
    static func decimal(_ value: Double?, _ decimals: Int) -> String {
        value.flatMap { JSONValue.decimal($0, decimals: decimals) } ?? "-"
    }

    /// A positive number with three significant digits and a metric prefix: `12.3 M`, `4.56 k`, `0.0031`.
    static func short(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "-" }
        let size = value.magnitude
        for (limit, factor, prefix) in [(1e9, 1e9, " G"), (1e6, 1e6, " M"), (1e4, 1e3, " k")] where size >= limit {
            return threeDigits(value / factor) + prefix
        }
        return threeDigits(value)
    }

    private static func threeDigits(_ value: Double) -> String {
        var decimals = 2
        var size = value.magnitude
        if size >= 100 { decimals = 0 } else if size >= 10 { decimals = 1 }
        while size > 0, size < 1, decimals < 7 {
            size *= 10
            decimals += 1
        }
        return decimal(value, decimals)
    }
}
