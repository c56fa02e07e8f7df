import Foundation
import SpikeSignals
import Testing

@testable import SpikePipeline
@testable import SpikeServices

@Suite("Frames of a page") struct LiveViewTests {
    private let view = LiveView(name: "toy")

    /// A watched view of one stage with that output.
    private func begin(_ kind: PortKind) {
        view.begins([ObservedStage(name: "stage", type: "toy", output: kind, isLive: true)])
        view.watch(1)
    }

    /// What the next frame says of the stage; nil if it says nothing.
    private func frame() throws -> [String: Any]? {
        let text = String(decoding: view.frame(), as: UTF8.self)
        #expect(text.hasPrefix("data: ") && text.hasSuffix("}\n\n"))
        let json = try JSONSerialization.jsonObject(with: Data(text.dropFirst(6).utf8))
        let stages = try #require((json as? [String: Any])?["s"] as? [String: Any])
        return stages["0"] as? [String: Any]
    }

    @Test("spikes come tick by tick, once, and silent ticks too")
    func spikes() throws {
        begin(.spikes)
        let batch = SpikeBatch()
        (batch.channels, batch.firstTick, batch.tickNanoseconds) = (300, 7, 2_500_000)
        batch.append(channel: 3, count: 1)
        batch.append(channel: 299, count: 12)
        batch.endTick()
        batch.endTick()
        batch.append(channel: 0, count: 65_535)
        batch.endTick()
        view.stage(0, gave: batch)
        let stage = try #require(try frame())
        #expect(stage["n"] as? Int == 300 && stage["k"] as? Int == 7 && stage["d"] as? Double == 2.5)
        #expect(stage["s"] as? [[Int]] == [[3, 1, 299, 12], [], [0, 65_535]])
        #expect(try frame() == nil)
        (batch.firstTick) = 10
        view.stage(0, gave: batch)
        #expect(try frame()?["k"] as? Int == 10)
    }

    @Test("a frame holds 128 ticks and 6,144 spikes, whatever the speed")
    func bounds() throws {
        begin(.spikes)
        let batch = SpikeBatch()
        batch.channels = 100
        for _ in 0..<200 {
            for channel in 0..<100 { batch.append(channel: channel, count: 1) }
            batch.endTick()
        }
        for _ in 0..<3 {
            for _ in 0..<20 { view.stage(0, gave: batch) }
            let ticks = try #require(try frame()?["s"] as? [[Int]])
            #expect(ticks.count == LiveTrace.mostTicks)
            #expect(ticks.reduce(0) { $0 + $1.count } == 2 * LiveTrace.mostItems)
        }
    }

    @Test("potentials keep their sign and whole ticks")
    func potentials() throws {
        begin(.potentials)
        let batch = PotentialBatch()
        batch.outputs = 3
        batch.potentials = [0, -1, .max, .min, 10, -1_000]
        batch.levels = [0, 0]
        view.stage(0, gave: batch)
        #expect(try frame()?["p"] as? [[Int]] == [[0, -1, 2_147_483_647], [-2_147_483_648, 10, -1_000]])
        batch.outputs = 1_000
        batch.potentials = [Int32](repeating: 1, count: 10_000)
        batch.levels = [Int16](repeating: 0, count: 10)
        view.stage(0, gave: batch)
        let ticks = try #require(try frame()?["p"] as? [[Int]])
        #expect(ticks.map(\.count) == [Int](repeating: 1_000, count: LiveTrace.mostItems / 1_000))
    }

    @Test("a hundredth of a second of sound may lie in two frames")
    func audio() throws {
        begin(.audio)
        let batch = AudioBatch()
        batch.sampleRate = 400
        batch.samples = [AudioBatch.fullScale / 2, 0, 0, 0, -AudioBatch.fullScale / 4]
        view.stage(0, gave: batch)
        #expect(try frame()?["w"] as? [Int] == [0, 500])
        batch.samples = [0, 0, AudioBatch.fullScale / 8]
        view.stage(0, gave: batch)
        #expect(try frame()?["w"] as? [Int] == [-250, 125])
    }

    @Test("events are counted in cells, anew for each frame")
    func events() throws {
        begin(.events)
        let batch = EventBatch()
        (batch.width, batch.height) = (96, 72)
        for x in [0, 1, 95] as [UInt16] { #expect(batch.append(time: Int64(x), x: x, y: 0, isOn: x > 0)) }
        for _ in 0..<2 {
            view.stage(0, gave: batch)
            let stage = try #require(try frame())
            let cells = try #require(stage["g"] as? [Int])
            #expect(stage["c"] as? Int == 3 && cells.count == LiveTrace.columns * LiveTrace.rows * 2)
            #expect(cells[0] == 1 && cells[1] == 1 && cells[(LiveTrace.columns - 1) * 2] == 1)
            #expect(cells.reduce(0, +) == 3)
        }
        #expect(try frame()?["c"] as? Int ?? 0 == 0)
    }
}
