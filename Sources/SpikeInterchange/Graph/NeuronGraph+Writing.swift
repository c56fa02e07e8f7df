import SpikeContainers
import SpikeSignals

extension NeuronGraph {
    /// Writes the graph to `path` as other programs write one: parameters in single precision, nothing of this package's own.
    ///
    /// Nodes of subgraphs stand beside the others, as in ``nodes``. A `v_reset` of zero is left out: the package nir up
    /// to 1.0.4, which Sinabs and Rockpool need, does not know it, and later ones take it to be zero.
    ///
    /// - Throws: if the graph's shapes do not fit together, or the file cannot be written.
    public func write(to path: String, rule: StepRule = StepRule()) throws(SpikelineError) {
        try WholeFile.write(try bytes(rule: rule), to: path)
    }

    /// The bytes of the file; shapes are found by a run under `rule`, which the graph must allow.
    func bytes(rule: StepRule = StepRule()) throws(SpikelineError) -> [UInt8] {
        guard Set(nodes.map(\.name)).count == nodes.count else {
            throw SpikelineError("two nodes have the same name, and a file without subgraphs has one of each", at: name)
        }
        for node in nodes where !node.arrays.values.allSatisfy({ $0.values.allSatisfy { Float($0).isFinite } }) {
            throw SpikelineError(
                "the node \"\(node.name)\" has a number that single precision does not hold", at: name)
        }
        // Flatten and Conv2d say what they take, which files leave open at times.
        let runner = try GraphRunner(self, rule: rule)
        var children: [(name: String, content: HDF5Content)] = []
        for (index, node) in nodes.enumerated() {
            let taken = edges.first { $0.to == index }.map { runner.shapes[$0.from] }
            children.append((node.name, content(of: node, taking: taken)))
        }
        let links = edges.flatMap { [nodes[$0.from].name, nodes[$0.to].name] }
        let root = HDF5Content.group([
            ("type", .text("NIRGraph")), ("edges", .texts(links, dimensions: [edges.count, 2])),
            ("nodes", .group(children)),
        ])
        return HDF5Writer.file(.group([("version", .text("1.0.8")), ("node", root)]))
    }

    private static let integers: Set = [
        "shape", "stride", "padding", "dilation", "groups", "kernel_size", "start_dim", "end_dim", "input_shape",
    ]

    private func content(of node: Node, taking shape: [Int]?) -> HDF5Content {
        var fields: [(name: String, content: HDF5Content)] = [("type", .text(node.type))]
        for (name, tensor) in node.arrays.sorted(by: { $0.key < $1.key }) {
            if name == "v_reset", tensor.values.allSatisfy({ $0 == 0 }) { continue }
            if name == "input_shape", shape != nil { continue }
            if NeuronGraph.integers.contains(name) {
                fields.append(
                    (name, .int64(tensor.values.map { Int64(exactly: $0.rounded()) ?? 0 }, dimensions: tensor.shape)))
            } else {
                fields.append((name, .float32(tensor.values.map { Float($0) }, dimensions: tensor.shape)))
            }
        }
        if let word = node.paddingWord { fields.append(("padding", .text(word))) }
        let sides = (shape ?? []).map { Int64($0) }
        switch node.type {
        case "Flatten" where shape != nil: fields.append(("input_type", .int64(sides)))
        case "Conv2d" where shape != nil: fields.append(("input_shape", .int64(Array(sides.suffix(2)))))
        case "Conv1d" where shape != nil: fields.append(("input_shape", .int64(Array(sides.suffix(1)), dimensions: [])))
        default: break
        }
        return .group(fields)
    }
}
