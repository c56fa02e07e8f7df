/// The trade of a detector as a picture: hits upwards, false alarms per hour to the right.
///
/// The false alarms are on a logarithmic axis, whose left end stands for "none at all".
public struct DETFigure: Sendable {
    /// One threshold: what it costs and what it brings.
    public struct Point: Hashable, Sendable {
        /// False alarms per hour.
        public var falseAlarmsPerHour: Double
        /// The share of the words that are found, 0 to 1.
        public var hitRate: Double
        /// The threshold; nil if there are several.
        public var threshold: Double?

        /// What `threshold` costs and brings.
        public init(falseAlarmsPerHour: Double, hitRate: Double, threshold: Double?) {
            self.falseAlarmsPerHour = falseAlarmsPerHour
            self.hitRate = hitRate
            self.threshold = threshold
        }
    }

    /// A curve with a name for the legend.
    public struct Curve: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The points, by threshold.
        public var points: [Point]
        /// The point that is marked, if any.
        public var marked: Point?

        /// A curve through `points` with one of them marked.
        public init(name: String, points: [Point], marked: Point? = nil) {
            self.name = name
            self.points = points
            self.marked = marked
        }
    }

    /// What stands above the picture.
    public var title: String
    /// What stands under the title: the data, the rule.
    public var subtitle: String
    /// The curves.
    public var curves: [Curve]

    /// A figure of these curves.
    public init(title: String, subtitle: String = "", curves: [Curve]) {
        self.title = title
        self.subtitle = subtitle
        self.curves = curves
    }

    static let width = 680.0
    static let height = 450.0
    static let plot = PlotArea(left: 64, top: 78, right: 660, bottom: 394)

    /// The picture.
    public var svg: SVG {
        var svg = SVG(width: Self.width, height: Self.height, title: title)
        let x = alarmScale
        let y = Scale(.linear, from: 0, to: 1, at: (Self.plot.bottom, Self.plot.top))
        svg.addHeading(title, subtitle, x: Self.plot.left)
        Self.plot.drawGrid(
            in: &svg, x: x, xTicks: alarmTicks(x), y: y,
            yTicks: y.ticks(about: 10).map { ($0, Label.number($0 * 100) + " %") })
        svg.addText("false alarms per hour", x: Self.plot.middle, y: Self.plot.bottom + 40, anchor: "middle")
        svg.addText("words found", x: 14, y: Self.plot.top - 12, anchor: "start", colour: Palette.quiet)
        for (index, curve) in curves.enumerated() { draw(curve, Palette.series(index), in: &svg, x: x, y: y) }
        drawLegend(in: &svg)
        return svg
    }

    /// From below the smallest rate that is not zero (that end means zero) to above the largest.
    private var alarmScale: Scale {
        let rates = curves.flatMap { $0.points.map(\.falseAlarmsPerHour) }.filter { $0 > 0 && $0.isFinite }
        let low = max(rates.min() ?? 0.1, 1e-4) / 2
        let high = max(rates.max() ?? 10, low * 10) * 1.2
        return Scale(.logarithmic, from: low, to: high, at: (Self.plot.left, Self.plot.right))
    }

    private func alarmTicks(_ x: Scale) -> [(Double, String)] {
        [(x.domain.lowerBound, "0")]
            + x.ticks(about: 8).filter { $0 >= x.domain.lowerBound * 1.3 }.map { ($0, Label.number($0)) }
    }

    private func draw(_ curve: Curve, _ colour: String, in svg: inout SVG, x: Scale, y: Scale) {
        let path = Polyline(
            points: curve.points.map { (x.position($0.falseAlarmsPerHour), y.position($0.hitRate)) })
        svg.addPath(
            path.data, ["fill": "none", "stroke": colour, "stroke-width": 2, "stroke-linejoin": "round"])
        for point in curve.points.prefix(400) {
            svg.add(
                "circle",
                [
                    "cx": x.position(point.falseAlarmsPerHour), "cy": y.position(point.hitRate), "r": 2.2,
                    "fill": colour,
                ])
        }
        guard let marked = curve.marked else { return }
        let at = (x.position(marked.falseAlarmsPerHour), y.position(marked.hitRate))
        svg.add(
            "circle", ["cx": at.0, "cy": at.1, "r": 6, "fill": "white", "stroke": colour, "stroke-width": 2.5])
        let isRight = at.0 < Self.plot.middle
        svg.addText(
            "\(Label.number((marked.hitRate * 1000).rounded() / 10)) % at "
                + "\(Label.number((marked.falseAlarmsPerHour * 10).rounded() / 10)) per hour"
                + (marked.threshold.map { ", threshold " + Label.number(($0 * 1000).rounded() / 1000) } ?? ""),
            x: at.0 + (isRight ? 11 : -11), y: at.1 + (isRight ? 17 : -11), anchor: isRight ? "start" : "end",
            colour: colour, isBold: true)
    }

    private func drawLegend(in svg: inout SVG) {
        guard curves.count > 1 || !(curves.first?.name ?? "").isEmpty else { return }
        let top = Self.plot.bottom - 14 - 18 * Double(curves.count - 1)
        let left = Self.plot.right - 190
        for (index, curve) in curves.enumerated() {
            let y = top + 18 * Double(index)
            svg.add(
                "line",
                [
                    "x1": left, "y1": y - 4, "x2": left + 22, "y2": y - 4, "stroke": Palette.series(index),
                    "stroke-width": 2.5,
                ])
            svg.addText(curve.name, x: left + 28, y: y, anchor: "start")
        }
    }
}
