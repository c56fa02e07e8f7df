import SpikeSignals
import Testing

@Suite("What channels stand for") struct ChannelLegendTests {
    @Test("bands have edges half-way to their neighbours, on the axis that they belong to") func bands() {
        let legend = ChannelLegend(.bands(centres: [100, 200, 400], axes: 2))
        #expect(legend.axes == 2)
        #expect(legend.place(of: 0) == .band(low: 50, centre: 100, high: 150, axis: 0))
        #expect(legend.place(of: 1) == .band(low: 150, centre: 200, high: 300, axis: 0))
        #expect(legend.place(of: 5) == .band(low: 300, centre: 400, high: 500, axis: 1))
        #expect(
            ChannelLegend(.bands(centres: [70], axes: 1)).place(of: 0) == .band(low: 70, centre: 70, high: 70, axis: 0))
        #expect(ChannelLegend(.bands(centres: [], axes: 1)).place(of: 3) == .channel(3))
    }

    @Test("cells cover every pixel of their region once", arguments: [(8, 8, 128, 128), (7, 5, 33, 12), (3, 2, 3, 2)])
    func cells(columns: Int, rows: Int, width: Int, height: Int) {
        let region = ChannelLegend.Region(x: 5, y: 6, width: width, height: height)
        let legend = ChannelLegend(.cells(columns: columns, rows: rows, polarities: 2, region: region))
        var owners = [Int](repeating: 0, count: width * height)
        for channel in 0..<columns * rows * 2 {
            guard case .cell(let own, let isOn) = legend.place(of: channel) else { continue }
            #expect(isOn == (channel % 2 == 1))
            for y in own.y..<own.y + own.height {
                for x in own.x..<own.x + own.width {
                    owners[(y - 6) * width + x - 5] += 1
                    // Pixel p belongs to cell p * columns / width.
                    #expect((y - 6) * rows / height * columns + (x - 5) * columns / width == channel / 2)
                }
            }
        }
        #expect(owners.allSatisfy { $0 == 2 })
        #expect(legend.axes == 1)
        let merged = ChannelLegend(.cells(columns: columns, rows: rows, polarities: 1, region: region))
        guard case .cell(_, nil) = merged.place(of: 1) else {
            Issue.record("no polarity expected")
            return
        }
    }

    @Test("legends that say the same are equal") func equality() {
        let one = ChannelLegend(.bands(centres: [1, 2], axes: 1))
        #expect(one == ChannelLegend(.bands(centres: [1, 2], axes: 1)))
        #expect(one != ChannelLegend(.bands(centres: [1, 2], axes: 2)))
        #expect(Set([one, ChannelLegend(.bands(centres: [1, 2], axes: 1))]).count == 1)
    }

    @Test("places in words and as fields") func words() {
        #expect(ChannelLegend.Place.band(low: 1_000.4, centre: 1_100, high: 1_200, axis: 0).text == "1000 to 1200 Hz")
        #expect(
            ChannelLegend.Place.band(low: 9.25, centre: 10, high: 11, axis: 2).text == "9.3 to 11.0 Hz of channel 2"
                || ChannelLegend.Place.band(low: 9.25, centre: 10, high: 11, axis: 2).text
                    == "9.2 to 11.0 Hz of channel 2"
        )
        #expect(
            ChannelLegend.Place.cell(.init(x: 8, y: 0, width: 4, height: 2), isOn: true).text
                == "pixels 8 to 11, 0 to 1, brighter")
        #expect(
            ChannelLegend.Place.cell(.init(x: 8, y: 0, width: 1, height: 1), isOn: nil).text == "pixels 8 to 8, 0 to 0")
        #expect(ChannelLegend.Place.channel(7).text == "channel 7")
        func json(_ place: ChannelLegend.Place) -> String { JSONValue.object(place.fields).text }
        #expect(json(.channel(7)) == "{\"channel\": 7}")
        #expect(
            json(.band(low: 9.25, centre: 10, high: 11, axis: 2))
                == "{\"band_hz\": [9.25, 11.00], \"centre_hz\": 10.00, \"axis\": 2}")
        #expect(
            json(.cell(.init(x: 1, y: 2, width: 3, height: 4), isOn: nil))
                == "{\"cell\": [1, 2, 3, 4], \"polarity\": null}")
    }
}
