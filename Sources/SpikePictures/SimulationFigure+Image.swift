extension SimulationFigure {
    /// The figure as pixels, without text: a strip of spikes for each group, the membranes, and the rate as columns.
    public var image: PixelImage {
        let (width, gap) = (960, 10)
        let strips = panels.map { min(max($0.channels, 40), 240) }
        let (high, low) = (traces.isEmpty ? 0 : 200, 120)
        let height = strips.reduce(0) { $0 + $1 + gap } + high + gap + low
        var image = PixelImage(width: width, height: height, colour: .init(255, 255, 255))
        var top = 0
        for (index, panel) in panels.enumerated() {
            for spike in panel.spikes where spike.channel < panel.channels && spike.time < seconds && spike.time >= 0 {
                let x = Int(spike.time / seconds * Double(width))
                let y = top + strips[index] - 1 - spike.channel * strips[index] / panel.channels
                image[min(x, width - 1), y] = Self.colour(Palette.spikes[index % Palette.spikes.count])
            }
            top += strips[index]
            for x in 0..<width { image[x, top + gap / 2] = .init(227, 227, 227) }
            top += gap
        }
        if high > 0 {
            let values = (traces + twins).flatMap { $0.values.filter(\.isFinite) }
            let scale = Scale(
                .linear, from: values.min() ?? 0, to: values.max() ?? 1, at: (Double(top + high - 1), Double(top)))
            for (index, trace) in traces.enumerated() {
                draw(trace.values, Self.colour(Palette.series(index)), in: &image, scale)
            }
            for twin in twins { draw(twin.values, .init(34, 34, 34), isDotted: true, in: &image, scale) }
            top += high + gap
        }
        let most = max(rates.flatMap(\.values).max() ?? 0, 1e-9)
        for (index, series) in rates.enumerated() where !series.values.isEmpty {
            for x in 0..<width {
                let value = series.values[x * series.values.count / width]
                let level = min(low - 1, max(0, Int(value / most * Double(low - 1))))
                let colour = Self.colour(Palette.series(index))
                if rates.count == 1 {
                    for y in 0...level { image[x, top + low - 1 - y] = colour }
                } else {
                    image[x, top + low - 1 - level] = colour
                }
            }
        }
        return image
    }

    /// In each column of pixels, everything between the least and the greatest value of its part of the line.
    private func draw(
        _ values: [Double], _ colour: PixelImage.Colour, isDotted: Bool = false, in image: inout PixelImage,
        _ scale: Scale
    ) {
        guard !values.isEmpty else { return }
        for x in 0..<image.width where !isDotted || x % 4 == 0 {
            let first = x * values.count / image.width
            let part = values[first..<max(first + 1, (x + 1) * values.count / image.width)]
            let (top, bottom) = (scale.position(part.max() ?? 0), scale.position(part.min() ?? 0))
            for y in Int(top)...max(Int(top), isDotted ? Int(top) : Int(bottom)) { image[x, y] = colour }
        }
    }

    /// `#rrggbb` as three bytes.
    private static func colour(_ text: String) -> PixelImage.Colour {
        let value = Int(text.dropFirst(), radix: 16) ?? 0
        return PixelImage.Colour(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    }
}
