import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Where a file does not say the size of its sensor, the smallest usual one that has all events is found.
@Suite struct UsualSizeTests {
    private func size(of text: String) throws -> SensorSize? {
        let folder = TemporaryFolder()
        return try EventFileReader.usualSize(ofFile: folder.write(Array(text.utf8), to: "a.csv"))
    }

    @Test(arguments: [
        (33, 33, "128 x 128"), (127, 0, "128 x 128"), (0, 128, "240 x 180"), (240, 10, "304 x 240"),
        (304, 10, "320 x 320"),
        (319, 319, "320 x 320"), (320, 0, "346 x 260"), (345, 260, "640 x 480"), (640, 0, "1280 x 720"),
        (1_280, 5, "1281 x 6"),
    ])
    func theSmallestThatFits(column: Int, row: Int, expected: String) throws {
        #expect(try size(of: "t,x,y,p\n1,0,0,1\n2,\(column),\(row),0\n3,1,1,1\n")?.description == expected)
    }

    @Test func digitsOfNMNISTAreSmall() throws {
        let folder = TemporaryFolder()
        // Column, row, polarity and time of one event.
        let event: [UInt8] = [7, 33, 0x80, 1, 0]
        var options = EventFileReader.Options()
        options.format = .nmnist
        let path = folder.write(event + event, to: "a.bin")
        #expect(try EventFileReader.usualSize(ofFile: path, options: options)?.description == "34 x 34")
    }

    @Test func nothingIsFoundWithoutEventsOrInAPipe() throws {
        #expect(try size(of: "t,x,y,p\n") == nil)
        #expect(try EventFileReader.usualSize(ofFile: "-") == nil)
        #expect(try EventFileReader.usualSize(ofFile: "/dev/null") == nil)
        #expect(try EventFileReader.usualSize(ofFile: "/nonexistent/a.csv") == nil)
        #expect(SensorSize.usual(withColumn: 40_000, row: 1) == nil)
    }
}
