import Testing

@testable import SpikePictures

@Suite("Figures of gestures") struct GestureFigureTests {
    private func figure(ticks: Int) -> GestureFigure {
        let values = (0..<ticks).map { Double($0) / Double(max(ticks, 1)) }
        return GestureFigure(
            title: "a <b>", subtitle: "", picture: EventPicture.image(width: 8, height: 4, off: [], on: []),
            times: (0..<ticks).map { 0.02 * Double($0 + 1) },
            scores: [.init(name: "left", values: values), .init(name: "right", values: values.reversed())],
            threshold: 0.6, spikes: [.init(name: "grid", values: values.map { $0 * 1e4 })],
            gestures: [.init("right", start: 0, end: 0.5)])
    }

    @Test("they are well formed and bounded, whatever goes in", arguments: [0, 1, 7, 100_000])
    func svg(ticks: Int) throws {
        let text = figure(ticks: ticks).svg.text
        let texts = try Drawings.texts(in: text)
        #expect(texts.contains("a <b>") && texts.contains("left") && texts.contains("grid: spikes per second"))
        #expect(text.utf8.count < 40_000)
    }

    @Test("as pixels the best label has its colour, as high as its score", arguments: [0, 1, 500])
    func pixels(ticks: Int) {
        let image = figure(ticks: ticks).image
        #expect(image.bytes.count == 3 * image.width * image.height)
        guard ticks > 1 else { return }
        let bottom = image.height - 73
        #expect(image[0, bottom] != image[image.width - 1, bottom])
        #expect(image[image.width / 2, bottom - 50] == PixelImage.Colour(255, 255, 255))
        #expect(image[2, bottom - 50] == image[0, bottom])
    }
}
