import SpikeContainers
import SpikeSignals

/// The part of an ONNX file that a network is: nodes, constant tensors, input and output.
///
/// The format is a `ModelProto` of Protocol Buffers (onnx.proto of ONNX 1.x, IR version 3 and later). Read are tensors of
/// `FLOAT` and `INT64` that lie in the file, in `raw_data` (little-endian) or in `float_data` and `int64_data`; subgraphs,
/// sparse and external tensors are refused where a node needs them. ``ReLUNetwork`` makes layers of it.
struct ONNXGraph {
    /// One operation.
    struct Node {
        var name = ""
        var type = ""
        var domain = ""
        var inputs: [String] = []
        var outputs: [String] = []
        var attributes: [String: Attribute] = [:]

        /// What messages call it.
        var title: String {
            name.isEmpty ? "the node that gives \"\(outputs.first ?? "")\" (\(type))" : "the node \"\(name)\" (\(type))"
        }
    }

    /// A parameter of a node.
    enum Attribute {
        case float(Float)
        case integer(Int64)
        case text(String)
        case integers([Int64])
        case tensor(Tensor)
        /// A kind that no operation here has.
        case other
    }

    /// A constant; one of the arrays is empty.
    struct Tensor {
        var name = ""
        var shape: [Int] = []
        var floats: [Float] = []
        var integers: [Int64] = []
        /// Why it cannot be used; said only where it is.
        var problem: String?

        var count: Int { shape.reduce(1, *) }
    }

    /// A named value with its shape; nil where the file names a size or says none, as for the batch.
    struct Port {
        var name = ""
        var shape: [Int?]?
    }

    /// The largest graph that is read. Together they bound what reading allocates.
    enum Limits {
        static let nodes = 4_096
        static let tensors = 4_096
        static let ports = 4_096
        static let edges = 64
        static let attributes = 64
        static let attributeNumbers = 64
        static let dimensions = 8
        static let numbers = 1 << 24
        static let nameLength = 1_024
    }

    var nodes: [Node] = []
    var tensors: [String: Tensor] = [:]
    var inputs: [Port] = []
    var outputs: [Port] = []
    /// The version of the standard operations, 0 where the file names none.
    var operatorSet: Int64 = 0
    let file: String

    /// Reads the graph in `bytes`; `file` is what messages name.
    ///
    /// - Throws: what is damaged or beyond a limit. Whatever the bytes are, reading ends with a graph or an error.
    init(bytes: [UInt8], file: String) throws(SpikelineError) {
        var parser = ONNXParser(bytes: bytes, file: file)
        self = try parser.parse()
    }

    /// A graph of nothing.
    fileprivate init(file: String) { self.file = file }
}

/// Fills an ``ONNXGraph`` from bytes.
private struct ONNXParser {
    private typealias Value = ProtobufReader.Value
    private typealias Limits = ONNXGraph.Limits
    let bytes: [UInt8]
    let file: String
    private var numbers = 0

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private func failure(_ what: String) -> SpikelineError { SpikelineError(what, at: file) }

    /// Calls `body` for each field of a message.
    private func fields(
        _ range: Range<Int>, _ body: (Int, Value) throws(SpikelineError) -> Void
    ) throws(SpikelineError) {
        var reader = ProtobufReader(bytes, range: range, file: file)
        while let (number, value) = try reader.next() { try body(number, value) }
    }

    private func range(_ value: Value, _ what: String) throws(SpikelineError) -> Range<Int> {
        guard case .bytes(let range) = value else { throw failure("\(what) is no message, so this is no ONNX file") }
        return range
    }

    private func integer(_ value: Value, _ what: String) throws(SpikelineError) -> Int64 {
        guard case .varint(let number) = value else { throw failure("\(what) is no number, so this is no ONNX file") }
        return Int64(bitPattern: number)
    }

