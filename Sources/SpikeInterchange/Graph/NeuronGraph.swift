import SpikeContainers
import SpikeSignals

/// A NIR graph that any program wrote, in floating point, without subgraphs.
///
/// Reads what snnTorch, Norse, Sinabs, Rockpool, Lava-dl, SpikingJelly and others write: `Input`, `Output`, `Affine`,
/// `Linear`, `Scale`, `LIF`, `CubaLIF`, `LI`, `CubaLI`, `I`, `IF`, `Conv1d`, `Conv2d`, `SumPool2d`, `AvgPool2d`,
/// `Flatten`, `Delay`, `Threshold` and nested `NIRGraph`s, whose nodes come here as `OUTER.INNER`. Source: Pedersen et
/// al., "Neuromorphic intermediate representation", Nature Communications 15, 8122 (2024); package `nir` 1.0.8.
///
/// Parameters are those of the file; `v_reset`, which older files lack, is then zero. ``GraphRunner`` runs it.
public struct NeuronGraph: Sendable {
    /// One node.
    public struct Node: Sendable {
        /// Its unique name.
        public var name: String
        /// The NIR primitive.
        public var type: String
        /// The numbers of the file by name, with their shapes.
        var arrays: [String: Tensor] = [:]
        /// `padding` where it is a word: `same` or `valid`.
        var paddingWord: String?
    }

    /// Numbers and their shape; no dimensions for a single one.
    struct Tensor: Sendable {
        var shape: [Int]
        var values: [Double]
    }

    /// The nodes.
    public internal(set) var nodes: [Node] = []
    /// The edges, as indices of nodes.
    public internal(set) var edges: [(from: Int, to: Int)] = []
    /// What the graph is called in messages.
    let name: String

    /// The largest graph that is read: nodes, edges, numbers in all, and how deep graphs may be nested.
    enum Limits {
        static let nodes = 4_096
        static let edges = 65_536
        static let numbers = 1 << 24
        static let depth = 8
    }

    /// Reads the graph in the file at `path`.
    ///
    /// - Throws: a message that names the file and the node. Whatever the bytes are, reading ends with a graph or an
    ///   error, and memory stays in proportion to the limits.
    public init(contentsOf path: String) throws(SpikelineError) {
        try self.init(
            bytes: try WholeFile.read(path, limit: ModelFile.maximumWholeFile, expecting: "a NIR graph"), name: path)
    }

    /// Reads a graph from the bytes of a file; `name` stands for the file in messages.
    ///
    /// - Throws: as ``init(contentsOf:)``.
    public init(bytes: [UInt8], name: String) throws(SpikelineError) {
        self.name = name
        let hdf5 = HDF5File(bytes: try ModelSeal.open(bytes, name: name), name: name)
        if let cut = hdf5.cut {
            throw SpikelineError(
                "the file is cut off: it has \(cut.bytes) of \(cut.of) bytes", at: name,
                hint: "Copy it again")
        }
        let top = try hdf5.root()
        guard top.has("node") else {
            throw SpikelineError("the file is HDF5 but no NIR graph: \"node\" is missing", at: name)
        }
        var reader = GraphReader(file: name)
        try reader.read(try top.child("node"), prefix: "", depth: 0)
        (nodes, edges) = (reader.nodes, reader.edges)
    }

    /// A graph of parts, for tests.
    init(nodes: [Node], edges: [(from: Int, to: Int)], name: String) {
        self.nodes = nodes
        self.edges = edges
        self.name = name
    }
}

/// Reads the nodes and edges of nested groups into one list.
private struct GraphReader {
    let file: String
    var nodes: [NeuronGraph.Node] = []
    var edges: [(from: Int, to: Int)] = []
    private var numbers = 0
    private var names: Set<String> = []

    init(file: String) { self.file = file }

    private static let fields: [String: (needed: [String], optional: [String])] = [
        "Input": (["shape"], []), "Output": (["shape"], []), "Affine": (["weight", "bias"], []),
        "Linear": (["weight"], []), "Scale": (["scale"], []), "I": (["r"], []),
        "IF": (["r", "v_threshold"], ["v_reset"]), "LI": (["tau", "r", "v_leak"], []),
        "LIF": (["tau", "r", "v_leak", "v_threshold"], ["v_reset"]),
        "CubaLI": (["tau_syn", "tau_mem", "r", "v_leak"], ["w_in"]),
        "CubaLIF": (["tau_syn", "tau_mem", "r", "v_leak", "v_threshold"], ["v_reset", "w_in"]),
        "Conv1d": (["weight", "stride", "padding", "dilation", "groups", "bias"], ["input_shape"]),
        "Conv2d": (["weight", "stride", "padding", "dilation", "groups", "bias"], ["input_shape"]),
        "SumPool2d": (["kernel_size", "stride", "padding"], []),
        "AvgPool2d": (["kernel_size", "stride", "padding"], []),
        "Flatten": (["start_dim", "end_dim"], []), "Delay": (["delay"], []), "Threshold": (["threshold"], []),
    ]

