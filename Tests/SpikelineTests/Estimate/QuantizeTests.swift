import Foundation
import SpikeContainers
import SpikeTestSupport
import Testing

@Suite("spikeline quantize") struct QuantizeTests {
    private static let graph = SharedData.path("golden/nir/braille_noDelay_noBias_subtract.nir")

    @Test(
        "writes a model that opens again, and reports",
        .enabled(if: graph != nil, "no golden NIR files on this machine"))
    func braille() throws {
        let folder = try TemporaryFolder()
        let graph = try #require(Self.graph)
        let arguments = ["quantize", graph, "out.nir", "--reset", "subtract", "--steps", "200", "--json"]
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect((found["layers"] as? [[String: Any]])?.map { $0["name"] as? String } == ["lif1.lif", "lif2"])
        #expect((found["spike_agreement"] as? Double ?? 0) > 0.8)
        #expect(try Program.run(arguments, in: folder).output == outcome.output)
        let estimate = try Program.run(["estimate", "out.nir", "--json"], in: folder)
        #expect(estimate.code == 0 && estimate.output.contains("\"neurons\": 54"))
        let rounded = try Program.run(arguments + ["--graph-out", "rounded.nir"], in: folder)
        #expect(rounded.output == outcome.output)
        let again = try Program.run(
            ["quantize", "rounded.nir", "again.nir", "--reset", "subtract", "--json"], in: folder)
        #expect(again.code == 0 && again.output.contains("\"largest_error\": 0.000000"), "\(again.errors)")
        let nowhere = try Program.run(arguments + ["--graph-out", "nowhere/x.nir"], in: folder)
        #expect(nowhere.code == 2 && nowhere.errors.contains("nowhere/x.nir"))
        _ = try folder.write("spikes.csv", Array("step,channel\n0,1\n5,12\n".utf8))
        let wrong = try Program.run(["quantize", graph, "x.nir", "--data", "spikes.csv"], in: folder)
        #expect(wrong.code == 2 && wrong.errors.contains("spikes.csv:3"))
    }

    @Test("names what is no graph")
    func wrong() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("text.nir", Array("hello".utf8))
        let outcome = try Program.run(["quantize", "text.nir", "out.nir"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("text.nir"))
        #expect(try Program.run(["quantize", "text.nir", "out.nir", "--dt", "0"], in: folder).code != 0)
    }

    private static let onnx = SharedData.packageRoot + "/Tests/SpikeInterchangeTests/Fixtures/onnx/digits-"

