/// Writes ONNX models for tests, field by field as onnx.proto numbers them.
struct ONNXWriter {
    typealias Bytes = [UInt8]

    /// A constant of single precision in `raw_data`, or of whole numbers in `int64_data`.
    struct Constant {
        var name: String
        var shape: [Int]
        var floats: [Float] = []
        var integers: [Int64]?
        var type: UInt64?
    }

    var nodes: [Bytes] = []
    var constants: [Constant] = []
    var inputs: [(name: String, shape: [Int?])] = [("x", [nil, 1, 4, 4])]
    var outputs = ["y"]
    var operatorSet: UInt64? = 13
    /// Bytes behind the nodes of the graph.
    var more: Bytes = []

    static func varint(_ value: UInt64) -> Bytes {
        var (rest, bytes) = (value, Bytes())
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    static func number(_ field: UInt64, _ value: UInt64) -> Bytes { varint(field << 3) + varint(value) }

    static func message(_ field: UInt64, _ body: Bytes) -> Bytes {
        varint(field << 3 | 2) + varint(UInt64(body.count)) + body
    }

    static func text(_ field: UInt64, _ value: String) -> Bytes { message(field, Array(value.utf8)) }

    static func little(_ value: UInt64, _ count: Int) -> Bytes {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    static func integers(_ name: String, _ values: [Int]) -> Bytes {
        let body = text(1, name) + values.flatMap { number(8, UInt64($0)) } + number(20, 7)
        return message(5, body)
    }

    static func integer(_ name: String, _ value: Int) -> Bytes {
        message(5, text(1, name) + number(3, UInt64(value)) + number(20, 2))
    }

    static func float(_ name: String, _ value: Float) -> Bytes {
        message(5, text(1, name) + varint(2 << 3 | 5) + little(UInt64(value.bitPattern), 4) + number(20, 1))
    }

    static func word(_ name: String, _ value: String) -> Bytes {
        message(5, text(1, name) + text(4, value) + number(20, 3))
    }

    mutating func add(_ type: String, _ inputs: [String], _ output: String, _ attributes: Bytes..., domain: String = "")
    {
        let names = inputs.flatMap { ONNXWriter.text(1, $0) }
        nodes.append(
            names + ONNXWriter.text(2, output) + ONNXWriter.text(3, "n\(nodes.count)") + ONNXWriter.text(4, type)
                + attributes.flatMap { $0 } + (domain.isEmpty ? [] : ONNXWriter.text(7, domain)))
    }

    mutating func constant(_ name: String, _ shape: [Int], _ values: [Float]? = nil) {
        let count = shape.reduce(1, *)
        constants.append(
            Constant(name: name, shape: shape, floats: values ?? (0..<count).map { Float($0 % 7) * 0.1 - 0.25 }))
    }

    private static func tensor(_ constant: Constant) -> Bytes {
        var body = message(1, constant.shape.flatMap { varint(UInt64($0)) })
        if let integers = constant.integers {
            body += number(2, constant.type ?? 7) + message(7, integers.flatMap { varint(UInt64(bitPattern: $0)) })
        } else {
            body += number(2, constant.type ?? 1)
            body += message(9, constant.floats.flatMap { little(UInt64($0.bitPattern), 4) })
        }
        return body + text(8, constant.name)
    }

    private static func port(_ name: String, _ shape: [Int?]) -> Bytes {
        let sizes = shape.flatMap { message(1, $0.map { number(1, UInt64($0)) } ?? text(2, "batch")) }
        return text(1, name) + message(2, message(1, number(1, 1) + message(2, sizes)))
    }

    var bytes: Bytes {
        var graph = nodes.flatMap { ONNXWriter.message(1, $0) } + ONNXWriter.text(2, "graph") + more
        for constant in constants { graph += ONNXWriter.message(5, ONNXWriter.tensor(constant)) }
        for input in inputs { graph += ONNXWriter.message(11, ONNXWriter.port(input.name, input.shape)) }
        for output in outputs { graph += ONNXWriter.message(12, ONNXWriter.port(output, [nil, 3])) }
        let set = operatorSet.map { ONNXWriter.message(8, ONNXWriter.text(1, "") + ONNXWriter.number(2, $0)) } ?? []
        return ONNXWriter.number(1, 8) + ONNXWriter.message(7, graph) + set
    }

    /// Conv to 2 channels of 4 x 4, Relu, Flatten and Gemm to 3 outputs, with room for one operation in between.
    static func small(between change: (inout ONNXWriter) -> Void = { $0.add("Relu", ["c"], "r") }) -> ONNXWriter {
        var writer = ONNXWriter()
        writer.constant("w1", [2, 1, 3, 3])
        writer.constant("b1", [2])
        writer.constant("w2", [3, 32])
        writer.constant("b2", [3])
        writer.add("Conv", ["x", "w1", "b1"], "c", integers("pads", [1, 1, 1, 1]))
        change(&writer)
        writer.add("Flatten", ["r"], "f")
        writer.add("Gemm", ["f", "w2", "b2"], "y", integer("transB", 1))
        return writer
    }
}
