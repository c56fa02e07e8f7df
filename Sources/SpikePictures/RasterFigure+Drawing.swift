extension RasterFigure {
    static let width = 960.0
    static let left = 72.0
    static let right = 856.0
    static let gap = 30.0
    static let scoreHeight = 130.0
    /// The most bands and detections that are drawn.
    static let mostMarkers = 200

    /// The picture.
    public var svg: SVG {
        let areas = plotAreas
        let bottom = areas.last?.bottom ?? 80
        var svg = SVG(width: Self.width, height: bottom + 50, title: title)
        let time = Scale(.linear, from: span.lowerBound, to: span.upperBound, at: (Self.left, Self.right))
        svg.addHeading(title, subtitle, x: Self.left)
        drawSpoken(in: &svg, time: time, areas: areas)
        for (index, panel) in panels.enumerated() {
            panel.draw(in: &svg, area: areas[index], time: time, colour: Palette.spikes[index % Palette.spikes.count])
        }
        if let scores, let area = areas.last {
            scores.draw(in: &svg, area: area, time: time, detected: Array(detected.prefix(Self.mostMarkers)))
        }
        for tick in time.ticks(about: 10) {
            svg.addText(
                Label.number(tick) + " s", x: time.position(tick), y: bottom + 18, anchor: "middle",
                colour: Palette.quiet)
        }
        return svg
    }

    /// One area per panel, scores last; above the scores there is a line more, for the names of detected words.
    private var plotAreas: [PlotArea] {
        var top = spoken.isEmpty ? 74.0 : 92.0
        var areas = panels.map { panel in
            defer { top += panel.height + Self.gap }
            return PlotArea(left: Self.left, top: top, right: Self.right, bottom: top + panel.height)
        }
        if scores != nil {
            top += ScorePanel.nameHeight
            areas.append(PlotArea(left: Self.left, top: top, right: Self.right, bottom: top + Self.scoreHeight))
        }
        return areas
    }

    private func drawSpoken(in svg: inout SVG, time: Scale, areas: [PlotArea]) {
        guard let top = areas.first?.top, let bottom = areas.last?.bottom else { return }
        let visible = spoken.filter { $0.end >= span.lowerBound && $0.start <= span.upperBound }
        for word in visible.prefix(Self.mostMarkers) {
            let (from, to) = (time.position(word.start), time.position(word.end))
            svg.add(
                "rect",
                [
                    "x": from, "y": top - 18, "width": max(to - from, 1), "height": bottom - top + 18,
                    "fill": Palette.band,
                ])
            svg.addText(
                word.text, x: (from + to) / 2, y: top - 24, anchor: "middle", colour: Palette.bandInk, isBold: true)
        }
    }
}
