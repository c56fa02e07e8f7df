/// What several ways of doing something reach for what they cost: panels side by side with one logarithmic axis of costs.
public struct TradeOffFigure: Sendable {
    /// One way at several settings.
    public struct Curve: Sendable {
        /// What it is called.
        public var name: String
        /// Cost and result of each setting; costs are positive.
        public var points: [(x: Double, y: Double)]

        /// A curve through these points.
        public init(name: String, points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points
        }
    }

    /// One kind of result.
    public struct Panel: Sendable {
        /// What stands above.
        public var label: String
        /// The same ways in each panel.
        public var curves: [Curve]

        /// A panel of these curves.
        public init(label: String, curves: [Curve]) {
            self.label = label
            self.curves = curves
        }
    }

    /// What stands above.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// What the costs are.
    public var xLabel: String
    /// The kinds of result, left to right.
    public var panels: [Panel]

    /// A figure of these panels.
    public init(title: String, subtitle: String, xLabel: String, panels: [Panel]) {
        (self.title, self.subtitle, self.xLabel, self.panels) = (title, subtitle, xLabel, panels)
    }

    private static let (width, height) = (440.0, 380.0)

    /// The figure as a page.
    public var svg: SVG {
        var svg = SVG(width: 20 + Self.width * Double(panels.count) + 160, height: 78 + Self.height, title: title)
        svg.addHeading(title, subtitle, x: 64)
        for (index, panel) in panels.enumerated() {
            let left = 64 + Self.width * Double(index)
            let area = PlotArea(left: left, top: 78, right: left + Self.width - 70, bottom: 28 + Self.height)
            let (x, y) = (xScale(area), yScale(panel, area))
            svg.addText(panel.label, x: area.left, y: area.top - 10, anchor: "start", isBold: true)
            area.drawGrid(
                in: &svg, x: x, xTicks: x.ticks(about: 5).map { ($0, Label.number($0)) }, y: y,
                yTicks: y.ticks(about: 6).map { ($0, Label.number($0)) })
            svg.addText(xLabel, x: area.middle, y: area.bottom + 38, anchor: "middle", colour: Palette.quiet)
            for (place, curve) in panel.curves.enumerated() {
                let points = curve.points.map { (x.position($0.x), y.position($0.y)) }
                svg.addPath(
                    Polyline(points: points).data,
                    ["fill": "none", "stroke": Palette.series(place), "stroke-width": 1.6])
                for point in points.prefix(100) {
                    svg.add("circle", ["cx": point.0, "cy": point.1, "r": 3, "fill": Palette.series(place)])
                }
            }
        }
        for (place, curve) in (panels.first?.curves ?? []).enumerated() {
            let (x, y) = (50 + Self.width * Double(panels.count), 90 + 20 * Double(place))
            svg.add("circle", ["cx": x, "cy": y - 4, "r": 4, "fill": Palette.series(place)])
            svg.addText(curve.name, x: x + 10, y: y, anchor: "start")
        }
        return svg
    }

    /// The figure as pixels, without text: the panels side by side, a square for each setting.
    public var image: PixelImage {
        var image = PixelImage(
            width: Int(Self.width) * max(panels.count, 1), height: Int(Self.height), colour: .init(255, 255, 255))
        for (index, panel) in panels.enumerated() {
            let left = Double(index) * Self.width
            let area = PlotArea(left: left + 20, top: 20, right: left + Self.width - 20, bottom: Self.height - 20)
            for y in Int(area.top)...Int(area.bottom) { image[Int(area.left), y] = .init(102, 102, 102) }
            for x in Int(area.left)...Int(area.right) { image[x, Int(area.bottom)] = .init(102, 102, 102) }
            let (x, y) = (xScale(area), yScale(panel, area))
            for (place, curve) in panel.curves.enumerated() {
                let value = Int(Palette.series(place).dropFirst(), radix: 16) ?? 0
                let colour = PixelImage.Colour(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
                for point in curve.points {
                    let (column, row) = (Int(x.position(point.x)), Int(y.position(point.y)))
                    for dx in -2...2 {
                        for dy in -2...2 { image[column + dx, row + dy] = colour }
                    }
                }
            }
        }
        return image
    }

    private func xScale(_ area: PlotArea) -> Scale {
        let costs = panels.flatMap { $0.curves.flatMap { $0.points.map(\.x) } }.filter { $0 > 0 && $0.isFinite }
        return Scale(
            .logarithmic, from: (costs.min() ?? 1) / 1.2, to: (costs.max() ?? 10) * 1.2, at: (area.left, area.right))
    }

    private func yScale(_ panel: Panel, _ area: PlotArea) -> Scale {
        let results = panel.curves.flatMap { $0.points.map(\.y) }.filter(\.isFinite)
        return Scale(.linear, from: min(0, results.min() ?? 0), to: results.max() ?? 1, at: (area.bottom, area.top))
    }
}
