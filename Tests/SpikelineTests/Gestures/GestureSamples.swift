import Foundation
import SpikeEncoders
import SpikeInterchange
import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

/// A toy model and recordings for it: things that move at the left or at the right of a sensor of 64 x 64.
enum GestureSamples {
    /// A model of [left, right, other] over a grid of 8 x 8: a readout and, beside it, a layer that fires.
    static func model(labels: [String] = ["left", "right", "other"]) throws -> [UInt8] {
        var grid = EventGridParameters()
        (grid.width, grid.height) = (8, 8)
        let relay = Population(
            name: "relay", neuron: .lif(SpikingParameters(membraneDecay: 16_384)), thresholds: [20, 20],
            biases: [0, 0])
        let readout = Population(
            name: "readout", neuron: .leakyIntegrator(membraneDecay: 16_384), thresholds: [1, 1, 1],
            biases: [0, 0, 512])
        var (toRelay, toReadout): ([Int8], [Int8]) = ([], [])
        for channel in 0..<grid.channels {
            let isLeft = channel / 2 % 8 < 4
            toRelay += isLeft ? [2, 0] : [0, 2]
            toReadout += isLeft ? [30, -30, 0] : [-30, 30, 0]
        }
        let network = NetworkDescription(
            tickNanoseconds: 20_000_000, inputs: grid.channels, maximumInputSpikes: 5,
            populations: [relay, readout],
            connections: [
                Connection(source: .input, target: 0, weights: toRelay),
                Connection(source: .input, target: 1, weights: toReadout),
            ])
        return try ModelFile(
            network: network, encoder: .init(type: "event_grid", options: grid.options),
            head: .init(
                type: "gesture",
                options: [
                    "labels": .list(labels.map { .string($0) }),
                    "window_ms": .integer(200),
                ])
        ).bytes()
    }

    /// Lines `t,x,y,p` of events between two times in seconds, 10,000 a second, at the left (0) or the right (1) of the
    /// 64 x 64 pixels from `corner` on.
    static func events(
        _ side: Int, from: Double, to: Double, isOn: Bool? = nil, corner: (x: Int, y: Int) = (0, 0)
    ) -> String {
        var dice = Dice(state: UInt64(from * 1e3) + UInt64(side))
        var text = ""
        for time in stride(from: Int(from * 1e6), to: Int(to * 1e6), by: 100) {
            let (x, y) = (corner.x + 32 * side + dice.pick(0...31), corner.y + dice.pick(0...63))
            text += "\(time),\(x),\(y),\(isOn ?? (dice.next() & 1 == 0) ? 1 : 0)\n"
        }
        return text
    }

    /// A folder with the model and these recordings, as text and, by the program itself, in the formats of their names.
    static func folder(
        _ recordings: [(name: String, text: String)], size: String = "64x64"
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("toy.nir", model())
        for (name, text) in recordings {
            try folder.write("text.csv", Array(("t,x,y,p\n" + text).utf8))
            if let slash = name.lastIndex(of: "/") {
                try FileManager.default.createDirectory(
                    atPath: folder.path + "/" + name[..<slash], withIntermediateDirectories: true)
            }
            let outcome = try Program.run(["convert", "text.csv", name, "--size", size], in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        return folder
    }

    /// The JSON objects on the lines of `text`.
    static func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }
}
