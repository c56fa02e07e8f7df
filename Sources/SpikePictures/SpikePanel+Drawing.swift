extension RasterFigure.SpikePanel {
    /// Draws name, axis and spikes.
    func draw(in svg: inout SVG, area: PlotArea, time: Scale, colour: String) {
        svg.addText(name, x: area.left, y: area.top - 6, anchor: "start", isBold: true)
        area.drawFrame(in: &svg)
        drawAxis(in: &svg, area: area)
        let cells = SpikeCells(
            spikes: spikes, channels: channels, from: time.domain.lowerBound, to: time.domain.upperBound, tick: tick,
            columns: Int(area.right - area.left), rows: Int(area.bottom - area.top))
        let width = (area.right - area.left) / Double(cells.columns)
        let height = (area.bottom - area.top) / Double(cells.rows)
        var paths = Array(repeating: "", count: SpikeCells.levels)
        for run in cells.runs {
            let x = area.left + Double(run.column) * width
            let y = area.bottom - (Double(run.row) + 0.5) * height
            paths[run.level] += "M\(x.svgText) \(y.svgText)h\((Double(run.length) * width).svgText)"
        }
        for (level, path) in paths.enumerated() {
            svg.addPath(
                path,
                [
                    "stroke": colour, "stroke-opacity": 0.3 + 0.7 * Double(level) / Double(SpikeCells.levels - 1),
                    "stroke-width": max(height * 0.85, 0.8), "fill": "none",
                ])
        }
    }

    private func drawAxis(in svg: inout SVG, area: PlotArea) {
        let rows = Scale(.linear, from: 0, to: Double(max(channels, 1)), at: (area.bottom, area.top))
        for (row, label) in axisTicks {
            let y = rows.position(row)
            svg.add(
                "line", ["x1": area.left - 4, "y1": y, "x2": area.left, "y2": y, "stroke": Palette.quiet])
            svg.addText(label, x: area.left - 8, y: y + 4, anchor: "end", colour: Palette.quiet)
        }
    }

    /// Rows with their labels: round frequencies, or round numbers of neurons.
    private var axisTicks: [(Double, String)] {
        guard frequencies.count > 1, let low = frequencies.min(), let high = frequencies.max(), low > 0 else {
            let scale = Scale(.linear, from: 0, to: Double(max(channels, 1)), at: (0, 1))
            return scale.ticks(about: 4).map { ($0, Label.number($0)) }
        }
        return Scale(.logarithmic, from: low, to: high, at: (0, 1)).ticks(about: 5).compactMap { tick in
            row(ofFrequency: tick).map { ($0, Label.frequency(tick)) }
        }
    }

    /// The row (its middle is at channel + 0.5) of a frequency, between the two channels around it.
    private func row(ofFrequency hertz: Double) -> Double? {
        for (index, pair) in zip(frequencies, frequencies.dropFirst()).enumerated() {
            let (a, b) = pair
            guard a != b, min(a, b) <= hertz, hertz <= max(a, b) else { continue }
            return Double(index) + 0.5 + (hertz - a) / (b - a)
        }
        return nil
    }
}
