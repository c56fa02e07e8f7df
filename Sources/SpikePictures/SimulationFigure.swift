/// A simulated network: who fired when, some membranes, and the rate over time.
///
/// ```
/// drive    | . .  .   . .  .        a panel of spikes for each group
/// neurons  |  .    ..     .
/// mV       |  _/|__/|____/|         membranes; in colours the reference, thin and dark its twin in whole numbers
/// Hz       |  ▂▁▃▂▁▂▁▂              a line for each population
///          0 s                1 s
/// ```
/// The size of the document is bounded: spikes are gathered into cells, and no line has more than 4,000 points.
public struct SimulationFigure: Sendable {
    /// What stands above.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// How long the run was, in seconds.
    public var seconds: Double
    /// The spikes of each group.
    public var panels: [RasterFigure.SpikePanel]
    /// Membranes of the reference in mV, equally spaced from the start to the end.
    public var traces: [RasterFigure.Series]
    /// The same membranes in the twin.
    public var twins: [RasterFigure.Series]
    /// Rates in Hz, equally spaced in time from the start to the end.
    public var rates: [RasterFigure.Series]

    /// A figure of these values.
    public init(
        title: String, subtitle: String, seconds: Double, panels: [RasterFigure.SpikePanel],
        traces: [RasterFigure.Series], twins: [RasterFigure.Series], rates: [RasterFigure.Series]
    ) {
        (self.title, self.subtitle, self.seconds, self.panels) = (title, subtitle, seconds, panels)
        (self.traces, self.twins, self.rates) = (traces, twins, rates)
    }

    private static let (left, right, gap) = (72.0, 856.0, 34.0)
    private static let most = 4_000

    /// Where everything lies: panels of spikes, membranes, rates.
    private var areas: [PlotArea] {
        var top = 78.0
        return (panels.map(\.height) + [traces.isEmpty ? 0 : 170, 120]).map { height in
            defer { top += height > 0 ? height + Self.gap : 0 }
            return PlotArea(left: Self.left, top: top, right: Self.right, bottom: top + height)
        }
    }

    /// The figure as a page.
    public var svg: SVG {
        let areas = areas
        let (membranes, rate) = (areas[panels.count], areas[panels.count + 1])
        var svg = SVG(width: 960, height: rate.bottom + 50, title: title)
        svg.addHeading(title, subtitle, x: Self.left)
        let time = timeScale
        for (index, panel) in panels.enumerated() {
            panel.draw(in: &svg, area: areas[index], time: time, colour: Palette.spikes[index % Palette.spikes.count])
        }
        let xTicks = time.ticks(about: 10)
        if !traces.isEmpty {
            svg.addText(
                "membrane potential in mV; dark: in whole numbers", x: membranes.left, y: membranes.top - 6,
                anchor: "start", isBold: true)
            let y = Self.scale(traces + twins, isFromZero: false, membranes)
            membranes.drawGrid(
                in: &svg, x: time, xTicks: xTicks.map { ($0, "") }, y: y,
                yTicks: y.ticks(about: 5).map { ($0, Label.number($0)) })
            for (index, trace) in traces.enumerated() {
                draw(trace, Palette.series(index), 1.8, in: &svg, time, y)
                svg.addText(
                    trace.name, x: membranes.right + 8, y: membranes.top + 12 + 15 * Double(index), anchor: "start",
                    colour: Palette.series(index), size: 11)
            }
            for twin in twins { draw(twin, Palette.ink, 0.5, in: &svg, time, y) }
        }
        svg.addText("rate in Hz per neuron", x: rate.left, y: rate.top - 6, anchor: "start", isBold: true)
        let y = Self.scale(rates, isFromZero: true, rate)
        rate.drawGrid(
            in: &svg, x: time, xTicks: xTicks.map { ($0, "") }, y: y,
            yTicks: y.ticks(about: 4).map { ($0, Label.number($0)) })
        for (index, series) in rates.enumerated() {
            drawColumns(series, Palette.series(index), in: &svg, time, y)
            svg.addText(
                series.name, x: rate.right + 8, y: rate.top + 12 + 15 * Double(index), anchor: "start",
                colour: Palette.series(index), size: 11)
        }
        for tick in xTicks {
            svg.addText(
                Label.number(tick) + " s", x: time.position(tick), y: rate.bottom + 18, anchor: "middle",
                colour: Palette.quiet)
        }
        return svg
    }

    private var timeScale: Scale { Scale(.linear, from: 0, to: seconds, at: (Self.left, Self.right)) }

    private static func scale(_ series: [RasterFigure.Series], isFromZero: Bool, _ area: PlotArea) -> Scale {
        let values = series.flatMap { $0.values.filter(\.isFinite) }
        let low = isFromZero ? 0 : values.min() ?? 0
        return Scale(.linear, from: low, to: max(values.max() ?? 1, low + 1e-6), at: (area.bottom, area.top))
    }

    /// Time and value of a line, thinned to what can be drawn; a value stands for the end of its part of the run.
    private func points(_ series: RasterFigure.Series) -> [(Double, Double)] {
        let count = series.values.count
        let run = max(1, (count + Self.most - 1) / Self.most)
        return stride(from: 0, to: count, by: run).map { index in
            (Double(index + 1) / Double(max(count, 1)) * seconds, series.values[index])
        }
    }

    private func draw(
        _ series: RasterFigure.Series, _ colour: String, _ width: Double, in svg: inout SVG, _ x: Scale, _ y: Scale
    ) {
        let line = Polyline(points: points(series).map { (x.position($0.0), y.position($0.1)) })
        svg.addPath(line.data, ["fill": "none", "stroke": colour, "stroke-width": width, "stroke-linejoin": "round"])
    }

    /// A histogram: an outline of columns as wide as their bins.
    private func drawColumns(
        _ series: RasterFigure.Series, _ colour: String, in svg: inout SVG, _ x: Scale, _ y: Scale
    ) {
        let count = Double(max(series.values.count, 1))
        let columns = points(series).flatMap { time, value in
            [(x.position(time - seconds / count), y.position(value)), (x.position(time), y.position(value))]
        }
        guard let first = columns.first, let last = columns.last else { return }
        let closed = [(first.0, y.position(0))] + columns + [(last.0, y.position(0))]
        svg.addPath(
            Polyline(points: closed).data,
            ["fill": colour, "fill-opacity": 0.25, "stroke": colour, "stroke-width": 1.2, "stroke-linejoin": "round"])
    }
}
