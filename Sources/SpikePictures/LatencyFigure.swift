/// When in a pattern a neuron fires, over the time for which it has learned.
public struct LatencyFigure: Sendable {
    /// A spike.
    public struct Point: Hashable, Sendable {
        /// When it came.
        public var seconds: Double
        /// Milliseconds since the pattern began; nil outside of the pattern.
        public var latency: Double?

        /// A spike after `seconds`.
        public init(seconds: Double, latency: Double?) {
            self.seconds = seconds
            self.latency = latency
        }
    }

    /// What stands above the picture.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// The spikes, in order of time.
    public var points: [Point]

    /// The most spikes that are drawn; of more, evenly spread ones are.
    public static let mostPoints = 4_000

    /// A figure of these spikes.
    public init(title: String, subtitle: String = "", points: [Point]) {
        self.title = title
        self.subtitle = subtitle
        self.points = points
    }

    private static let plot = PlotArea(left: 64, top: 78, right: 660, bottom: 394)

    /// The picture.
    public var svg: SVG {
        var svg = SVG(width: 680, height: 450, title: title)
        let x = Scale(.linear, from: 0, to: points.last?.seconds ?? 1, at: (Self.plot.left, Self.plot.right))
        let highest = points.compactMap(\.latency).reduce(50, max)
        let y = Scale(.linear, from: 0, to: highest, at: (Self.plot.bottom, Self.plot.top))
        svg.addHeading(title, subtitle, x: Self.plot.left)
        Self.plot.drawGrid(
            in: &svg, x: x, xTicks: x.ticks(about: 9).map { ($0, Label.number($0)) }, y: y,
            yTicks: y.ticks(about: 5).map { ($0, Label.number($0)) })
        svg.addText("seconds", x: Self.plot.middle, y: Self.plot.bottom + 40, anchor: "middle")
        svg.addText(
            "spike after the pattern began, ms", x: 14, y: Self.plot.top - 12, anchor: "start", colour: Palette.quiet)
        let step = max(1, (points.count + Self.mostPoints - 1) / Self.mostPoints)
        for index in stride(from: 0, to: points.count, by: step) {
            let point = points[index]
            svg.add(
                "circle",
                [
                    "cx": x.position(point.seconds), "cy": y.position(point.latency ?? 0), "r": 1.4,
                    "fill": point.latency == nil ? Palette.series(1) : Palette.series(0),
                ])
        }
        return svg
    }
}
