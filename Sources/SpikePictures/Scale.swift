#if canImport(Glibc)
import Glibc
#endif

/// Maps quantities to positions on the page, and knows where round numbers lie.
public struct Scale: Sendable {
    /// How quantities spread over the axis.
    public enum Kind: Sendable {
        /// Equal steps are equally long.
        case linear
        /// Equal ratios are equally long.
        case logarithmic
    }

    /// How quantities spread over the axis.
    public let kind: Kind
    /// The quantities at the two ends.
    public let domain: ClosedRange<Double>
    /// The positions of the two ends, in user units; the first may be the larger.
    public let ends: (Double, Double)

    /// A scale; an empty or impossible domain is widened to one that can be drawn.
    public init(_ kind: Kind, from lower: Double, to upper: Double, at ends: (Double, Double)) {
        self.kind = kind
        self.ends = ends
        var low = lower.isFinite ? lower : 0
        var high = upper.isFinite ? upper : low + 1
        if case .logarithmic = kind {
            low = max(low, 1e-9)
            if high <= low { high = low * 10 }
        } else if high <= low {
            high = low + 1
        }
        domain = low...high
    }

    /// Where `value` lies; values outside the domain lie at the nearer end.
    public func position(_ value: Double) -> Double {
        let value = value.isNaN ? domain.lowerBound : min(max(value, domain.lowerBound), domain.upperBound)
        let share =
            switch kind {
            case .linear: (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
            case .logarithmic: log(value / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
            }
        return ends.0 + (ends.1 - ends.0) * share
    }

    /// About `count` round quantities inside the domain, ascending: 1, 2 and 5 times powers of ten.
    public func ticks(about count: Int) -> [Double] {
        switch kind {
        case .linear: Scale.linearTicks(domain, about: max(count, 1))
        case .logarithmic: Scale.logarithmicTicks(domain, about: max(count, 1))
        }
    }

    private static func linearTicks(_ domain: ClosedRange<Double>, about count: Int) -> [Double] {
        let span = domain.upperBound - domain.lowerBound
        let power = pow(10, floor(log10(span / Double(count))))
        let step = [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= Double(count) * 1.001 } ?? power * 10
        let first = (domain.lowerBound / step - 1e-9).rounded(.up)
        let last = (domain.upperBound / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 1000 else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    private static func logarithmicTicks(_ domain: ClosedRange<Double>, about count: Int) -> [Double] {
        let first = Int(floor(log10(domain.lowerBound)))
        let last = Int(ceil(log10(domain.upperBound)))
        for multiples in [[1.0, 2, 5], [1, 3], [1]] {
            let all = (first...last).flatMap { exponent in multiples.map { $0 * pow(10, Double(exponent)) } }
            let inside = all.filter { domain.lowerBound * 0.999 <= $0 && $0 <= domain.upperBound * 1.001 }
            if inside.count <= count + 2 || multiples.count == 1 { return inside }
        }
        return []
    }
}

/// Numbers as people write them on axes.
enum Label {
    /// The shortest decimal of a round number, with up to four decimals: `0.5`, `20`, `1.25`.
    static func number(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "" }
        var digits = String(Int((value.magnitude * 10_000).rounded(.toNearestOrAwayFromZero)))
        digits = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        let whole = digits.dropLast(4)
        var fraction = digits.suffix(4)
        while fraction.last == "0" { fraction.removeLast() }
        let text = fraction.isEmpty ? String(whole) : whole + "." + fraction
        return value < 0 && text != "0" ? "\u{2212}" + text : text
    }

    /// A frequency: `200 Hz`, `2 kHz`.
    static func frequency(_ hertz: Double) -> String {
        hertz >= 1000 ? number(hertz / 1000) + " kHz" : number(hertz) + " Hz"
    }
}
