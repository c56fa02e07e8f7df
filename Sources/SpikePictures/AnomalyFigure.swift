/// What a watch over a machine or a scene saw: the score against its threshold over time, phases and alerts, and which
/// bands or cells differed.
///
/// ```
/// score /      |learning|calibrating|armed      ██ alert
/// threshold  1 |- - - - - - - - - - - - - - - -/--\- - -
///              |____.___.___._.___.___._______/____\____
/// 6 kHz        |                              ░▓▓▓▓        red: more than expected, blue: less
/// 80 Hz        |                               ░░░
/// ```
/// The size of the document is bounded by the number of bins.
public struct AnomalyFigure: Sendable {
    /// A time in the figure, equally long as all others.
    public struct Bin: Hashable, Sendable {
        /// The highest score over threshold; 0 before there is a threshold.
        public var ratio: Double
        /// What was done: `learning`, `calibrating`, `armed`.
        public var phase: String
        /// For each channel, the strongest deviation: positive if more came than expected.
        public var deviations: [Float]

        /// A bin with these values.
        public init(ratio: Double, phase: String, deviations: [Float]) {
            (self.ratio, self.phase, self.deviations) = (ratio, phase, deviations)
        }
    }

    /// What stands above.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// The length of a bin in seconds; the first begins at 0.
    public var binSeconds: Double
    /// The bins, oldest first.
    public var bins: [Bin]
    /// Labels of channels, from the lowest: channel and text.
    public var labels: [(Int, String)]
    /// The alerts.
    public var alerts: [RasterFigure.Word]
    /// Faults of the sensor, with their times.
    public var faults: [RasterFigure.Word]

    /// A figure of these values.
    public init(
        title: String, subtitle: String, binSeconds: Double, bins: [Bin], labels: [(Int, String)],
        alerts: [RasterFigure.Word], faults: [RasterFigure.Word]
    ) {
        (self.title, self.subtitle, self.binSeconds, self.bins) = (title, subtitle, binSeconds, bins)
        (self.labels, self.alerts, self.faults) = (labels, alerts, faults)
    }

    private var channels: Int { bins.map(\.deviations.count).max() ?? 0 }
    private static let plot = PlotArea(left: 110, top: 96, right: 1_010, bottom: 276)

    /// The figure as a page.
    public var svg: SVG {
        let plot = Self.plot
        let heat = PlotArea(left: plot.left, top: 330, right: plot.right, bottom: 330 + 320)
        var svg = SVG(width: 1_050, height: heat.bottom + 60, title: title)
        svg.addHeading(title, subtitle, x: 20)
        let x = Scale(
            .linear, from: 0, to: max(binSeconds * Double(bins.count), 0.001), at: (plot.left, plot.right))
        drawPhases(in: &svg, x)
        drawScore(in: &svg, x)
        drawHeat(in: &svg, heat, x)
        return svg
    }

    private func drawPhases(in svg: inout SVG, _ x: Scale) {
        let plot = Self.plot
        var start = 0
        for index in 1...max(bins.count, 1) where index >= bins.count || bins[index].phase != bins[start].phase {
            guard start < bins.count else { break }
            let (left, right) = (x.position(Double(start) * binSeconds), x.position(Double(index) * binSeconds))
            if bins[start].phase != "armed" {
                svg.add(
                    "rect",
                    [
                        "x": left, "y": plot.top, "width": max(right - left, 1), "height": plot.bottom - plot.top,
                        "fill": bins[start].phase == "learning" ? Palette.grid : "#f3f3f3",
                    ])
            }
            svg.addText(
                bins[start].phase, x: left + 3, y: plot.top + 13, anchor: "start", colour: Palette.quiet, size: 11)
            start = index
        }
        for alert in alerts {
            let (left, right) = (x.position(alert.start), x.position(alert.end))
            svg.add(
                "rect",
                [
                    "x": left, "y": plot.top, "width": max(right - left, 1.5), "height": plot.bottom - plot.top,
                    "fill": Palette.band,
                ])
            svg.addText(alert.text, x: left, y: plot.top - 6, anchor: "start", colour: Palette.bandInk, size: 11)
        }
        for fault in faults {
            let place = x.position(fault.start)
            svg.addPath(
                "M\(place.svgText) \((plot.top - 18).svgText)V\(plot.bottom.svgText)",
                ["stroke": Palette.series(8), "stroke-width": 1, "stroke-dasharray": "2 3"])
            svg.addText(
                fault.text, x: place + 3, y: plot.top - 20, anchor: "start", colour: Palette.series(8), size: 11)
        }
    }

