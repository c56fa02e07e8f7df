import SpikeContainers
import Testing

@testable import SpikePictures

@Suite("Figure of a watch") struct AnomalyFigureTests {
    private static func figure(bins count: Int = 60, channels: Int = 6) -> AnomalyFigure {
        let bins = (0..<count).map { index in
            let isOdd = (40..<50).contains(index)
            return AnomalyFigure.Bin(
                ratio: index < 20 ? 0 : isOdd ? 3 : 0.4 + 0.1 * Double(index % 3),
                phase: index < 15 ? "learning" : index < 20 ? "calibrating" : "armed",
                deviations: index < 15
                    ? [] : (0..<channels).map { $0 == 2 && isOdd ? 9 : $0 == 4 && isOdd ? -9 : 0.5 })
        }
        return AnomalyFigure(
            title: "mill.wav", subtitle: "1 alert", binSeconds: 0.5, bins: bins,
            labels: [(0, "100 Hz"), (3, "1 kHz")], alerts: [.init("950 to 1050 Hz +", start: 20, end: 25)],
            faults: [.init("clipped: channel 0", start: 5, end: 5)])
    }

    @Test("the document is well formed and names phases, alerts, faults, scales and channels") func content() throws {
        let texts = try Drawings.texts(in: Self.figure().svg.text)
        for text in [
            "mill.wav", "1 alert", "learning", "calibrating", "armed", "950 to 1050 Hz +", "clipped: channel 0",
            "score / threshold", "100 Hz", "1 kHz", "seconds", "what differs: red more than expected, blue less",
        ] {
            #expect(texts.contains(text), "\(text) is missing from \(texts)")
        }
    }

    @Test("a small picture is the recorded one") func snapshot() throws {
        try Drawings.expectSnapshot(Self.figure(bins: 52, channels: 5).svg.text, "anomaly.svg")
    }

    @Test("more is red, less is blue, the first channel is at the bottom, and what is usual is pale") func heat() {
        let heat = Self.figure().heatMap
        #expect(heat.width == 60 && heat.height == 6)
        let (more, less, usual) = (heat[45, 3], heat[45, 1], heat[30, 3])
        #expect(more.red == 255 && more.green < 60 && more.blue < 60)
        #expect(less.blue == 255 && less.red < 60 && less.green < 60)
        #expect(usual.red == 255 && usual.green > 200)
        #expect(heat[3, 3] == .init(255, 255, 255))
    }

    @Test("the picture of pixels has the score above its line where there is an alert") func pixels() throws {
        let image = Self.figure().image
        #expect(image.width == 60 * 16 && image.height == 160 + 8 + 6 * 8)
        let blue = PixelImage.Colour(0, 114, 178)
        func height(_ column: Int) -> Int { (0..<160).count { image[column, $0] == blue } }
        #expect(height(45 * 16) > height(30 * 16) + 50 && height(30 * 16) > 10 && height(3 * 16) == 0)
        #expect(image[45 * 16, 168 + 3 * 8].red == 255)
        #expect(PNG.file(image).count > 500)
    }

    @Test("nothing, much and impossible values still give documents") func extremes() throws {
        var figure = AnomalyFigure(title: "", subtitle: "", binSeconds: 0, bins: [], labels: [], alerts: [], faults: [])
        _ = try Drawings.texts(in: figure.svg.text)
        #expect(PNG.file(figure.image).count > 0)
        figure = Self.figure(bins: 1_000, channels: 1_024)
        figure.bins[5].ratio = 1e12
        figure.bins[7].deviations = [.infinity, -.infinity, .nan]
        figure.alerts.append(.init("</text><script>", start: -5, end: 1e9))
        let text = figure.svg.text
        _ = try Drawings.texts(in: text)
        #expect(!text.contains("<script"))
        _ = figure.image
    }

    @Test("the size of the document is bounded by the bins, however long the watch was") func size() {
        let small = Self.figure(bins: 1_000, channels: 64).svg.text.utf8.count
        var long = Self.figure(bins: 1_000, channels: 64)
        long.binSeconds = 86_400
        #expect(abs(long.svg.text.utf8.count - small) < 5_000 && small < 300_000, "\(small)")
    }
}
