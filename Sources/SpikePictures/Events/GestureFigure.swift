/// What a network saw in a recording: its pixels at the left, scores and spikes over time at the right.
///
/// ```
/// ┌─────────┐  score    ──wave──▁▁▁▁clap──    a line for each label, bands: the gestures that were recognised
/// │ picture │  spikes/s ▁▂▃▂▁▁▁▂▃▃▂▁▁         a panel for each layer
/// └─────────┘           0 s            3 s
/// ```
/// The size of the document is bounded: no line has more than 400 points.
public struct GestureFigure: Sendable {
    /// What stands above the picture.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// All events on their pixels.
    public var picture: PixelImage
    /// When each value was taken, in seconds, ascending.
    public var times: [Double]
    /// The score of each label over time, 0 to 1.
    public var scores: [RasterFigure.Series]
    /// The threshold of the scores.
    public var threshold: Double
    /// Spikes per second of each layer over time.
    public var spikes: [RasterFigure.Series]
    /// The gestures that were recognised.
    public var gestures: [RasterFigure.Word]

    /// A figure of these values.
    public init(
        title: String, subtitle: String, picture: PixelImage, times: [Double], scores: [RasterFigure.Series],
        threshold: Double, spikes: [RasterFigure.Series], gestures: [RasterFigure.Word]
    ) {
        (self.title, self.subtitle, self.picture, self.times) = (title, subtitle, picture, times)
        (self.scores, self.threshold, self.spikes, self.gestures) = (scores, threshold, spikes, gestures)
    }

    private static let most = 400

    /// The figure as a page with the picture inside.
    public var svg: SVG {
        let high = 360 * Double(picture.height) / Double(max(picture.width, 1))
        let panelHeight = 70.0
        let scorePanel = PlotArea(left: 470, top: 80, right: 900, bottom: 260)
        let bottom = max(scorePanel.bottom + Double(spikes.count) * (panelHeight + 26), 62 + min(high, 600))
        var svg = SVG(width: 1_100, height: bottom + 50, title: title)
        svg.addHeading(title, subtitle, x: 20)
        svg.add(
            "image",
            [
                "x": 20.0, "y": 62.0, "width": 360.0, "height": min(high, 600),
                "preserveAspectRatio": "xMidYMin meet", "style": "image-rendering: pixelated",
                "href": "data:image/png;base64," + Base64.text(PNG.file(picture)),
            ])
        let x = Scale(
            .linear, from: 0, to: max(times.last ?? 1, 0.001), at: (scorePanel.left, scorePanel.right))
        drawScores(in: &svg, scorePanel, x)
        for (index, series) in spikes.enumerated() {
            let top = scorePanel.bottom + Double(index) * (panelHeight + 26) + 26
            draw(
                series, colour: Palette.spikes[index % Palette.spikes.count], in: &svg,
                PlotArea(left: 470, top: top, right: 900, bottom: top + panelHeight), x,
                isLast: index == spikes.count - 1)
        }
        return svg
    }

    private func drawScores(in svg: inout SVG, _ plot: PlotArea, _ x: Scale) {
        let y = Scale(.linear, from: 0, to: 1, at: (plot.bottom, plot.top))
        for gesture in gestures {
            let (left, right) = (x.position(gesture.start), x.position(gesture.end))
            svg.add(
                "rect",
                [
                    "x": left, "y": plot.top, "width": max(right - left, 1), "height": plot.bottom - plot.top,
                    "fill": Palette.band,
                ])
            svg.addText(
                gesture.text, x: left + 2, y: plot.top - 5, anchor: "start", colour: Palette.bandInk, size: 11)
        }
        plot.drawGrid(
            in: &svg, x: x, xTicks: x.ticks(about: 6).map { ($0, "") }, y: y,
            yTicks: [0, 0.25, 0.5, 0.75, 1].map { ($0, Label.number($0)) })
        svg.addText("score", x: plot.left - 50, y: plot.top - 10, anchor: "start", colour: Palette.quiet)
        let level = y.position(threshold).svgText
        svg.addPath(
            "M\(plot.left.svgText) \(level)H\(plot.right.svgText)",
            ["stroke": Palette.quiet, "stroke-width": 1, "stroke-dasharray": "4 3", "fill": "none"])
        for (index, series) in scores.enumerated() {
            drawLine(series.values, Palette.series(index), in: &svg, x, y)
            svg.addText(
                series.name, x: plot.right + 10, y: plot.top + 10 + 15 * Double(index), anchor: "start",
                colour: Palette.series(index), size: 11)
        }
    }

