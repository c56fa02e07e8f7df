extension RasterFigure.ScorePanel {
    /// The most lines that get a colour and a name of their own.
    static let mostNamed = 6
    /// The height of the line with the panel's name, above the line with the detected words.
    static let nameHeight = 16.0

    /// Draws name, axes, lines, threshold and detections.
    func draw(in svg: inout SVG, area: PlotArea, time: Scale, detected: [RasterFigure.Word]) {
        svg.addText(name, x: area.left, y: area.top - 6 - Self.nameHeight, anchor: "start", isBold: true)
        let y = valueScale(area)
        area.drawGrid(
            in: &svg, x: time, xTicks: time.ticks(about: 10).map { ($0, "") }, y: y,
            yTicks: y.ticks(about: 4).map { ($0, Label.number($0)) })
        let named = namedSeries(detected)
        for (index, series) in series.enumerated() where !named.contains(index) {
            drawLine(series, Palette.faint, 1, in: &svg, area: area, time: time, y: y)
        }
        for (order, index) in named.enumerated() {
            drawLine(series[index], Palette.series(order), 2, in: &svg, area: area, time: time, y: y)
        }
        drawThreshold(in: &svg, area: area, y: y)
        for word in detected where time.domain.contains(word.start) {
            drawDetection(word, named: named, in: &svg, area: area, x: time.position(word.start))
        }
        drawLegend(named, in: &svg, area: area)
    }

    /// From 0 or below to the largest value, and to 1 for shares, so that figures can be compared.
    private func valueScale(_ area: PlotArea) -> Scale {
        let values = series.flatMap { series in series.values.filter(\.isFinite) } + [threshold ?? 0]
        let high = values.max() ?? 1
        return Scale(
            .linear, from: min(values.min() ?? 0, 0), to: high > 0.2 && high < 1 ? 1 : high,
            at: (area.bottom, area.top))
    }

    /// The detected words first, then those with the highest peaks.
    private func namedSeries(_ detected: [RasterFigure.Word]) -> [Int] {
        let words = Set(detected.map(\.text))
        let peaks = series.map { $0.values.max() ?? 0 }
        let order = series.indices.sorted { a, b in
            let (hasA, hasB) = (words.contains(series[a].name), words.contains(series[b].name))
            return hasA == hasB ? (peaks[a], b) > (peaks[b], a) : hasA
        }
        return Array(order.prefix(Self.mostNamed))
    }

    private func drawLine(
        _ series: RasterFigure.Series, _ colour: String, _ width: Double, in svg: inout SVG, area: PlotArea,
        time: Scale, y: Scale
    ) {
        let points = Self.thinned(series.values, to: Int(area.right - area.left)).compactMap { index, value in
            let seconds = clock.start + Double(index) * clock.tick
            return time.domain.contains(seconds) ? (time.position(seconds), y.position(value)) : nil
        }
        svg.addPath(
            Polyline(points: points).data,
            ["fill": "none", "stroke": colour, "stroke-width": width, "stroke-linejoin": "round"])
    }

    /// At most `2 * columns` of the values: the smallest and the largest of each column, in their order.
    static func thinned(_ values: [Double], to columns: Int) -> [(Int, Double)] {
        guard values.count > 2 * columns, columns > 0 else { return values.enumerated().map { ($0, $1) } }
        return (0..<columns).flatMap { column -> [(Int, Double)] in
            let range = column * values.count / columns..<(column + 1) * values.count / columns
            guard let low = range.min(by: { values[$0] < values[$1] }),
                let high = range.max(by: { values[$0] < values[$1] })
            else { return [] }
            return Set([low, high]).sorted().map { ($0, values[$0]) }
        }
    }

    private func drawThreshold(in svg: inout SVG, area: PlotArea, y: Scale) {
        guard let threshold else { return }
        let height = y.position(threshold)
        svg.add(
            "line",
            [
                "x1": area.left, "y1": height, "x2": area.right, "y2": height, "stroke": Palette.ink,
                "stroke-dasharray": "4 4",
            ])
        svg.addText("threshold", x: area.left + 6, y: height - 4, anchor: "start", colour: Palette.quiet, size: 11)
    }

    private func drawDetection(
        _ word: RasterFigure.Word, named: [Int], in svg: inout SVG, area: PlotArea, x: Double
    ) {
        let order = named.firstIndex { series[$0].name == word.text }
        let colour = order.map(Palette.series) ?? Palette.ink
        let (left, right, top) = ((x - 5).svgText, (x + 5).svgText, (area.top - 14).svgText)
        svg.addPath(
            "M\(left) \(top)H\(right)L\(x.svgText) \((area.top - 5).svgText)Z", ["fill": colour])
        svg.add(
            "line",
            ["x1": x, "y1": area.top - 5, "x2": x, "y2": area.bottom, "stroke": colour, "stroke-dasharray": "2 3"])
        svg.addText(word.text, x: x + 8, y: area.top - 6, anchor: "start", colour: colour, isBold: true)
    }

    private func drawLegend(_ named: [Int], in svg: inout SVG, area: PlotArea) {
        for (order, index) in named.enumerated() {
            let y = area.top + 10 + 16 * Double(order)
            svg.add(
                "line",
                [
                    "x1": area.right + 8, "y1": y - 4, "x2": area.right + 24, "y2": y - 4,
                    "stroke": Palette.series(order), "stroke-width": 2.5,
                ])
            svg.addText(series[index].name, x: area.right + 29, y: y, anchor: "start")
        }
    }
}