    private func text(_ value: Value, _ what: String) throws(SpikelineError) -> String {
        let range = try range(value, what)
        guard range.count <= Limits.nameLength else { throw failure("\(what) has \(range.count) bytes") }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// One number, or a packed list of them, appended to `list`.
    private func append(
        _ value: Value, to list: inout [Int64], atMost most: Int, _ what: String
    ) throws(SpikelineError) {
        switch value {
        case .varint(let number): list.append(Int64(bitPattern: number))
        case .bytes(let range):
            var reader = ProtobufReader(bytes, range: range, file: file)
            while let number = try reader.nextVarint() {
                list.append(Int64(bitPattern: number))
                if list.count > most { break }
            }
        default: throw failure("\(what) are no whole numbers, so this is no ONNX file")
        }
        guard list.count <= most else { throw failure("\(what) are more than \(most)") }
    }

    mutating func parse() throws(SpikelineError) -> ONNXGraph {
        var graph = ONNXGraph(file: file)
        var found: Range<Int>?
        try fields(0..<bytes.count) { (number, value) throws(SpikelineError) in
            switch number {
            case 7: found = try range(value, "the graph")
            case 8:
                var (domain, version) = ("", Int64(0))
                try fields(try range(value, "the operator set")) { (number, value) throws(SpikelineError) in
                    if number == 1 { domain = try text(value, "a domain") }
                    if number == 2 { version = try integer(value, "a version") }
                }
                if domain.isEmpty || domain == "ai.onnx" { graph.operatorSet = version }
            default: break
            }
        }
        guard let found else {
            throw SpikelineError("the file holds no ONNX graph", at: file, hint: "Export it again")
        }
        var reader = ProtobufReader(bytes, range: found, file: file)
        while let (number, value) = try reader.next() {
            switch number {
            case 1:
                guard graph.nodes.count < Limits.nodes else {
                    throw failure("the graph has more than \(Limits.nodes) nodes")
                }
                graph.nodes.append(try node(try range(value, "a node")))
            case 5:
                guard graph.tensors.count < Limits.tensors else {
                    throw failure("the graph has more than \(Limits.tensors) tensors")
                }
                let tensor = try tensor(try range(value, "a tensor"))
                guard graph.tensors.updateValue(tensor, forKey: tensor.name) == nil else {
                    throw failure("the graph has two tensors called \"\(tensor.name)\"")
                }
            case 11: graph.inputs.append(try port(value, graph.inputs.count))
            case 12: graph.outputs.append(try port(value, graph.outputs.count))
            default: break
            }
        }
        return graph
    }

    private func port(_ value: Value, _ count: Int) throws(SpikelineError) -> ONNXGraph.Port {
        guard count < Limits.ports else { throw failure("the graph has more than \(Limits.ports) inputs or outputs") }
        var port = ONNXGraph.Port()
        try fields(try range(value, "an input or output")) { (number, value) throws(SpikelineError) in
            if number == 1 { port.name = try text(value, "a name") }
            guard number == 2 else { return }
            try fields(try range(value, "a type")) { (number, value) throws(SpikelineError) in
                guard number == 1 else { return }
                try fields(try range(value, "a type of tensor")) { (number, value) throws(SpikelineError) in
                    guard number == 2 else { return }
                    port.shape = try shape(try range(value, "a shape"))
                }
            }
        }
        return port
    }

    private func shape(_ range: Range<Int>) throws(SpikelineError) -> [Int?] {
        var shape: [Int?] = []
        try fields(range) { (number, value) throws(SpikelineError) in
            guard number == 1 else { return }
            guard shape.count < Limits.dimensions else { throw failure("a shape has too many dimensions") }
            var size: Int?
            try fields(try self.range(value, "a dimension")) { (number, value) throws(SpikelineError) in
                if number == 1 { size = Int(try integer(value, "a size")) }
            }
            shape.append(size)
        }
        return shape
    }

    private mutating func node(_ range: Range<Int>) throws(SpikelineError) -> ONNXGraph.Node {
        var node = ONNXGraph.Node()
        var reader = ProtobufReader(bytes, range: range, file: file)
        while let (number, value) = try reader.next() {
            switch number {
            case 1: node.inputs.append(try text(value, "a name"))
            case 2: node.outputs.append(try text(value, "a name"))
            case 3: node.name = try text(value, "a name")
            case 4: node.type = try text(value, "a type")
            case 5:
                let (name, attribute) = try attribute(try self.range(value, "an attribute"))
                node.attributes[name] = attribute
            case 7: node.domain = try text(value, "a domain")
            default: break
            }
            guard node.inputs.count <= Limits.edges, node.outputs.count <= Limits.edges,
                node.attributes.count <= Limits.attributes
            else { throw failure("a node has more inputs, outputs or attributes than any operation") }
        }
        return node
    }

    private mutating func attribute(_ range: Range<Int>) throws(SpikelineError) -> (String, ONNXGraph.Attribute) {
        var name = ""
        var attribute = ONNXGraph.Attribute.other
        var integers: [Int64] = []
        var type: Int64 = 0
        var reader = ProtobufReader(bytes, range: range, file: file)
        while let (number, value) = try reader.next() {
            switch number {
            case 1: name = try text(value, "a name")
            case 2:
                guard case .fixed32(let bits) = value else { throw failure("an attribute is no number") }
                attribute = .float(Float(bitPattern: bits))
            case 3: attribute = .integer(try integer(value, "an attribute"))
            case 4: attribute = .text(try text(value, "an attribute"))
            case 5: attribute = .tensor(try tensor(try self.range(value, "a tensor")))
            case 8: try append(value, to: &integers, atMost: Limits.attributeNumbers, "the numbers of an attribute")
            case 20: type = try integer(value, "a type")
            default: break
            }
        }
        // The type tells an empty list, and which of several fields counts.
        if type == 7 || !integers.isEmpty { attribute = .integers(integers) }
        return (name, attribute)
    }

    private mutating func tensor(_ range: Range<Int>) throws(SpikelineError) -> ONNXGraph.Tensor {
        var tensor = ONNXGraph.Tensor()
        var (shape, raw, type, isExternal): ([Int64], Range<Int>?, Int64, Bool) = ([], nil, 0, false)
        let left = Limits.numbers - numbers
        var reader = ProtobufReader(bytes, range: range, file: file)
        while let (number, value) = try reader.next() {
            switch number {
            case 1: try append(value, to: &shape, atMost: Limits.dimensions, "the dimensions of a tensor")
            case 2: type = try integer(value, "a type of data")
            case 4: try appendFloats(value, to: &tensor.floats, atMost: left)
            case 7: try append(value, to: &tensor.integers, atMost: left, "the numbers of a tensor")
            case 8: tensor.name = try text(value, "a name")
            case 9: raw = try self.range(value, "the data of a tensor")
            case 13: isExternal = true
            case 14: isExternal = try integer(value, "where data lie") == 1 || isExternal
            default: break
            }
        }
        if isExternal {
            tensor.problem = "lies in another file"
        } else if type != 1 && type != 7 {
            tensor.problem = "has the type of data \(type), expected 1 (float) or 7 (int64)"
        }
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: Int(size))
            guard size >= 0, !overflow, product <= Limits.numbers else {
                throw failure("the tensor \"\(tensor.name)\" has the shape \(shape)")
            }
            count = product
        }
        tensor.shape = shape.map { Int($0) }
        guard tensor.problem == nil else {
            (tensor.floats, tensor.integers) = ([], [])
            return tensor
        }
        // A list of the other type belongs to nobody and is not counted.
        if type == 1 { tensor.integers = [] } else { tensor.floats = [] }
        let width = type == 1 ? 4 : 8
        let given = raw.map(\.count) ?? width * (type == 1 ? tensor.floats.count : tensor.integers.count)
        guard count <= left, given == width * count else {
            throw failure(
                "the tensor \"\(tensor.name)\" of shape \(shape) has \(given) bytes of data, expected \(width * count)")
        }
        numbers += count
        if let raw {
            func number(_ start: Int) -> UInt64 {
                (0..<width).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
            }
            let starts = stride(from: raw.lowerBound, to: raw.upperBound, by: width)
            if type == 1 {
                tensor.floats = starts.map { Float(bitPattern: UInt32(truncatingIfNeeded: number($0))) }
            } else {
                tensor.integers = starts.map { Int64(bitPattern: number($0)) }
            }
        }
        guard tensor.floats.allSatisfy(\.isFinite) else {
            throw failure("the tensor \"\(tensor.name)\" holds a number that is not finite")
        }
        return tensor
    }

    private func appendFloats(
        _ value: Value, to list: inout [Float], atMost most: Int
    ) throws(SpikelineError) {
        switch value {
        case .fixed32(let bits): list.append(Float(bitPattern: bits))
        case .bytes(let range) where range.count % 4 == 0 && range.count / 4 <= most:
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
                list.append(Float(bitPattern: bits))
            }
        default: throw failure("the numbers of a tensor have \"float_data\" that is none")
        }
        guard list.count <= most else { throw failure("the tensors hold more than \(Limits.numbers) numbers") }
    }
}
