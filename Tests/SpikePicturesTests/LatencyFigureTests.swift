import SpikePictures
import Testing

@Suite("Latency figure")
struct LatencyFigureTests {
    static func figure(_ count: Int) -> LatencyFigure {
        LatencyFigure(
            title: "A pattern", subtitle: "seed 3",
            points: (0..<count).map { .init(seconds: Double($0), latency: $0 % 3 == 0 ? nil : Double($0 % 50)) })
    }

    @Test("the document is well formed and says what a reader needs")
    func content() throws {
        let texts = try Drawings.texts(in: Self.figure(100).svg.text)
        for text in ["A pattern", "seed 3", "seconds", "spike after the pattern began, ms", "50"] {
            #expect(texts.contains(text), "\(text) is missing from \(texts)")
        }
    }

    @Test("draws each spike, and of very many some", arguments: [(0, 0), (1, 1), (4_000, 4_000), (9_000, 3_000)])
    func points(_ count: Int, _ drawn: Int) {
        #expect(Self.figure(count).svg.text.components(of: "<circle") == drawn)
    }

    @Test("impossible input still gives a well-formed document")
    func impossible() throws {
        let points = [LatencyFigure.Point(seconds: .nan, latency: .infinity), .init(seconds: -1, latency: .nan)]
        _ = try Drawings.texts(in: LatencyFigure(title: "<&>", points: points).svg.text)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
