import Foundation
import SpikeContainers
import SpikeTestSupport
import Testing

@Suite("spikeline convert-ann") struct ConvertANNTests {
    private static let model = SharedData.packageRoot + "/Tests/SpikeInterchangeTests/Fixtures/onnx/digits-dense.onnx"

    @Test("draws digits, converts, measures, and writes a model that opens again")
    func digits() throws {
        let folder = try TemporaryFolder()
        for (name, seed) in [("data", "1"), ("test", "2")] {
            let drawn = try Program.run(["synthesize", "digits", name, "--count", "20", "--seed", seed], in: folder)
            #expect(drawn.code == 0, "\(drawn.errors)")
        }
        let arguments = [
            "convert-ann", Self.model, "--out", "out.nir", "--data", "data", "--test", "test", "--plot", "curve.svg",
            "--json",
        ]
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let points = try #require(found["points"] as? [[String: Any]])
        #expect(points.map { $0["ticks"] as? Int } == [1, 2, 4, 8, 16, 32, 64])
        let original = try #require(found["original_accuracy"] as? Double)
        #expect(original > 0.85 && found["pictures"] as? Int == 200)
        #expect(abs((points.last?["accuracy"] as? Double ?? 0) - original) <= 0.02)
        let curve = try String(contentsOfFile: folder.path + "/curve.svg", encoding: .utf8)
        #expect(curve.contains("spiking network") && curve.hasSuffix("</svg>\n"))
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out.nir"))
        #expect(try Program.run(arguments, in: folder).output == outcome.output)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out.nir")) == first)
        let estimate = try Program.run(["estimate", "out.nir", "--json"], in: folder)
        #expect(estimate.code == 0 && estimate.output.contains("\"neurons\": 106"), "\(estimate.output)")
        let text = try Program.run(Array(arguments.dropLast()), in: folder)
        #expect(text.output.contains("synaptic operations") && text.output.contains("of 200 pictures"))
    }

    @Test("reads NIR graphs without neurons once it is told of their Relus")
    func nir() throws {
        let folder = try TemporaryFolder()
        for (name, seed) in [("data", "1"), ("test", "2")] {
            #expect(
                try Program.run(
                    ["synthesize", "digits", name, "--count", "3", "--size", "8", "--seed", seed], in: folder
                ).code == 0)
        }
        func node(_ type: String, _ fields: [(name: String, content: HDF5Content)]) -> HDF5Content {
            .group([("type", .text(type))] + fields)
        }
        func linear(_ rows: Int, _ columns: Int) -> HDF5Content {
            let weights = (0..<rows * columns).map { (index: Int) -> Float in Float((index * 7 + 3) % 11 - 4) / 10 }
            return node("Linear", [("weight", .float32(weights, dimensions: [rows, columns]))])
        }
        let edges = ["input", "a", "a", "b", "b", "output"]
        let input = node("Input", [("shape", .int64([64]))])
        let output = node("Output", [("shape", .int64([10]))])
        let nodes = HDF5Content.group([
            ("a", linear(20, 64)), ("b", linear(10, 20)), ("input", input), ("output", output),
        ])
        let links = HDF5Content.texts(edges, dimensions: [3, 2])
        let graph = HDF5Content.group([("type", .text("NIRGraph")), ("edges", links), ("nodes", nodes)])
        let file = HDF5Content.group([("version", .text("1.0.8")), ("node", graph)])
        _ = try folder.write("net.nir", HDF5Writer.file(file))
        let arguments = ["convert-ann", "net.nir", "--out", "out.nir", "--data", "data", "--test", "test", "--json"]
        let silent = try Program.run(arguments, in: folder)
        #expect(silent.code == 2 && silent.errors.contains("say so with --relu-between-layers"))
        let outcome = try Program.run(arguments + ["--relu-between-layers"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let points = try #require(found["points"] as? [[String: Any]])
        #expect((points.last?["as_original"] as? Double ?? 0) >= 0.9)
        let wrong = try Program.run(
            ["convert-ann", Self.model, "--out", "out.nir", "--data", "data", "--relu-between-layers"], in: folder)
        #expect(wrong.code == 2 && wrong.errors.contains("ONNX says itself where a Relu stands"))
    }

    @Test("names what does not fit")
    func wrong() throws {
        let folder = try TemporaryFolder()
        func refusal(_ arguments: [String]) throws -> String {
            let outcome = try Program.run(["convert-ann"] + arguments, in: folder)
            #expect(outcome.code == 2 || outcome.code == 64)
            return outcome.errors
        }
        let out = ["--out", "out.nir", "--data", "data"]
        _ = try folder.write("no.onnx", Array("hello".utf8))
        #expect(try refusal(["no.onnx"] + out).contains("no.onnx: "))
        #expect(try refusal([Self.model, "--out", "nowhere/out.nir", "--data", "data"]).contains("nowhere/out.nir"))
        #expect(try refusal([Self.model] + out).contains("data: expected a folder"))
        _ = try Program.run(["synthesize", "digits", "data", "--count", "1", "--size", "12"], in: folder)
        #expect(try refusal([Self.model] + out).contains("found 12 rows of 12 grey pixels"))
        try FileManager.default.removeItem(atPath: folder.path + "/data/7")
        #expect(try refusal([Self.model] + out).contains("for each of the 10 outputs, found 9"))
        #expect(try refusal([Self.model, "--plot", "c.svg"] + out).contains("give --test"))
        #expect(try refusal([Self.model, "--ticks", "0"] + out).contains("--ticks expects"))
        #expect(try refusal([Self.model, "--percentile", "0"] + out).contains("--percentile expects"))
        for digit in 0...9 {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/empty/\(digit)", withIntermediateDirectories: true)
        }
        #expect(try refusal([Self.model, "--out", "out.nir", "--data", "empty"]).contains("found none"))
    }
}
