import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("Filters that move events") struct EventGeometryTests {
    @Test("downsample: one event of each step, pixel and polarity") func merging() throws {
        let burst = Scene.stream(
            (0..<400).map { SeenEvent(time: $0 * 10, x: Int($0 % 4), y: Int($0 / 4 % 4), isOn: $0 % 2 == 0) })
        let merged = try run(
            "downsample", ["factor": .integer(4), "keep": .string("one_per_step")], burst)
        #expect(merged.map(\.time) == [0, 10, 1_000, 1_010, 2_000, 2_010, 3_000, 3_010])
    }

    @Test("mirror: four quarter turns are none") func turns() throws {
        let scene = Scene.stream(Scene.bar())
        var turned = scene
        for _ in 0..<4 {
            var dice = Dice(state: 9)
            turned = try run(
                makeStage("mirror", ["flip_y": .bool(true), "transpose": .bool(true)]),
                turned.batches(most: 5_000, dice: &dice))
        }
        #expect(turned.events == scene.events)
        #expect(turned.size == scene.size)
    }
}
