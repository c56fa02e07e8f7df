import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("The flicker filter") struct FlickerTests {
    @Test("a lamp goes after some periods, a moving bar stays", arguments: [85, 100, 120])
    func flicker(hertz: Int) throws {
        let light = Scene.stream(Scene.lamp(hertz: hertz, seconds: 1))
        // Four periods between five falling edges: nothing passes after the fifth.
        let passed = try run("flicker", light)
        #expect(passed.count == 64 * 3 * 5 - 64)
        let moving = Scene.stream(Scene.bar())
        #expect(try run("flicker", moving) == moving.events)
        let both = try run("flicker", Scene.stream(Scene.lamp(hertz: hertz, seconds: 1), Scene.bar(from: 2_000_000)))
        #expect(Set(both).isSuperset(of: Scene.bar(from: 2_000_000)), "the lamp is off and forgotten")
    }

    @Test("other frequencies stay", arguments: [40, 70, 140, 300]) func otherFrequencies(hertz: Int) throws {
        let light = Scene.stream(Scene.lamp(hertz: hertz, seconds: 1))
        #expect(try run("flicker", light) == light.events)
    }

    @Test("beats that do not agree stay") func noBeat() throws {
        var light = Scene.lamp(hertz: 100, seconds: 1)
        // Every second period is 11 ms long and the others 9, more than they may differ.
        for index in light.indices where light[index].time / 10_000 % 2 == 1 { light[index].time += 1_000 }
        #expect(try run("flicker", Scene.stream(light)) == Scene.stream(light).events)
    }

    @Test("a step back in time does not keep a pixel dark") func stepBack() throws {
        var stream = Scene.stream(Scene.lamp(hertz: 100, seconds: 1))
        stream.events += Scene.bar(from: -3_000_000).sorted { $0.time < $1.time }
        let passed = try run("flicker", stream)
        #expect(passed.count == 64 * 3 * 5 - 64 + Scene.bar().count)
    }
}
