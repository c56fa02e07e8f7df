import SpikeSignals

extension RasterFigure.SpikePanel {
    /// Grows with the number of channels; the ear gets more room for each than a layer.
    var height: Double {
        frequencies.isEmpty ? min(max(Double(channels) * 0.8, 40), 105) : min(max(Double(channels) * 4, 60), 190)
    }

    /// Draws name, axis and spikes.
    func draw(in svg: inout SVG, area: PlotArea, time: Scale, colour: String) {
        svg.addText(name, x: area.left, y: area.top - 6, anchor: "start", isBold: true)
        area.drawFrame(in: &svg)
        drawAxis(in: &svg, area: area)
        let cells = SpikeCells(
            spikes: spikes, channels: channels, from: time.domain.lowerBound, to: time.domain.upperBound, tick: tick,
            columns: Int(area.right - area.left), rows: Int(area.bottom - area.top))
        var paths = Array(repeating: "", count: SpikeCells.levels)
        var pens = Array(repeating: (column: 0, row: 0), count: SpikeCells.levels)
        for run in cells.runs {
            let pen = pens[run.level]
            paths[run.level] += "m\(run.column - pen.column) \(run.row - pen.row)h\(run.length)"
            pens[run.level] = (run.column + run.length, run.row)
        }
        // One unit is one cell, rows upwards: a run costs a few digits.
        let width = (area.right - area.left) / Double(cells.columns)
        let height = (area.bottom - area.top) / Double(cells.rows)
        let place = "translate(\(area.left.svgText) \((area.bottom - height / 2).svgText))"
        svg.group(["transform": "\(place) scale(\(Self.scale(width)) \(Self.scale(-height)))", "fill": "none"]) { svg in
            for (level, path) in paths.enumerated() where !path.isEmpty {
                // The first move is absolute.
                svg.addPath(
                    "M" + path.dropFirst(),
                    ["stroke": colour, "stroke-opacity": Self.opacity(ofLevel: level), "stroke-width": 0.85])
            }
        }
    }

    /// A factor with five decimals: over 800 columns two would be felt.
    private static func scale(_ value: Double) -> String {
        JSONValue.decimal(value, decimals: 5) ?? "1"
    }

    /// From faint to full; weak cells are many, so they stay in the background.
    private static func opacity(ofLevel level: Int) -> Double {
        let share = Double(level) / Double(SpikeCells.levels - 1)
        return 0.22 + 0.78 * share * share
    }

    private func drawAxis(in svg: inout SVG, area: PlotArea) {
        let rows = Scale(.linear, from: 0, to: Double(max(channels, 1)), at: (area.bottom, area.top))
        var last = Double.infinity
        for (row, label) in axisTicks {
            let y = rows.position(row)
            if abs(last - y) < 13 { continue }
            last = y
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
