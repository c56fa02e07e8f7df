/// The type of the elements of a dataset, as far as it is understood.
package enum HDF5Type: Equatable, Sendable {
    /// A field of a record.
    package struct Field: Equatable, Sendable {
        /// The name.
        package let name: String
        /// The place of the field's first byte in the record.
        package let offset: Int
        /// The type.
        package let type: HDF5Type
    }

    /// Whole numbers.
    case integer(bytes: Int, isSigned: Bool)
    /// IEEE 754 floating-point numbers.
    case float(bytes: Int)
    /// Texts of that many bytes.
    case text(bytes: Int)
    /// Texts elsewhere in the file.
    case variableText
    /// Records of that many bytes.
    indirect case record(bytes: Int, fields: [Field])
    /// Something that is not understood, in words.
    case other(String)

    /// Reads a datatype message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var reader = HDF5TypeReader(body)
        self = try reader.type()
    }

    /// The type in the words of error messages.
    package var words: String {
        switch self {
        case .integer(let bytes, let isSigned): "\(bytes * 8)-bit \(isSigned ? "" : "unsigned ")whole numbers"
        case .float(let bytes): "\(bytes * 8)-bit floating-point numbers"
        case .text, .variableText: "text"
        case .record(_, let fields): "records of \(fields.map(\.name).joined(separator: ", "))"
        case .other(let what): "\(what), which are not supported"
        }
    }

    /// Whether the elements are texts.
    var isText: Bool { words == HDF5Type.variableText.words }

    /// The length of an element in the file.
    var bytes: Int? {
        switch self {
        case .integer(let bytes, _), .float(let bytes), .text(let bytes), .record(let bytes, _): bytes
        case .variableText: 16
        case .other: nil
        }
    }
}
