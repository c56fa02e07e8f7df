import SpikePictures
import Testing

@Suite("DET figure")
struct DETFigureTests {
    @Test("the document is well formed and says what a reader needs")
    func content() throws {
        let figure = DETFigure(title: "Keywords", subtitle: "160 words", curves: [Drawings.curve])
        let texts = try Drawings.texts(in: figure.svg.text)
        for text in ["Keywords", "160 words", "false alarms per hour", "words found", "0", "10", "50 %", "100 %"] {
            #expect(texts.contains(text), "\(text) is missing from \(texts)")
        }
        #expect(texts.contains("79 % at 5.5 per hour, threshold 0.71"))
    }

    @Test("the picture is the recorded one")
    func snapshot() throws {
        let figure = DETFigure(title: "Keywords", subtitle: "160 words", curves: [Drawings.curve])
        try Drawings.expectSnapshot(figure.svg.text, "det.svg")
    }

    @Test(
        "empty, single and impossible input still gives a well-formed document",
        arguments: [
            [], [DETFigure.Curve(name: "", points: [])],
            [DETFigure.Curve(name: "one", points: [.init(falseAlarmsPerHour: 0, hitRate: 0, threshold: 0)])],
            [
                DETFigure.Curve(
                    name: "bad",
                    points: [
                        .init(falseAlarmsPerHour: .nan, hitRate: .infinity, threshold: -.infinity),
                        .init(falseAlarmsPerHour: -1, hitRate: 2, threshold: 1e300),
                        .init(falseAlarmsPerHour: .infinity, hitRate: -.infinity, threshold: .nan),
                    ],
                    marked: .init(falseAlarmsPerHour: .nan, hitRate: .nan, threshold: .nan))
            ],
        ])
    func extremes(curves: [DETFigure.Curve]) throws {
        let text = DETFigure(title: "", curves: curves).svg.text
        _ = try Drawings.texts(in: text)
        #expect(!text.contains("nan") && !text.contains("inf"))
    }

    @Test("a curve of 100,000 points stays small")
    func bounded() {
        let points = (0..<100_000).map {
            DETFigure.Point(falseAlarmsPerHour: Double($0) / 500, hitRate: Double($0) / 100_000, threshold: 0)
        }
        #expect(DETFigure(title: "big", curves: [.init(name: "", points: points)]).svg.text.utf8.count < 300_000)
    }
}
