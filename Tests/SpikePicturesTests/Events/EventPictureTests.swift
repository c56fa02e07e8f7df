import Testing

@testable import SpikePictures

/// Pictures of events: colours, brightness, rates.
struct EventPictureTests {
    @Test func coloursTellPolarityAndBrightnessTheCount() {
        let image = EventPicture.image(
            width: 3, height: 2, off: [0, 9, 0, 0, 1, 0], on: [9, 0, 0, 1, 0, 0])
        #expect(image[2, 0] == EventPicture.ground)
        let (on, off) = (image[0, 0], image[1, 0])
        #expect(on.blue > on.red && off.red > off.blue)
        #expect(image[0, 1].blue < on.blue && image[0, 1].blue > EventPicture.ground.blue)
        #expect(image[1, 1].red < off.red)
    }

    @Test func aHotPixelDoesNotDarkenTheRest() {
        var on = [UInt32](repeating: 4, count: 400)
        on[7] = 1_000_000
        let image = EventPicture.image(width: 20, height: 20, off: [UInt32](repeating: 0, count: 400), on: on)
        #expect(image[0, 0] == image[7, 0])
    }

    @Test func countsOfAnotherSizeGiveAnEmptyPicture() {
        let image = EventPicture.image(width: 4, height: 4, off: [1], on: [1])
        #expect(image == PixelImage(width: 4, height: 4, colour: EventPicture.ground))
    }

    @Test(arguments: [0, 1, 7, 2_000]) func figuresAreWellFormed(bins: Int) {
        let figure = EventRateFigure(
            title: "a <b>", subtitle: "", picture: EventPicture.image(width: 8, height: 4, off: [], on: []),
            bins: (0..<bins).map { (off: $0, on: 1) }, binSeconds: 0.001)
        let text = figure.svg.text
        #expect(text.hasSuffix("</svg>\n") && !text.contains("<b>") && text.contains("data:image/png;base64,iVBOR"))
        #expect(figure.image.bytes.count == 3 * figure.image.width * figure.image.height)
        if bins > 1 {
            let last = figure.image[figure.image.width - 1, figure.image.height - 1]
            #expect(last == EventPicture.palette[1])
        }
    }
}
