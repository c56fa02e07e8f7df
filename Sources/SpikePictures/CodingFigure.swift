/// A signal, the spikes that code it, and what they were decoded to, above one time axis.
///
/// ```
/// 1 |   .-~-.        the signal as a thick line, the decoded one in colour
/// 0 |_.'     '._
///   | | | ||||| |    the spikes of each channel
///     0 s       1 s
/// ```
/// The size of the document is bounded: no line has more than 4,000 points, and spikes are gathered into cells.
public struct CodingFigure: Sendable {
    /// What stands above.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// How long it is, in seconds.
    public var seconds: Double
    /// The signal, from 0 to 1, equally spaced over all the time.
    public var signal: [Double]
    /// What it was decoded to, with the spacing of the signal; it may be shorter.
    public var decoded: [Double]
    /// What the lines are called.
    public var names: (signal: String, decoded: String)
    /// The spikes.
    public var spikes: RasterFigure.SpikePanel

    /// A figure of these values.
    public init(
        title: String, subtitle: String, seconds: Double, signal: [Double], decoded: [Double],
        names: (signal: String, decoded: String) = ("signal", "decoded"), spikes: RasterFigure.SpikePanel
    ) {
        (self.title, self.subtitle, self.seconds) = (title, subtitle, seconds)
        (self.signal, self.decoded, self.names, self.spikes) = (signal, decoded, names, spikes)
    }

    private static let (left, right, most) = (72.0, 940.0, 4_000)

    /// The figure as a page.
    public var svg: SVG {
        let lines = PlotArea(left: Self.left, top: 78, right: Self.right, bottom: 248)
        let rows = min(max(Double(spikes.channels) * 9, 36), 190)
        let raster = PlotArea(left: Self.left, top: 278, right: Self.right, bottom: 278 + rows)
        var svg = SVG(width: 960, height: raster.bottom + 36, title: title)
        svg.addHeading(title, subtitle, x: Self.left)
        let time = Scale(.linear, from: 0, to: seconds, at: (Self.left, Self.right))
        let y = Scale(.linear, from: 0, to: 1, at: (lines.bottom, lines.top))
        let xTicks = time.ticks(about: 10)
        svg.addText(names.signal, x: lines.left, y: lines.top - 7, anchor: "start", colour: Palette.quiet, isBold: true)
        svg.addText(
            names.decoded, x: lines.left + 200, y: lines.top - 7, anchor: "start", colour: Palette.series(1),
            isBold: true)
        lines.drawGrid(
            in: &svg, x: time, xTicks: xTicks.map { ($0, "") }, y: y,
            yTicks: [0, 0.5, 1].map { ($0, Label.number($0)) })
        draw(signal, Palette.faint, 4, in: &svg, time, y)
        draw(decoded, Palette.series(1), 1.4, in: &svg, time, y)
        spikes.draw(in: &svg, area: raster, time: time, colour: Palette.spikes[0])
        for tick in xTicks {
            svg.addText(
                Label.number(tick) + " s", x: time.position(tick), y: raster.bottom + 18, anchor: "middle",
                colour: Palette.quiet)
        }
        return svg
    }

    private func draw(
        _ values: [Double], _ colour: String, _ width: Double, in svg: inout SVG, _ x: Scale, _ y: Scale
    ) {
        let run = max(1, (values.count + Self.most - 1) / Self.most)
        let step = seconds / Double(max(signal.count, 1))
        let points = stride(from: 0, to: values.count, by: run).map { index in
            (x.position(Double(index) * step), y.position(values[index]))
        }
        svg.addPath(
            Polyline(points: points).data,
            ["fill": "none", "stroke": colour, "stroke-width": width, "stroke-linejoin": "round"])
    }
}

extension CodingFigure {
    /// The figure as pixels, without text: the lines above, the spikes below.
    public var image: PixelImage {
        let (width, high, gap) = (960, 200, 10)
        let rows = min(max(spikes.channels * 6, 36), 240)
        var image = PixelImage(width: width, height: high + gap + rows, colour: .init(255, 255, 255))
        for x in 0..<width { image[x, high + gap / 2] = .init(227, 227, 227) }
        draw(signal, .init(176, 176, 176), thickness: 3, in: &image, high)
        draw(decoded, .init(213, 94, 0), thickness: 1, in: &image, high)
        for spike in spikes.spikes
        where (0..<spikes.channels).contains(spike.channel) && spike.time >= 0 && spike.time < seconds {
            let x = min(Int(spike.time / seconds * Double(width)), width - 2)
            let (top, bottom) = (spike.channel * rows / spikes.channels, (spike.channel + 1) * rows / spikes.channels)
            for y in top..<max(bottom - 1, top + 1) {
                image[x, image.height - 1 - y] = .init(8, 48, 107)
                image[x + 1, image.height - 1 - y] = .init(8, 48, 107)
            }
        }
        return image
    }

    /// In each column of pixels, everything between the least and the greatest value of its part of the line.
    private func draw(
        _ values: [Double], _ colour: PixelImage.Colour, thickness: Int, in image: inout PixelImage, _ high: Int
    ) {
        guard !signal.isEmpty else { return }
        let scale = Scale(.linear, from: 0, to: 1, at: (Double(high - 2), 1))
        for x in 0..<image.width {
            let first = x * signal.count / image.width
            guard first < values.count else { break }
            let part = values[first..<min(values.count, max(first + 1, (x + 1) * signal.count / image.width))]
            let (top, bottom) = (scale.position(part.max() ?? 0), scale.position(part.min() ?? 0))
            for y in max(Int(top) - thickness / 2, 0)...min(Int(bottom) + thickness / 2, high - 1) {
                image[x, y] = colour
            }
        }
    }
}
