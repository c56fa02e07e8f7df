import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("Where the action is") struct ActionFinderTests {
    private typealias Region = EventGridParameters.Region

    /// Uniform events in a rectangle.
    private func events(_ count: Int, in region: Region, _ dice: inout Dice) -> [PixelEvent] {
        (0..<count).map { _ in
            PixelEvent(
                offset: 0, x: UInt16(region.x + dice.pick(0...region.width - 1)),
                y: UInt16(region.y + dice.pick(0...region.height - 1)), isOn: true)
        }
    }

    private func finder(
        _ width: Int, _ height: Int, _ events: [PixelEvent], cells: Int = 32
    ) throws -> ActionFinder {
        var parameters = EventGridParameters()
        (parameters.width, parameters.height) = (cells, cells)
        var finder = ActionFinder(parameters, sensor: try SensorGrid(width: width, height: height))
        add(events, to: &finder)
        return finder
    }

    private func add(_ events: [PixelEvent], to finder: inout ActionFinder) {
        let words = events.map(\.bits)
        finder.add(words.span)
    }

    private func isInside(_ inner: Region, _ outer: Region) -> Bool {
        inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width
            && inner.y + inner.height <= outer.y + outer.height
    }

    @Test("a window that is read out is found to the pixel") func window() throws {
        var dice = Dice(state: 1)
        for window in [
            Region(x: 300, y: 100, width: 128, height: 128), Region(x: 0, y: 0, width: 500, height: 400),
            Region(x: 512, y: 352, width: 128, height: 128),
        ] {
            let square = Region.middleSquare(ofWidth: window.width, height: window.height)
            let found = try finder(640, 480, events(60_000, in: window, &dice)).region
            #expect(
                found
                    == Region(
                        x: window.x + square.x, y: window.y + square.y, width: square.width, height: square.height))
        }
    }

    @Test("what moves without noise is no window, however much of its box it fills") func clean() throws {
        var dice = Dice(state: 10)
        // A trunk with a head and an arm at each side: three quarters of the blocks of its box, but not along its borders.
        let person = [
            Region(x: 240, y: 100, width: 160, height: 376), Region(x: 290, y: 40, width: 60, height: 60),
            Region(x: 200, y: 110, width: 240, height: 130),
        ].flatMap { events(30_000, in: $0, &dice) }
        #expect(try finder(640, 480, person).region == Region(x: 80, y: 0, width: 480, height: 480))
        // Too small for a window.
        let arm = events(30_000, in: Region(x: 200, y: 200, width: 80, height: 40), &dice)
        #expect(try finder(640, 480, arm).region == Region(x: 176, y: 156, width: 128, height: 128))
    }

    @Test("something small that moves is looked at closely, noise and hot pixels or not") func small() throws {
        var dice = Dice(state: 2)
        let whole = Region(x: 0, y: 0, width: 346, height: 260)
        for moving in [Region(x: 24, y: 120, width: 64, height: 80), Region(x: 280, y: 8, width: 56, height: 104)] {
            var all = events(90_000, in: whole, &dice) + events(20_000, in: moving, &dice)
            let quiet = try #require(try finder(346, 260, all).region)
            #expect(quiet.width == 128 && quiet.height == 128)
            #expect(isInside(moving, quiet) && isInside(quiet, whole), "\(quiet)")
            // Of what rests in the middle nothing changes: the box is around what moves.
            let hot = [(5, 5), (340, 250), (170, 30), (100, 20)].flatMap { place in
                (0..<5_000).map { _ in
                    PixelEvent(offset: 0, x: UInt16(place.0), y: UInt16(place.1), isOn: true)
                }
            }
            all += hot
            #expect(try finder(346, 260, all).region == quiet)
        }
    }

    @Test("a scene that fills much of the sensor is looked at in the middle, or where it is") func large() throws {
        var dice = Dice(state: 3)
        let noise = events(100_000, in: Region(x: 0, y: 0, width: 640, height: 480), &dice)
        let person = events(50_000, in: Region(x: 240, y: 120, width: 160, height: 320), &dice)
        let middle = Region(x: 80, y: 0, width: 480, height: 480)
        #expect(try finder(640, 480, noise + person).region == middle)
        #expect(try finder(640, 480, noise).region == middle)
        let aside = events(50_000, in: Region(x: 8, y: 80, width: 200, height: 360), &dice)
        #expect(try finder(640, 480, noise + aside).region == Region(x: 0, y: 0, width: 480, height: 480))
        let upright = try finder(
            480, 640,
            noise.map { PixelEvent(offset: 0, x: $0.y, y: $0.x, isOn: true) }
                + aside.map { PixelEvent(offset: 0, x: $0.y, y: $0.x, isOn: true) })
        #expect(upright.region == Region(x: 0, y: 0, width: 480, height: 480))
    }

    @Test("a close view stays a little longer than it takes to get one") func hysteresis() throws {
        var dice = Dice(state: 12)
        let noise = events(90_000, in: Region(x: 0, y: 0, width: 346, height: 260), &dice)
        let middle = Region(x: 43, y: 0, width: 260, height: 260)
        for (side, far, close) in [(128, true, true), (144, false, true), (168, false, false)] {
            let moving = events(20_000, in: Region(x: 64, y: 64, width: side, height: side), &dice)
            let finder = try finder(346, 260, noise + moving)
            #expect(
                (finder.region(isClose: false) != middle) == far && (finder.region(isClose: true) != middle) == close)
        }
    }

    @Test("small sensors and too few events change nothing") func nothing() throws {
        var dice = Dice(state: 4)
        let corner = Region(x: 0, y: 0, width: 40, height: 40)
        for (width, height) in [(128, 128), (159, 300), (34, 34), (1, 1)] {
            let part = Region(x: 0, y: 0, width: min(width, 40), height: min(height, 40))
            let found = try finder(width, height, events(9_000, in: part, &dice))
            #expect(found.region == Region.middleSquare(ofWidth: width, height: height) && !found.isUseful)
        }
        #expect(try finder(400, 400, events(9_000, in: corner, &dice), cells: 100).isUseful == false)
        #expect(try finder(346, 260, events(499, in: corner, &dice)).region == nil)
        #expect(try finder(346, 260, []).region == nil)
        // Events outside the sensor count nothing.
        #expect(
            try finder(200, 200, events(9_000, in: Region(x: 200, y: 0, width: 50, height: 50), &dice)).region == nil)
    }

    @Test("what is found is a square of the sensor, whatever comes") func anything() throws {
        for seed in 0..<300 {
            var dice = Dice(state: UInt64(100 + seed))
            let (width, height) = (dice.pick(1...700), dice.pick(1...700))
            var all: [PixelEvent] = []
            for _ in 0..<dice.pick(1...5) {
                let (x, y) = (dice.pick(0...width - 1), dice.pick(0...height - 1))
                let part = Region(
                    x: x, y: y, width: dice.pick(1...width - x + 20), height: dice.pick(1...height - y + 20))
                all += events(dice.pick(1...3_000), in: part, &dice)
            }
            let cells = dice.pick(1...40)
            let finder = try finder(width, height, all, cells: cells)
            guard let region = finder.region else { continue }
            #expect(region.width == region.height && region.width > 0)
            #expect(region.width >= (finder.isUseful ? 2 * cells : min(width, height)))
            #expect(isInside(region, Region(x: 0, y: 0, width: width, height: height)), "\(seed): \(region)")
        }
    }

    @Test("what is long past is forgotten") func fading() throws {
        var dice = Dice(state: 5)
        let noise = events(60_000, in: Region(x: 0, y: 0, width: 346, height: 260), &dice)
        var seen = try finder(346, 260, noise + events(20_000, in: .init(x: 16, y: 16, width: 60, height: 60), &dice))
        let before = try #require(seen.region)
        for _ in 0..<8 { seen.fade() }
        add(noise + events(20_000, in: .init(x: 270, y: 190, width: 60, height: 60), &dice), to: &seen)
        let after = try #require(seen.region)
        #expect(before.x < 60 && before.y < 60 && after.x > 180 && after.y > 120)
    }

    @Test("a window is found although something was outside of it long ago") func fadingWindow() throws {
        var dice = Dice(state: 11)
        let window = Region(x: 64, y: 32, width: 128, height: 160)
        let corners = [(0, 0), (345, 259)].map { PixelEvent(offset: 0, x: $0.0, y: $0.1, isOn: true) }
        var seen = try finder(346, 260, corners + events(60_000, in: window, &dice))
        let square = Region(x: 64, y: 48, width: 128, height: 128)
        #expect(seen.region != square)
        seen.fade()
        #expect(seen.region == square)
        for _ in 0..<20 { seen.fade() }
        #expect(seen.region == nil)
        add(events(60_000, in: Region(x: 0, y: 0, width: 128, height: 128), &dice), to: &seen)
        #expect(seen.region == Region(x: 0, y: 0, width: 128, height: 128))
    }
}