    /// The first and the last node that stand for what was read: a subgraph is entered and left through them.
    private struct Ends {
        var entry: Int
        var exit: Int
    }

    @discardableResult
    mutating func read(_ group: HDF5Group, prefix: String, depth: Int) throws(SpikelineError) -> (Int?, Int?) {
        guard depth < NeuronGraph.Limits.depth else {
            throw SpikelineError("\"\(group.path)\" is nested more than \(NeuronGraph.Limits.depth) deep", at: file)
        }
        let children = try group.child("nodes")
        var ends: [String: Ends] = [:]
        var (input, output): (Int?, Int?) = (nil, nil)
        for name in children.childNames {
            let child = try children.child(name)
            let type = try child.text("type")
            if type == "NIRGraph" {
                let (entry, exit) = try read(child, prefix: prefix + name + ".", depth: depth + 1)
                guard let entry, let exit else {
                    throw SpikelineError("the subgraph \"\(child.path)\" has no input or no output", at: file)
                }
                ends[name] = Ends(entry: entry, exit: exit)
                continue
            }
            try add(child, type: type, name: prefix + name)
            ends[name] = Ends(entry: nodes.count - 1, exit: nodes.count - 1)
            if type == "Input" { input = input ?? nodes.count - 1 }
            if type == "Output" { output = output ?? nodes.count - 1 }
        }
        try readEdges(group, ends)
        return (input, output)
    }

    private mutating func add(_ group: HDF5Group, type: String, name: String) throws(SpikelineError) {
        guard nodes.count < NeuronGraph.Limits.nodes else {
            throw SpikelineError("the graph has more than \(NeuronGraph.Limits.nodes) nodes", at: file)
        }
        guard names.insert(name).inserted else {
            throw SpikelineError(
                "\"\(group.path)\" has a name that another node has too, with its subgraphs: \"\(name.prefix(80))\"",
                at: file,
                hint: "Give one of them another name")
        }
        guard let fields = GraphReader.fields[type] else {
            throw SpikelineError(
                "\"\(group.path)\" is a \"\(type.prefix(40))\", which is not known", at: file,
                hint: "Known: " + GraphReader.fields.keys.sorted().joined(separator: ", "))
        }
        var node = NeuronGraph.Node(name: name, type: type)
        for field in fields.needed + fields.optional.filter({ group.has($0) }) {
            if field == "padding", let word = try? group.text(field) {
                guard ["same", "valid"].contains(word) else {
                    throw SpikelineError(
                        "\"\(group.path(of: field))\" is \"\(word.prefix(40))\", expected numbers, \"same\" or \"valid\"",
                        at: file)
                }
                node.paddingWord = word
                continue
            }
            let (values, shape) = try group.numbers(field, atMost: NeuronGraph.Limits.numbers - numbers)
            guard values.allSatisfy(\.isFinite) else {
                throw SpikelineError("\"\(group.path(of: field))\" holds a number that is not finite", at: file)
            }
            numbers += values.count
            node.arrays[field] = NeuronGraph.Tensor(shape: shape, values: values)
        }
        nodes.append(node)
    }

    private mutating func readEdges(_ group: HDF5Group, _ ends: [String: Ends]) throws(SpikelineError) {
        let (names, shape) = try group.texts("edges", atMost: 2 * NeuronGraph.Limits.edges)
        guard names.isEmpty || (shape.count == 2 && shape[1] == 2) else {
            throw SpikelineError("\"\(group.path(of: "edges"))\" is no list of pairs", at: file)
        }
        for pair in 0..<names.count / 2 {
            let (from, to) = (names[2 * pair], names[2 * pair + 1])
            guard let source = ends[from], let target = ends[to] else {
                let missing = ends[from] == nil ? from : to
                throw SpikelineError(
                    "\"\(group.path(of: "edges"))\" names the node \"\(missing.prefix(40))\", which is not there",
                    at: file, hint: "Nodes: " + ends.keys.sorted().prefix(12).joined(separator: ", "))
            }
            guard edges.count < NeuronGraph.Limits.edges else {
                throw SpikelineError("the graph has more than \(NeuronGraph.Limits.edges) edges", at: file)
            }
            edges.append((source.exit, target.entry))
        }
    }
}
