/// A recording of an event camera as a picture: its pixels at the left, its event rate over time at the right.
public struct EventRateFigure: Sendable {
    /// What stands above the picture.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// All events on their pixels.
    public var picture: PixelImage
    /// Off and on events in each bin of time.
    public var bins: [(off: Int, on: Int)]
    /// The length of a bin in seconds.
    public var binSeconds: Double

    /// A figure of these counts.
    public init(
        title: String, subtitle: String, picture: PixelImage, bins: [(off: Int, on: Int)], binSeconds: Double
    ) {
        self.title = title
        self.subtitle = subtitle
        self.picture = picture
        self.bins = bins
        self.binSeconds = binSeconds
    }

    private static let pictureWidth = 360.0
    private static let top = 62.0

    /// The figure as a page with the picture inside.
    public var svg: SVG {
        let high = min(420, Self.pictureWidth * Double(picture.height) / Double(picture.width))
        let bottom = Self.top + max(high, 180)
        let plot = PlotArea(left: 470, top: Self.top + 18, right: 940, bottom: bottom)
        var svg = SVG(width: 960, height: bottom + 58, title: title)
        svg.addHeading(title, subtitle, x: 20)
        svg.add(
            "image",
            [
                "x": 20.0, "y": Self.top, "width": Self.pictureWidth, "height": high,
                "preserveAspectRatio": "xMidYMin meet", "style": "image-rendering: pixelated",
                "href": "data:image/png;base64," + Base64.text(PNG.file(picture)),
            ])
        let rates = rates
        let binSeconds = binSeconds * Double(merged)
        let most = rates.map { max($0.off, $0.on) }.max() ?? 1
        let x = Scale(.linear, from: 0, to: Double(rates.count) * binSeconds, at: (plot.left, plot.right))
        let y = Scale(.linear, from: 0, to: most * 1.05, at: (plot.bottom, plot.top))
        plot.drawGrid(
            in: &svg, x: x, xTicks: x.ticks(about: 6).map { ($0, Label.number($0)) }, y: y,
            yTicks: y.ticks(about: 6).map { ($0, rate($0)) })
        svg.addText("seconds", x: plot.middle, y: plot.bottom + 38, anchor: "middle")
        svg.addText("events per second", x: plot.left - 50, y: plot.top - 10, anchor: "start", colour: Palette.quiet)
        for (values, colour) in [(rates.map(\.off), Palette.series(1)), (rates.map(\.on), Palette.series(0))] {
            let points = values.enumerated().map { (x.position((Double($0) + 0.5) * binSeconds), y.position($1)) }
            svg.addPath(
                Polyline(points: points).data,
                ["fill": "none", "stroke": colour, "stroke-width": 1.5, "stroke-linejoin": "round"])
        }
        svg.addText("on", x: plot.right - 40, y: plot.top + 14, anchor: "end", colour: Palette.series(0), isBold: true)
        svg.addText("off", x: plot.right - 8, y: plot.top + 14, anchor: "end", colour: Palette.series(1), isBold: true)
        return svg
    }

    /// How many bins are drawn as one, so that the lines stay readable.
    private var merged: Int { max(1, (bins.count + 199) / 200) }

    /// Events per second, at most 200 of them.
    private var rates: [(off: Double, on: Double)] {
        stride(from: 0, to: bins.count, by: merged).map { start in
            let part = bins[start..<min(start + merged, bins.count)]
            let seconds = Double(part.count) * binSeconds
            return (Double(part.reduce(0) { $0 + $1.off }) / seconds, Double(part.reduce(0) { $0 + $1.on }) / seconds)
        }
    }

    /// The figure as pixels: the picture, and under it the rates as columns, off events below on events.
    public var image: PixelImage {
        let factor = max(1, 480 / max(picture.width, picture.height))
        let large = picture.enlarged(by: factor)
        let (gap, high) = (8, 96)
        var image = PixelImage(
            width: large.width, height: large.height + gap + high, colour: PixelImage.Colour(255, 255, 255))
        image.bytes.replaceSubrange(0..<large.bytes.count, with: large.bytes)
        let columns = (0..<large.width).map { column in
            let first = min(column * bins.count / large.width, bins.count)
            let part = bins[first..<min(max((column + 1) * bins.count / large.width, first + 1), bins.count)]
            let count = Double(max(part.count, 1))
            return (
                off: Double(part.reduce(0) { $0 + $1.off }) / count, on: Double(part.reduce(0) { $0 + $1.on }) / count
            )
        }
        let most = max(columns.map { $0.off + $0.on }.max() ?? 0, 1e-9)
        for (column, rate) in columns.enumerated() {
            let off = Int(rate.off / most * Double(high))
            let all = Int((rate.off + rate.on) / most * Double(high))
            for level in 0..<all {
                image[column, image.height - 1 - level] = EventPicture.palette[level < off ? 1 : 2]
            }
        }
        return image
    }

    private func rate(_ value: Double) -> String {
        value >= 1e6
            ? Label.number(value / 1e6) + " M" : value >= 1e3 ? Label.number(value / 1e3) + " k" : Label.number(value)
    }
}

/// Bytes as text (RFC 4648, section 4).
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// `bytes` as letters, padded.
    static func text(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            let group = (0..<3).reduce(0) { $0 << 8 | ($1 < count ? Int(bytes[start + $1]) : 0) }
            for place in 0..<4 {
                out.append(place <= count ? letters[group >> (18 - 6 * place) & 63] : 0x3D)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