    /// A spiking network of digits, which is a NIR graph like any other; its weights have 8 bits already.
    private func digits(_ kind: String, in folder: borrowing TemporaryFolder) throws {
        for (name, seed) in [("data", "1"), ("test", "2")] {
            #expect(
                try Program.run(["synthesize", "digits", name, "--count", "4", "--seed", seed], in: folder).code == 0)
        }
        let made = try Program.run(
            ["convert-ann", Self.onnx + kind + ".onnx", "--out", "graph.nir", "--data", "data"], in: folder)
        #expect(made.code == 0, "\(made.errors)")
    }

    @Test("tells the accuracy of both on labelled pictures", arguments: ["dense", "conv"])
    func accuracy(kind: String) throws {
        let folder = try TemporaryFolder()
        try digits(kind, in: folder)
        let arguments = [
            "quantize", "graph.nir", "out.nir", "--dt", "1e-3", "--reset", "subtract", "--data", "test", "--steps",
            "24",
        ]
        let outcome = try Program.run(arguments + ["--json"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(found["samples"] as? Int == 40 && found["steps"] as? Int == 960)
        let graph = try #require(found["graph_accuracy"] as? Double)
        #expect(graph > 0.85)
        #expect(abs(graph - (found["network_accuracy"] as? Double ?? 0)) <= 0.051)
        #expect((found["same_decision"] as? Double ?? 0) > 0.9)
        #expect((found["spike_agreement"] as? Double ?? 0) > 0.98)
        let text = try Program.run(arguments, in: folder)
        #expect(text.output.contains("points on 40 samples") && text.output.contains("same decision"))
        // A class less than outputs is refused.
        try FileManager.default.removeItem(atPath: folder.path + "/test/7")
        let fewer = try Program.run(arguments, in: folder)
        #expect(
            fewer.code == 2
                && fewer.errors.contains("test: expected a folder of samples for each of the 10 outputs, found 9"))
        for digit in 0...9 {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/empty/\(digit)", withIntermediateDirectories: true)
        }
        let empty = try Program.run(
            ["quantize", "graph.nir", "out.nir", "--dt", "1e-3", "--data", "empty"], in: folder)
        #expect(empty.code == 2 && empty.errors.contains("expected samples in the folders, found none"))
    }

    @Test("reads spikes, events and pictures, and names what does not fit")
    func inputs() throws {
        let folder = try TemporaryFolder()
        try digits("conv", in: folder)
        func run(_ file: String, _ more: [String] = []) throws -> Program.Outcome {
            try Program.run(
                ["run-graph", "graph.nir", "--dt", "1e-3", "--reset", "subtract", "--data", file, "--out", "out.csv"]
                    + more,
                in: folder)
        }
        // The same spikes as steps and channels, and as events at 1 ms a step; a pixel fires once in a step.
        let places = (0..<200).map { (step: $0 / 10, x: $0 * 7 % 16, y: $0 * 5 % 16) }
        let table = "step,channel\n" + places.map { "\($0.step),\($0.y * 16 + $0.x)\n" }.joined()
        let events = "x,y,p,t\n" + places.map { "\($0.x),\($0.y),\($0.step % 2),\(500 + $0.step * 1000)\n" }.joined()
        _ = try folder.write("table.csv", Array(table.utf8))
        _ = try folder.write("events.csv", Array(events.utf8))
        let first = try run("table.csv")
        #expect(first.code == 0 && first.output.contains("steps  20"), "\(first.errors)")
        let spikes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out.csv"))
        #expect(String(decoding: spikes, as: UTF8.self).hasPrefix("step,node,neuron,value\n0,") && spikes.count > 1_000)
        let second = try run("events.csv")
        #expect(second.output == first.output, "\(second.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out.csv")) == spikes)
        #expect(try run("test/3/000000.pgm", ["--steps", "5"]).output.contains("steps  5\n"))
        #expect(try run("table.csv", ["--steps", "30", "--json"]).output.contains("\"steps\": 30"))
        _ = try folder.write("wide.csv", Array("x,y,p,t\n16,0,1,5\n".utf8))
        #expect(try run("wide.csv").errors.contains("event in column 16 and row 0, expected 16 columns and 16 rows"))
        _ = try folder.write("long.csv", Array("x,y,p,t\n1,0,1,5\n1,1,1,9000000000\n".utf8))
        let long = try run("long.csv")
        #expect(
            long.code == 2 && long.errors.contains("lasts longer than 65536 steps of 256 channels"), "\(long.errors)")
        _ = try folder.write("gaps.csv", Array("step,channel\n\n0,1\n\n0,256\n".utf8))
        #expect(try run("gaps.csv").errors.contains("gaps.csv:5"))
        let same = try Program.run(["quantize", "graph.nir", "x.nir", "--graph-out", "x.nir"], in: folder)
        #expect(same.code == 2 && same.errors.contains("another file than OUT"), "\(same.errors)")
        _ = try folder.write("far.csv", Array("0,256\n".utf8))
        #expect(try run("far.csv").errors.contains("a channel below 256"))
        #expect(try run("table.csv", ["--steps", "0"]).errors.contains("--steps expects 1 to 1000000"))
        #expect(try run("table.csv", ["--spikes", "0"]).errors.contains("--spikes expects 1 to 255"))
        // What a program does by default is the same as its parts; what is given wins.
        let whole = try Program.run(
            [
                "run-graph", "graph.nir", "--from", "sinabs", "--dt", "1e-3", "--integration", "euler", "--spikes", "1",
                "--data", "table.csv", "--out", "out.csv",
            ], in: folder)
        #expect(whole.output == first.output, "\(whole.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out.csv")) == spikes)
        let both = try run("table.csv", ["--from", "rockpool", "--moment", "both"])
        #expect(both.code == 2 && both.errors.contains("--moment both expects --spikes 1, found 31"), "\(both)")
        #expect(try run("table.csv", ["--moment", "both"]).code == 0)
        let late = try Program.run(["quantize", "graph.nir", "q.nir", "--from", "snntorch"], in: folder)
        #expect(late.code == 0, "\(late.errors)")
        let nowhere = try Program.run(
            ["run-graph", "graph.nir", "--data", "table.csv", "--out", "nowhere/out.csv"], in: folder)
        #expect(nowhere.code == 2 && nowhere.errors.contains("nowhere/out.csv"))
        let dense = try Program.run(
            ["convert-ann", Self.onnx + "dense.onnx", "--out", "dense.nir", "--data", "data"], in: folder)
        #expect(dense.code == 0)
        let flat = try Program.run(
            ["run-graph", "dense.nir", "--dt", "1e-3", "--data", "events.csv", "--out", "out.csv"], in: folder)
        #expect(flat.code == 2 && flat.errors.contains("events need an input of one or two channels"))
    }

    @Test("a picture of more pixels than its coder can number is refused")
    func largePicture() throws {
        let folder = try TemporaryFolder()
        func node(_ type: String, _ fields: [(name: String, content: HDF5Content)]) -> HDF5Content {
            .group([("type", .text(type))] + fields)
        }
        let graph = HDF5Content.group([
            ("version", .text("1.0.8")),
            (
                "node",
                .group([
                    ("type", .text("NIRGraph")),
                    ("edges", .texts(["input", "pool", "pool", "output"], dimensions: [2, 2])),
                    (
                        "nodes",
                        .group([
                            ("input", node("Input", [("shape", .int64([1, 300, 300]))])),
                            ("output", node("Output", [("shape", .int64([1, 1, 1]))])),
                            (
                                "pool",
                                node(
                                    "SumPool2d",
                                    [
                                        ("kernel_size", .int64([300, 300])), ("padding", .int64([0, 0])),
                                        ("stride", .int64([300, 300])),
                                    ])
                            ),
                        ])
                    ),
                ])
            ),
        ])
        _ = try folder.write("graph.nir", HDF5Writer.file(graph))
        _ = try folder.write("bright.pgm", Array("P5\n300 300\n255\n".utf8) + [UInt8](repeating: 255, count: 90_000))
        let outcome = try Program.run(
            ["run-graph", "graph.nir", "--data", "bright.pgm", "--steps", "2", "--out", "o.csv"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("has 90000 pixels, expected at most 65536"), "\(outcome)")
    }
}
