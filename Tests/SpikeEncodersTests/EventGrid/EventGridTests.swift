import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("The grid that events are counted in") struct EventGridTests {
    private static let sizes = [
        Place(x: 34, y: 34), Place(x: 128, y: 128), Place(x: 346, y: 260), Place(x: 1_280, y: 720), Place(x: 16, y: 16),
    ]

    @Test("agrees with its plain twin for all sensors, however the stream is cut", arguments: 0..<sizes.count)
    func twin(index: Int) throws {
        let size = EventGridTests.sizes[index]
        var dice = Dice(state: UInt64(index))
        for variant in 0..<4 {
            var naive = NaiveEventGrid()
            if variant == 1 { (naive.width, naive.height, naive.tick, naive.isLinear) = (7, 5, 1_000, true) }
            if variant == 2 { (naive.width, naive.height, naive.isMerged, naive.maximum) = (3, 11, true, 255) }
            if variant == 3 { (naive.width, naive.height, naive.tick) = (1, 1, 3_000) }
            var stream = EventStream.random(20_000, on: size, gap: 20, stepsBack: true, dice: &dice)
            let pause = Int64(variant) * 3_000_000
            for index in stream.events.indices.dropFirst(12_000) { stream.events[index].time += pause }
            let expected = naive.ticks(of: stream)
            #expect(expected.contains { !$0.spikes.isEmpty } || size.x > 1_000)
            for most in [3, 500, 16_000] {
                let seen = try ticks(EventGridStage(naive.parameters), stream.batches(most: most, dice: &dice))
                #expect(seen.count == expected.count, "\(size) \(variant) \(most)")
                for (seen, expected) in zip(seen, expected) { #expect(seen == expected, "\(size) \(variant) \(most)") }
            }
        }
    }

    @Test("the gain of a sensor of 128 x 128 is one, and bounded for tiny and huge ones")
    func gain() throws {
        for (size, gain) in [
            (Place(x: 128, y: 128), 256), (Place(x: 346, y: 260), 62), (Place(x: 1_280, y: 720), 8),
            (Place(x: 16, y: 16), 16_384), (Place(x: 1, y: 1), 65_536), (Place(x: 4_096, y: 4_096), 1),
        ] {
            #expect(try EventGridEncoder(sensorWidth: size.x, sensorHeight: size.y).gain == UInt64(gain), "\(size)")
        }
    }

    @Test(
        "units become spikes by their bits or one by one, up to the maximum, and the rest stays", arguments: [0, 3, 5])
    func golden(maximum: Int) throws {
        // A crop of 16 x 8 pixels on 2 x 1 cells: 64 pixels a cell, a quarter unit an event.
        var parameters = EventGridParameters()
        (parameters.width, parameters.height, parameters.maximumSpikes) = (2, 1, max(maximum, 1))
        parameters.crop = .init(x: 10, y: 4, width: 16, height: 8)
        if maximum == 0 { (parameters.compression, parameters.maximumSpikes) = (.linear, 255) }
        var encoder = try EventGridEncoder(parameters, sensorWidth: 40, sensorHeight: 20)
        #expect(encoder.gain == 64 && parameters.channels == 4)
        var seen: [[ChannelSpikes]] = []
        for count in [3, 1, 8, 7, 1, 0, 130] {
            for _ in 0..<count { encoder.add(x: 25, y: 11, isOn: false) }
            encoder.add(x: 9, y: 11, isOn: true)
            encoder.add(x: 10, y: 12, isOn: true)
            encoder.add(x: 40, y: 11, isOn: true)
            encoder.add(x: -1, y: 11, isOn: true)
            var tick: [ChannelSpikes] = []
            #expect(encoder.events == count)
            encoder.endTick { tick.append($0) }
            seen.append(tick)
        }
        let counts = seen.map { $0.first.map { Int($0.count) } ?? 0 }
        // Units: 0, 1, 2, 1 and three quarters, 1, 0, 32 and a half.
        switch maximum {
        case 0: #expect(counts == [0, 1, 2, 1, 1, 0, 32])
        case 3: #expect(counts == [0, 1, 2, 1, 1, 0, 3])
        default: #expect(counts == [0, 1, 2, 1, 1, 0, 5])
        }
        #expect(seen.allSatisfy { $0.allSatisfy { $0.channel == 2 } })
        #expect(encoder.eventsOutside == 14)
        encoder.reset()
        #expect(encoder.eventsOutside == 0)
    }

    @Test("one polarity only gives spikes on its channels only", arguments: [false, true])
    func onePolarity(isOn: Bool) throws {
        var dice = Dice(state: 4)
        var stream = EventStream.random(5_000, on: Place(x: 64, y: 64), gap: 30, stepsBack: false, dice: &dice)
        for index in stream.events.indices { stream.events[index].isOn = isOn }
        let seen = try ticks(EventGridStage(), stream.batches(most: 900, dice: &dice))
        #expect(seen.contains { !$0.spikes.isEmpty })
        #expect(seen.allSatisfy { $0.spikes.keys.allSatisfy { $0 % 2 == (isOn ? 1 : 0) } })
    }

    @Test("a whole stream has the golden digest") func digest() throws {
        var dice = Dice(state: 9)
        let stream = EventStream.random(30_000, on: Place(x: 346, y: 260), gap: 50, stepsBack: true, dice: &dice)
        var digest = SHA256()
        for tick in try ticks(EventGridStage(), stream.batches(most: 4_000, dice: &dice)) {
            digest.update(number: tick.tick)
            for (channel, count) in tick.spikes.sorted(by: { $0.key < $1.key }) {
                digest.update(number: Int64(channel * 256 + count))
            }
        }
        #expect(digest.finish() == "233f3344f2ad104f8e37100a4aa6f2e004cf92dae76deee13d5cd2b12e1e7e59")
    }

    @Test("events outside and late ones are counted") func counters() throws {
        let batch = EventBatch()
        (batch.width, batch.height) = (32, 32)
        for (time, x) in [(0, 3), (45_000, 3), (39_999, 3), (40_000, 40), (44_000, 3)] {
            _ = batch.append(time: Int64(time), x: UInt16(x), y: 5, isOn: true)
        }
        let stage = try EventGridStage()
        let seen = try ticks(stage, [batch])
        #expect(seen.map(\.events) == [1, 0, 3])
        #expect(stage.counters.counts.map(\.value) == [1, 1])
        #expect(stage.counters.counts.map(\.name) == ["events_outside", "events_late"])
    }
}

@Suite("The gain of the grid") struct EventGridGainTests {
    @Test("is what an event adds to its cell, where it is chosen", arguments: [1.0, 0.25, 2.5, 255])
    func chosen(gain: Double) throws {
        var parameters = EventGridParameters()
        (parameters.width, parameters.height, parameters.gain) = (8, 8, gain)
        (parameters.compression, parameters.maximumSpikes) = (.linear, 255)
        for size in [Place(x: 64, y: 64), Place(x: 1_280, y: 720)] {
            var encoder = try EventGridEncoder(parameters, sensorWidth: size.x, sensorHeight: size.y)
            #expect(encoder.gain == UInt64(gain * 256))
            for _ in 0..<8 { encoder.add(x: size.x / 2, y: size.y / 2, isOn: true) }
            var spikes: [ChannelSpikes] = []
            encoder.endTick { spikes.append($0) }
            #expect(spikes.map { Int($0.count) } == [min(Int(8 * gain), 255)])
        }
    }

    @Test("an option of its own, and left to the sensor if it is not there") func options() throws {
        var parameters = EventGridParameters()
        #expect(parameters.options["gain"] == nil)
        #expect(try EventGridParameters(options: parameters.options, place: "grid") == parameters)
        parameters.gain = 2.5
        #expect(try EventGridParameters(options: parameters.options, place: "grid") == parameters)
        parameters.gain = 256
        #expect(
            message { try parameters.check(place: "grid") }
                == "grid: \"gain\" expects a number from 0.01 to 255.0, found 256.0")
    }

    @Test("the legend says which pixels a channel stands for") func legend() throws {
        var parameters = EventGridParameters()
        (parameters.width, parameters.height) = (4, 3)
        parameters.crop = .init(x: 10, y: 20, width: 30, height: 20)
        let stage = try EventGridStage(parameters)
        let (input, output) = (EventBatch(), SpikeBatch())
        (input.width, input.height) = (64, 48)
        #expect(input.append(time: 0, x: 10, y: 20, isOn: true))
        try stage.process(input, into: output)
        let legend = try #require(output.legend)
        var pixels = 0
        for cell in 0..<12 {
            for polarity in 0..<2 {
                guard case .cell(let region, let isOn) = legend.place(of: 2 * cell + polarity) else { continue }
                #expect(isOn == (polarity == 1))
                if polarity == 0 { pixels += region.width * region.height }
                // Every pixel of the region counts into the channel.
                for (x, y) in [(region.x, region.y), (region.x + region.width - 1, region.y + region.height - 1)] {
                    var encoder = try EventGridEncoder(parameters, sensorWidth: 64, sensorHeight: 48)
                    for _ in 0..<4_096 { encoder.add(x: x, y: y, isOn: polarity == 1) }
                    var channels: [Int] = []
                    encoder.endTick { channels.append(Int($0.channel)) }
                    #expect(channels == [2 * cell + polarity], "\(x) \(y)")
                }
            }
        }
        #expect(pixels == 600)
    }
}