@Suite("A grid that follows the action") struct FollowingGridTests {
    /// Noise all over a sensor of 346 x 260, and something small that moves at the left, later at the right.
    private func stream() -> EventStream {
        var dice = Dice(state: 6)
        var stream = EventStream(size: Place(x: 346, y: 260))
        for time in stride(from: Int64(0), to: 13_000_000, by: 40) {
            let isNoise = dice.pick(0...2) == 0
            let left = time < 3_000_000 ? 20 : 260
            stream.events.append(
                SeenEvent(
                    time: time, x: isNoise ? dice.pick(0...345) : dice.pick(left...left + 60),
                    y: isNoise ? dice.pick(0...259) : dice.pick(100...180), isOn: dice.next() & 1 == 0))
        }
        return stream
    }

    private func parameters(_ framing: EventGridParameters.Framing) -> EventGridParameters {
        var parameters = EventGridParameters()
        parameters.framing = framing
        return parameters
    }

    @Test("looks at it after half a second, and again where it has gone") func follows() throws {
        var dice = Dice(state: 7)
        let stream = stream()
        let stage = try EventGridStage(parameters(.action))
        let seen = try ticks(stage, stream.batches(most: 3_000, dice: &dice))
        let whole = try ticks(EventGridStage(), stream.batches(most: 3_000, dice: &dice))
        #expect(Array(seen.prefix(25)) == Array(whole.prefix(25)))
        func mean(_ ticks: ArraySlice<SeenTick>) -> Int { ticks.reduce(0) { $0 + $1.events } / ticks.count }
        // Of 500 events a tick a third is noise, of which a fifth is in the region.
        #expect(mean(whole[30..<150]) < 500 && mean(seen[30..<150]) > 340)
        // It has gone out of the region, and is found again at the latest when the first place is forgotten.
        #expect(mean(seen[152..<170]) < 100)
        #expect(mean(seen[550...]) > 340)
        // The events are the same however they are cut into batches.
        #expect(try ticks(EventGridStage(parameters(.action)), stream.batches(most: 99, dice: &dice)) == seen)
        stage.reset()
        #expect(try ticks(stage, stream.batches(most: 3_000, dice: &dice)) == seen)
    }

