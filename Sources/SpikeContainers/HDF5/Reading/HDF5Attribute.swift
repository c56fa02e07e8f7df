/// An attribute of a group or dataset: a small value with a name.
///
/// ```
/// 01 .        name bytes(2) type bytes(2) space bytes(2)             name type space data, each but the last 8-aligned
/// 02 flags(1) name bytes(2) type bytes(2) space bytes(2)             name type space data
/// 03 flags(1) name bytes(2) type bytes(2) space bytes(2) charset(1)  name type space data
/// ```
/// Attributes that newer versions move out of the header, if there are more than eight, are not seen.
struct HDF5Attribute {
    /// The name.
    let name: String
    private let type: HDF5Type
    private let count: Int
    private let data: ArraySlice<UInt8>

    /// How many attributes of a group are looked at.
    static let most = 64
    private static let maximumElements = 16
    private static let longestText = 4_096

    /// Reads an attribute message.
    init(_ body: ArraySlice<UInt8>) throws(ContainerDamage) {
        var cursor = HDF5Cursor(body)
        let version = try cursor.byte()
        let flags = try cursor.byte()
        guard (1...3).contains(version), version == 1 || flags & 3 == 0 else {
            throw ContainerDamage("an attribute is of a kind that is not supported")
        }
        let lengths = [try cursor.count(2), try cursor.count(2), try cursor.count(2)]
        if version == 3 { try cursor.skip(1) }
        var parts: [ArraySlice<UInt8>] = []
        for length in lengths {
            parts.append(try cursor.take(length))
            if version == 1 { try cursor.skip((8 - length % 8) % 8) }
        }
        name = String(decoding: parts[0].prefix { $0 != 0 }, as: UTF8.self)
        type = try HDF5Type(parts[1])
        count = try HDF5Space(parts[2]).dimensions.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        data = try cursor.take(cursor.left)
    }

    /// The value as people read it, its elements apart by spaces; nil if it is of a kind without such a form or has more
    /// than a few elements.
    func text(in file: HDF5File) -> String? {
        let most = type == .variableText ? 1 : HDF5Attribute.maximumElements
        guard let bytes = type.bytes, bytes > 0, (1...most).contains(count), bytes * count <= data.count else {
            return nil
        }
        var texts: [String] = []
        for index in 0..<count {
            let element = data.dropFirst(index * bytes).prefix(bytes)
            guard let text = text(of: element, in: file) else { return nil }
            texts.append(text)
        }
        return texts.joined(separator: " ")
    }

    private func text(of element: ArraySlice<UInt8>, in file: HDF5File) -> String? {
        let bits = element.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch type {
        case .integer(let bytes, let isSigned):
            let shift = UInt64(64 - 8 * bytes)
            return isSigned ? "\(Int64(bitPattern: bits << shift) >> Int64(shift))" : "\(bits)"
        case .float(let bytes):
            return bytes == 4 ? "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))" : "\(Double(bitPattern: bits))"
        case .text, .variableText:
            return try? HDF5Text.text(element, type, in: file, limit: HDF5Attribute.longestText)
        case .record, .other: return nil
        }
    }
}
