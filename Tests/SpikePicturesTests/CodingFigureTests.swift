import SpikePictures
import Testing

@Suite("Figures of codings")
struct CodingFigureTests {
    static func figure(_ ticks: Int, channels: Int = 2) -> CodingFigure {
        CodingFigure(
            title: "delta", subtitle: "a test", seconds: Double(ticks) / 1_000,
            signal: (0..<ticks).map { Double($0 % 100) / 100 }, decoded: (0..<ticks).map { Double($0 % 100 / 25) / 4 },
            spikes: .init(
                name: "spikes", channels: channels,
                spikes: stride(from: 0, to: ticks, by: 7).map {
                    .init(time: Double($0) / 1_000, channel: $0 % channels)
                },
                tick: 0.001))
    }

    @Test("the document is well formed and says what a reader needs") func content() throws {
        let texts = try Drawings.texts(in: Self.figure(500).svg.text)
        for text in ["delta", "a test", "signal", "decoded", "spikes", "0.1 s"] {
            #expect(texts.contains(text), "\(text) is missing from \(texts)")
        }
    }

    @Test("size is bounded") func size() { #expect(Self.figure(400_000, channels: 64).svg.text.utf8.count < 1 << 20) }

    @Test("pixels show the signal, the decoded signal and the spikes") func pixels() {
        let image = Self.figure(500).image
        func count(_ colour: PixelImage.Colour, _ rows: Range<Int>) -> Int {
            rows.reduce(0) { sum, y in sum + (0..<image.width).filter { image[$0, y] == colour }.count }
        }
        #expect(image.width == 960 && image.height == 246)
        #expect(count(.init(176, 176, 176), 0..<200) > 960 && count(.init(213, 94, 0), 0..<200) > 480)
        // 72 spikes, two columns each, in rows of 18 pixels less one.
        #expect(count(.init(8, 48, 107), 210..<246) == 72 * 2 * 17)
    }

    @Test("nothing, and impossible values, are drawn without harm") func impossible() throws {
        for figure in [
            Self.figure(0), Self.figure(1),
            CodingFigure(
                title: "<&>", subtitle: "", seconds: 0.01, signal: [.nan, .infinity, -5, 7],
                decoded: [.nan, -.infinity, 3, 1, 2, 2],
                spikes: .init(name: "", channels: 0, spikes: [.init(time: .nan, channel: -1)], tick: 0)),
        ] {
            _ = try Drawings.texts(in: figure.svg.text)
            #expect(figure.image.height >= 246)
        }
    }

    @Test("a trade-off shows each way in each panel, and names it once") func tradeOff() throws {
        let curves = [
            TradeOffFigure.Curve(name: "one", points: [(x: 10, y: 1), (x: 100, y: 3)]),
            .init(name: "two", points: [(x: 20, y: 2)]), .init(name: "three", points: []),
        ]
        let figure = TradeOffFigure(
            title: "T", subtitle: "S", xLabel: "cost",
            panels: [.init(label: "A", curves: curves), .init(label: "B", curves: curves)])
        let texts = try Drawings.texts(in: figure.svg.text)
        for text in ["T", "S", "A", "B"] { #expect(texts.filter { $0 == text }.count == 1) }
        for text in ["one", "two", "three"] { #expect(texts.filter { $0 == text }.count == 1) }
        #expect(texts.filter { $0 == "cost" }.count == 2)
        // Three points in either panel, three in the legend.
        #expect(figure.svg.text.split(separator: "<circle").count - 1 == 9)
        #expect(figure.image.bytes.contains(0x72))
        let wild = TradeOffFigure(
            title: "", subtitle: "", xLabel: "",
            panels: [.init(label: "", curves: [.init(name: "", points: [(x: 0, y: .nan), (x: -1, y: .infinity)])])])
        _ = try Drawings.texts(in: wild.svg.text)
        #expect(wild.image.width == 440)
        #expect(TradeOffFigure(title: "", subtitle: "", xLabel: "", panels: []).image.width == 440)
    }
}
