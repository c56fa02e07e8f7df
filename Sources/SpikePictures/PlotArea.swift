/// The rectangle that data are drawn in, in user units.
struct PlotArea: Sendable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    /// Half way between left and right.
    var middle: Double { (left + right) / 2 }

    /// Draws grid lines, a frame and the tick labels left of and under the area; `xTicks` without labels draw lines
    /// only.
    func drawGrid(in svg: inout SVG, x: Scale, xTicks: [(Double, String)], y: Scale, yTicks: [(Double, String)]) {
        var grid = ""
        for (value, _) in xTicks { grid += "M\(x.position(value).svgText) \(top.svgText)V\(bottom.svgText)" }
        for (value, _) in yTicks { grid += "M\(left.svgText) \(y.position(value).svgText)H\(right.svgText)" }
        svg.addPath(grid, ["stroke": Palette.grid, "stroke-width": 1, "fill": "none"])
        for (value, label) in xTicks where !label.isEmpty {
            svg.addText(label, x: x.position(value), y: bottom + 17, anchor: "middle", colour: Palette.quiet)
        }
        for (value, label) in yTicks where !label.isEmpty {
            svg.addText(label, x: left - 8, y: y.position(value) + 4, anchor: "end", colour: Palette.quiet)
        }
        drawFrame(in: &svg)
    }

    /// Draws the left and lower edge.
    func drawFrame(in svg: inout SVG) {
        svg.addPath(
            "M\(left.svgText) \(top.svgText)V\(bottom.svgText)H\(right.svgText)",
            ["stroke": Palette.quiet, "stroke-width": 1, "fill": "none"])
    }
}

extension SVG {
    /// Adds a line of text whose baseline is at `y`.
    mutating func addText(
        _ text: String, x: Double, y: Double, anchor: String, colour: String = Palette.ink, size: Double = 12,
        isBold: Bool = false
    ) {
        guard !text.isEmpty else { return }
        add(
            "text",
            [
                "x": x, "y": y, "text-anchor": anchor, "fill": colour, "font-size": size,
                "font-weight": isBold ? "bold" : "normal",
            ], text: text)
    }

    /// Adds a title and a line under it.
    mutating func addHeading(_ title: String, _ subtitle: String, x: Double) {
        addText(title, x: x, y: 22, anchor: "start", size: 16, isBold: true)
        addText(subtitle, x: x, y: 39, anchor: "start", colour: Palette.quiet)
    }
}

/// Connected points as path data.
struct Polyline {
    /// The points in user units.
    var points: [(Double, Double)]

    /// `M x y L x y ...`; a point closer than half a unit to the one before it is left out.
    var data: String {
        var out = ""
        var last = (-Double.infinity, -Double.infinity)
        for (x, y) in points where abs(x - last.0) > 0.5 || abs(y - last.1) > 0.5 {
            out += (out.isEmpty ? "M" : "L") + "\(x.svgText) \(y.svgText)"
            last = (x, y)
        }
        return out
    }
}