    @Test("each batch of spikes says which pixels it is of, and what was counted outside stays") func legends() throws {
        let stream = stream()
        let stage = try EventGridStage(parameters(.action))
        let output = SpikeBatch()
        var regions: [Int64: EventGridParameters.Region] = [:]
        var start: Int64 = 0
        // Every fourth event, so that a batch holds some two seconds.
        let events = stream.events.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
        for part in Swift.stride(from: 0, to: events.count, by: 16_000) {
            let batch = EventBatch()
            (batch.width, batch.height) = (346, 260)
            if part == 0 { #expect(batch.append(time: 0, x: 400, y: 1, isOn: true)) }
            for event in events[part..<min(part + 16_000, events.count)] {
                #expect(batch.append(time: event.time, x: UInt16(event.x), y: UInt16(event.y), isOn: event.isOn))
            }
            batch.startTime = 0
            try stage.process(batch, into: output)
            repeat {
                guard case .cells(_, _, _, let region)? = output.legend?.kind else { break }
                if output.count > 0 {
                    regions[start] = .init(x: region.x, y: region.y, width: region.width, height: region.height)
                }
                start += Int64(output.count)
                output.removeAll()
            } while try stage.processMore(into: output)
        }
        #expect(regions[0] == Region(x: 43, y: 0, width: 260, height: 260))
        let first = try #require(regions[25])
        #expect(first.width < 160 && first.x < 40)
        #expect(regions.values.contains { $0.width < 160 && $0.x > 180 })
        #expect(stage.counters.counts.first?.value == 1)
    }

    private typealias Region = EventGridParameters.Region

    @Test("a region that is known beforehand is looked at until the next reset") func known() throws {
        var dice = Dice(state: 8)
        let stream = stream()
        let region = EventGridParameters.Region(x: 10, y: 80, width: 128, height: 128)
        var fixed = EventGridParameters()
        fixed.crop = region
        let expected = try ticks(EventGridStage(fixed), stream.batches(most: 3_000, dice: &dice))
        for framing in EventGridParameters.Framing.allCases {
            let stage = try EventGridStage(parameters(framing))
            stage.reset(region: region)
            #expect(try ticks(stage, stream.batches(most: 3_000, dice: &dice)) == expected)
            stage.reset()
            #expect(try ticks(stage, stream.batches(most: 3_000, dice: &dice)) != expected)
        }
    }

    @Test("a region beyond the sensor is refused with the stage's name") func beyond() throws {
        var dice = Dice(state: 9)
        let stage = try EventGridStage(place: "eye")
        stage.reset(region: .init(x: 300, y: 0, width: 128, height: 128))
        #expect(
            message { _ = try ticks(stage, stream().batches(most: 3_000, dice: &dice)) }
                == "eye: expected a \"crop\" inside the sensor of 346 x 260, found one that reaches to column 427 and "
                + "row 127")
    }
}