    private func drawScore(in svg: inout SVG, _ x: Scale) {
        let plot = Self.plot
        let highest = max(bins.map(\.ratio).max() ?? 1, 2)
        let y = Scale(.logarithmic, from: 0.05, to: highest, at: (plot.bottom, plot.top))
        plot.drawGrid(
            in: &svg, x: x, xTicks: x.ticks(about: 10).map { ($0, "") }, y: y,
            yTicks: y.ticks(about: 5).map { ($0, Label.number($0)) })
        svg.addText("score / threshold", x: 20, y: plot.top - 10, anchor: "start", colour: Palette.quiet)
        let one = y.position(1).svgText
        svg.addPath(
            "M\(plot.left.svgText) \(one)H\(plot.right.svgText)",
            ["stroke": Palette.ink, "stroke-width": 1, "stroke-dasharray": "4 3"])
        let points = bins.enumerated().filter { $1.ratio > 0 }.map { index, bin in
            (x.position((Double(index) + 0.5) * binSeconds), y.position(bin.ratio))
        }
        svg.addPath(
            Polyline(points: points).data,
            ["fill": "none", "stroke": Palette.series(0), "stroke-width": 1.3, "stroke-linejoin": "round"])
    }

    private func drawHeat(in svg: inout SVG, _ plot: PlotArea, _ x: Scale) {
        svg.addText(
            "what differs: red more than expected, blue less", x: plot.left, y: plot.top - 8, anchor: "start",
            colour: Palette.quiet)
        if channels > 0 {
            svg.add(
                "image",
                [
                    "x": plot.left, "y": plot.top, "width": plot.right - plot.left, "height": plot.bottom - plot.top,
                    "preserveAspectRatio": "none", "style": "image-rendering: pixelated",
                    "href": "data:image/png;base64," + Base64.text(PNG.file(heatMap)),
                ])
        }
        let y = Scale(.linear, from: 0, to: Double(max(channels, 1)), at: (plot.bottom, plot.top))
        plot.drawGrid(
            in: &svg, x: x, xTicks: x.ticks(about: 10).map { ($0, Label.number($0)) }, y: y,
            yTicks: labels.map { (Double($0.0) + 0.5, $0.1) })
        svg.addText("seconds", x: plot.middle, y: plot.bottom + 38, anchor: "middle")
    }

    /// A pixel for each bin and channel, the first channel at the bottom.
    var heatMap: PixelImage {
        let channels = channels
        var image = PixelImage(width: bins.count, height: channels, colour: .init(255, 255, 255))
        let all = bins.flatMap { $0.deviations.map(\.magnitude) }.sorted()
        // The scale ends where only a hundredth of all lies beyond, and not below four standard deviations.
        let full = max(all.isEmpty ? 0 : all[(all.count - 1) * 99 / 100], 4)
        for (column, bin) in bins.enumerated() {
            for (channel, value) in bin.deviations.enumerated() {
                let part = value.magnitude / full
                let fade = UInt8(255 - 255 * (part < 1 ? part : 1))
                image[column, channels - 1 - channel] =
                    value > 0 ? .init(255, fade, fade) : .init(fade, fade, 255)
            }
        }
        return image
    }

    /// The figure as pixels: the score over time, a line at the threshold, and under it what differs.
    public var image: PixelImage {
        let heat = heatMap
        let factor = max(1, min(8, 320 / max(heat.height, 1)))
        let wide = max(1, 1_000 / max(heat.width, 1))
        let (high, gap) = (160, 8)
        var image = PixelImage(
            width: heat.width * wide, height: high + gap + heat.height * factor, colour: .init(255, 255, 255))
        let y = Scale(
            .logarithmic, from: 0.05, to: max(bins.map(\.ratio).max() ?? 1, 2), at: (Double(high - 1), 0))
        for column in 0..<image.width where !bins.isEmpty {
            let bin = bins[min(column / wide, bins.count - 1)]
            image[column, Int(y.position(1))] = .init(34, 34, 34)
            if bin.ratio > 0 {
                for row in Int(y.position(bin.ratio))..<high { image[column, row] = .init(0, 114, 178) }
            } else if bin.phase != "armed" {
                for row in 0..<high where row % 4 == 0 { image[column, row] = .init(227, 227, 227) }
            }
            for row in 0..<(heat.height * factor) {
                image[column, high + gap + row] = heat[min(column / wide, heat.width - 1), row / factor]
            }
        }
        return image
    }
}
