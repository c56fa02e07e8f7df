import Foundation
import FoundationXML
import SpikePictures
import SpikeTestSupport
import Testing

/// Pictures that the tests draw, and ways to look at them.
enum Drawings {
    /// Whether an independent parser accepts the document, and the texts in it.
    static func texts(in svg: String) throws -> [String] {
        let reader = Reader()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = reader
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "not well formed: \(String(describing: parser.parserError))")
        return reader.texts
    }

    private final class Reader: NSObject, XMLParserDelegate {
        var texts: [String] = []
        private var isText = false
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            isText = name == "text"
            if isText { texts.append("") }
        }
        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if isText { texts[texts.count - 1] += string }
        }
        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            isText = false
        }
    }

    /// Compares with `Tests/Snapshots/SpikePictures/NAME`; with `SPIKELINE_RECORD` set, writes it instead.
    static func expectSnapshot(_ text: String, _ name: String) throws {
        let path = SharedData.packageRoot + "/Tests/Snapshots/SpikePictures/" + name
        if ProcessInfo.processInfo.environment["SPIKELINE_RECORD"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let recorded = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == recorded, "\(name) has changed; look at it, then record it with SPIKELINE_RECORD=1")
    }

    /// A detector's curve with seven thresholds.
    static var curve: DETFigure.Curve {
        let points = [(40.0, 0.95), (21, 0.91), (11, 0.86), (5.5, 0.79), (2.6, 0.7), (0.9, 0.52), (0, 0.31)]
            .enumerated().map {
                DETFigure.Point(
                    falseAlarmsPerHour: $0.element.0, hitRate: $0.element.1, threshold: 0.5 + 0.07 * Double($0.offset))
            }
        return DETFigure.Curve(name: "noise at 10 dB", points: points, marked: points[3])
    }

    /// Three seconds of something that looks like two words.
    static var raster: RasterFigure {
        let words = [("yes", 0.5, 1.1), ("no", 1.9, 2.4)]
        var ear: [RasterFigure.Spike] = []
        var hidden: [RasterFigure.Spike] = []
        var traces = ["yes": [Double](), "no": [Double](), "up": [Double](), "go": [Double]()]
        for tick in 0..<300 {
            let time = Double(tick) * 0.01
            let loud = words.contains { $0.1 <= time && time < $0.2 }
            for channel in 0..<48 {
                let hash = (tick &* 7919 &+ channel &* 104_729) % 97
                let formant = abs(Double(channel) - 12 - 8 * time.truncatingRemainder(dividingBy: 2)) < 5
                if hash < (loud ? (formant ? 70 : 25) : 4) {
                    ear.append(RasterFigure.Spike(time: time, channel: channel, count: 1 + (formant && loud ? 2 : 0)))
                }
                if loud, hash % 11 == 3 { hidden.append(RasterFigure.Spike(time: time, channel: (hash + tick) % 96)) }
            }
            for name in traces.keys.sorted() {
                let target = words.first { $0.0 == name }.map { $0.2 - 0.1 }
                let bump = target.map { 0.92 * max(0, 1 - abs(time - $0) / 0.35) } ?? 0
                traces[name]?.append(bump + 0.06 * Double((tick * (name.count + 3)) % 13) / 13)
            }
        }
        return RasterFigure(
            title: "Two words", subtitle: "drawn by a test", span: 0...3,
            panels: [
                .init(
                    name: "ear: 48 channels", channels: 48, spikes: ear,
                    frequencies: (0..<48).map { 100 * exp2(Double($0) / 8) }),
                .init(name: "layer 1: 96 neurons", channels: 96, spikes: hidden),
            ],
            scores: .init(
                name: "score", series: traces.sorted { $0.key < $1.key }.map { .init(name: $0.key, values: $0.value) },
                clock: (0, 0.01), threshold: 0.8),
            spoken: words.map { .init($0.0, start: $0.1, end: $0.2) },
            detected: [.init("yes", start: 0.96, end: 0.96), .init("no", start: 2.27, end: 2.27)])
    }
}
