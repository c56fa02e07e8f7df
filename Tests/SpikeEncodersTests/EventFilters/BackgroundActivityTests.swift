import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("The background activity filter") struct BackgroundActivityTests {
    @Test("lonely noise goes, a moving edge stays") func noise() throws {
        var dice = Dice(state: 1)
        // 250 events a second on 3,072 pixels: one of 300 has a neighbour within 5 ms by chance.
        let noise = EventStream.random(2_500, on: Scene.size, gap: 8_000, stepsBack: false, dice: &dice)
        let left = try run("background_activity", noise)
        #expect(Double(left.count) < 0.01 * Double(noise.events.count))
        let edge = Scene.stream(Scene.bar())
        let kept = try run("background_activity", edge)
        #expect(Double(kept.count) > 0.98 * Double(edge.events.count))
    }

    @Test("an event is no support for itself") func itself() throws {
        let pixel = Scene.stream((0..<100).map { SeenEvent(time: $0 * 10, x: 30, y: 30, isOn: true) })
        #expect(try run("background_activity", pixel).isEmpty)
    }

    @Test("all eight neighbours support, also across the edge of a row not") func neighbours()
        throws
    {
        for y in 4...6 {
            for x in 4...6 where x != 5 || y != 5 {
                let pair = Scene.stream([
                    SeenEvent(time: 0, x: x, y: y, isOn: true), SeenEvent(time: 5_000, x: 5, y: 5, isOn: false),
                ])
                #expect(try run("background_activity", pair) == [pair.events[1]])
            }
        }
        let wrapped = Scene.stream([
            SeenEvent(time: 0, x: 63, y: 4, isOn: true), SeenEvent(time: 1, x: 0, y: 5, isOn: true),
            SeenEvent(time: 2, x: 0, y: 4, isOn: true), SeenEvent(time: 5_010, x: 1, y: 4, isOn: true),
        ])
        #expect(try run("background_activity", wrapped) == [wrapped.events[2]])
    }
}
