import SpikePictures
import Testing

@Suite("Raster figure")
struct RasterFigureTests {
    @Test("the document is well formed and names panels, frequencies, words and units")
    func content() throws {
        let texts = try Drawings.texts(in: Drawings.raster.svg.text)
        for text in [
            "Two words", "ear: 48 channels", "200 Hz", "1 kHz", "layer 1: 96 neurons", "score", "threshold", "yes",
            "no", "1 s", "0.5",
        ] {
            #expect(texts.contains(text), "\(text) is missing from \(texts)")
        }
        #expect(texts.count { $0 == "yes" } == 3)  // spoken, detected, legend
    }

    @Test("a small picture is the recorded one")
    func snapshot() throws {
        let figure = RasterFigure(
            title: "Small", span: 0...0.1,
            panels: [
                .init(
                    name: "ear", channels: 4,
                    spikes: [
                        .init(time: 0.01, channel: 0), .init(time: 0.02, channel: 0),
                        .init(time: 0.05, channel: 3, count: 4),
                    ], frequencies: [100, 200, 400, 800])
            ],
            scores: .init(
                name: "score", series: [.init(name: "yes", values: [0, 0.2, 0.9, 0.4])], clock: (0, 0.02),
                threshold: 0.8), spoken: [.init("yes", start: 0.02, end: 0.06)],
            detected: [.init("yes", start: 0.04, end: 0.04)])
        try Drawings.expectSnapshot(figure.svg.text, "raster.svg")
    }

    @Test("labels cannot break out of the document")
    func hostile() throws {
        let evil = "</text><script>alert('x')</script> & \"quoted\" \u{0}\u{1b}[31m"
        let harmless = "</text><script>alert('x')</script> & \"quoted\" [31m"
        var figure = Drawings.raster
        figure.title = evil
        figure.panels[0].name = evil
        figure.spoken[0].text = evil
        figure.detected[0].text = evil
        figure.scores?.series[0].name = evil
        let texts = try Drawings.texts(in: figure.svg.text)
        #expect(texts.count { $0 == harmless } >= 4)
        #expect(!figure.svg.text.contains("<script"))
    }

    @Test("empty and impossible input still gives a well-formed document")
    func extremes() throws {
        let empty = RasterFigure(title: "", span: 0...0, panels: [], scores: nil)
        _ = try Drawings.texts(in: empty.svg.text)
        let odd = RasterFigure(
            title: "odd", span: -1...1e12,
            panels: [
                .init(
                    name: "none", channels: 0,
                    spikes: [
                        .init(time: .nan, channel: -5, count: -3), .init(time: .infinity, channel: .max, count: .max),
                    ], frequencies: [0, 0, .nan], tick: 0)
            ],
            scores: .init(
                name: "", series: [.init(name: "n", values: [.nan, .infinity]), .init(name: "e", values: [])],
                clock: (.nan, -1), threshold: .nan), spoken: [.init("w", start: .nan, end: .infinity)],
            detected: [.init("w", start: .nan, end: .nan)])
        let text = odd.svg.text
        _ = try Drawings.texts(in: text)
        #expect(!text.contains("\"nan") && !text.contains("inf"))
    }

    @Test("ten minutes of a million spikes stay below a megabyte")
    func bounded() throws {
        let spikes = (0..<1_000_000).map {
            RasterFigure.Spike(time: Double($0) * 0.0006, channel: ($0 &* 7919) % 64, count: 1 + $0 % 3)
        }
        let values = (0..<60_000).map { Double(($0 * 31) % 101) / 101 }
        let figure = RasterFigure(
            title: "long", span: 0...600, panels: [.init(name: "ear", channels: 64, spikes: spikes)],
            scores: .init(name: "score", series: [.init(name: "yes", values: values)], clock: (0, 0.01)))
        #expect(figure.svg.text.utf8.count < 1_000_000)
    }
}
