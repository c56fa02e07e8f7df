import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

/// The graphs of the NIR paper, written by h5py; `index.json` says what they hold.
enum Goldens {
    static let folder = SharedData.path("golden/nir")

    static func bytes(_ name: String) throws -> [UInt8] {
        try WholeFile.read((folder ?? "") + "/" + name, limit: 64 << 20, expecting: "a model file")
    }

    static func index() throws -> [String: OptionValue] {
        let text = String(decoding: try bytes("index.json"), as: UTF8.self)
        return try Fields(JSONReader.value(of: text, title: "index", place: "index.json"), path: "", file: "").map(
            "graphs")
    }
}

@Suite(.enabled(if: Goldens.folder != nil, "no golden NIR files on this machine")) struct GoldenFilesTests {
    @Test func everyNodeAndNumberIsReadAsH5pyReadsIt() throws {
        let stored = try Goldens.bytes("weights.f32")
        var arrays = 0
        for (name, graph) in try Goldens.index() {
            let nodes = try Fields(graph, path: name, file: "").map("nodes")
            let root = try HDF5File(bytes: try Goldens.bytes(name), name: name).root().child("node").child("nodes")
            #expect(root.childNames == nodes.keys.sorted(), "\(name)")
            for (node, value) in nodes {
                let group = try root.child(node)
                guard case .map(let fields) = value else { continue }
                if case .string(let type)? = fields["type"] { #expect(try group.text("type") == type) }
                for (field, array) in fields {
                    guard let expected = try floats(array, stored) else { continue }
                    let found: [Float] = try group.array(field, dimensions: expected.shape)
                    #expect(found == expected.values, "\(name) \(node) \(field)")
                    arrays += 1
                }
            }
        }
        #expect(arrays == 46)
    }

    /// The shape and values of a float32 array of the index, or nil if `value` is something else.
    private func floats(_ value: OptionValue, _ stored: [UInt8]) throws -> (shape: [Int], values: [Float])? {
        guard case .map(let fields) = value, fields["dtype"] == .string("float32") else { return nil }
        let options = Options(fields)
        let shape = (options.list("shape") ?? []).compactMap { if case .integer(let size) = $0 { size } else { nil } }
        if let values = options.list("values") {
            return (shape, values.map { Float(Options(["x": $0]).number("x") ?? .nan) })
        }
        guard let start = fields.keys.filter({ $0.contains("offset") }).compactMap({ options.integer($0) }).first else {
            return nil
        }
        let count = shape.reduce(1, *)
        return (shape, (0..<count).map { Float(littleEndian: stored[(start + 4 * $0)..<(start + 4 * $0 + 4)]) })
    }

    @Test func aGraphOfThePaperIsNamedAsForeign() throws {
        #expect(
            Faulty.message(try Goldens.bytes("lif_norse.nir")) == """
                m.nir: the NIR graph was made by another program, and import of foreign graphs is not there yet; its \
                nodes: 0 (Affine), 1 (LIF), input (Input), output (Output)
                """)
    }
}