    private func draw(
        _ series: RasterFigure.Series, colour: String, in svg: inout SVG, _ plot: PlotArea, _ x: Scale, isLast: Bool
    ) {
        let y = Scale(.linear, from: 0, to: max(series.values.max() ?? 1, 1), at: (plot.bottom, plot.top))
        plot.drawGrid(
            in: &svg, x: x, xTicks: x.ticks(about: 6).map { ($0, isLast ? Label.number($0) : "") }, y: y,
            yTicks: y.ticks(about: 2).map { ($0, Label.number($0)) })
        svg.addText(
            "\(series.name): spikes per second", x: plot.left, y: plot.top - 5, anchor: "start",
            colour: Palette.quiet, size: 11)
        drawLine(series.values, colour, in: &svg, x, y)
        if isLast { svg.addText("seconds", x: plot.middle, y: plot.bottom + 36, anchor: "middle") }
    }

    private func drawLine(_ values: [Double], _ colour: String, in svg: inout SVG, _ x: Scale, _ y: Scale) {
        let points = Self.gathered(zip(times, values).map { ($0, $1) }).map { (x.position($0.0), y.position($0.1)) }
        svg.addPath(
            Polyline(points: points).data,
            ["fill": "none", "stroke": colour, "stroke-width": 1.5, "stroke-linejoin": "round"])
    }

    /// The points, or the means of equal runs of them if there are too many.
    private static func gathered(_ points: [(Double, Double)]) -> [(Double, Double)] {
        let run = max(1, (points.count + most - 1) / most)
        return stride(from: 0, to: points.count, by: run).map { start in
            let part = points[start..<min(start + run, points.count)]
            let count = Double(part.count)
            return (part.reduce(0) { $0 + $1.0 } / count, part.reduce(0) { $0 + $1.1 } / count)
        }
    }

    /// The figure as pixels: the picture, under it the label with the highest score over time (a colour for each, the
    /// height is the score), and under that the spikes of each layer.
    public var image: PixelImage {
        let large = picture.enlarged(by: max(1, 480 / max(picture.width, picture.height)))
        let (gap, high) = (8, 64)
        var image = PixelImage(
            width: large.width, height: large.height + (spikes.count + 1) * (gap + high),
            colour: PixelImage.Colour(255, 255, 255))
        image.bytes.replaceSubrange(0..<large.bytes.count, with: large.bytes)
        for column in 0..<image.width where !times.isEmpty {
            let tick = min(column * times.count / image.width, times.count - 1)
            if let best = scores.indices.max(by: { scores[$0].values[tick] < scores[$1].values[tick] }) {
                let bottom = large.height + gap + high
                fill(&image, column, bottom, scores[best].values[tick] * Double(high), Self.colour(best))
            }
            for (index, layer) in spikes.enumerated() {
                let bottom = large.height + (index + 2) * (gap + high)
                let share = layer.values[tick] / max(layer.values.max() ?? 1, 1)
                fill(&image, column, bottom, share * Double(high), PixelImage.Colour(60, 60, 70))
            }
        }
        return image
    }

    private func fill(
        _ image: inout PixelImage, _ column: Int, _ bottom: Int, _ height: Double, _ colour: PixelImage.Colour
    ) {
        for level in 0..<min(Int(height), 64) { image[column, bottom - 1 - level] = colour }
    }

    /// The colour of series `index` in bytes.
    private static func colour(_ index: Int) -> PixelImage.Colour {
        let value = Int(Palette.series(index).dropFirst(), radix: 16) ?? 0
        return PixelImage.Colour(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    }
}
