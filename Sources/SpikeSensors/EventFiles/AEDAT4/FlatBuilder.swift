/// Builds the few kinds of FlatBuffer that AEDAT 4 needs, front to back and with a size prefix; see ``FlatTable``.
///
/// ```
/// size(4) | root offset(4) identifier(4) | vtable | table | what its fields point to
/// ```
struct FlatBuilder {
    /// A field of the root table.
    enum Field {
        /// A number of 4 bytes.
        case int32(Int32)
        /// A number of 8 bytes.
        case int64(Int64)
        /// A text.
        case text(String)
        /// A vector of structs of 8-byte alignment: how many, and their bytes.
        case structs(count: Int, bytes: [UInt8])
        /// A vector of tables, each with its fields.
        case tables([[Field]])
        /// A struct of two numbers of 4 bytes, inside the table.
        case pair(Int32, Int32)

        fileprivate var inlineBytes: Int {
            switch self {
            case .int64, .pair: 8
            default: 4
            }
        }
    }

    private var bytes: [UInt8] = []

    /// The buffer with its size prefix.
    static func buffer(_ identifier: String, _ fields: [Field]) -> [UInt8] {
        var builder = FlatBuilder()
        // Positions count from behind the prefix; the root's place is filled in at the end.
        builder.bytes.append(number: UInt32(0))
        builder.bytes.append(text: identifier)
        let table = builder.append(table: fields)
        builder.set(UInt32(table), at: 0)
        var out: [UInt8] = []
        out.append(number: UInt32(builder.bytes.count))
        return out + builder.bytes
    }

    private mutating func set(_ value: UInt32, at index: Int) {
        for byte in 0..<4 { bytes[index + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte))) }
    }

    private mutating func align(_ alignment: Int, offset: Int = 0) {
        while (bytes.count + offset) % alignment != 0 { bytes.append(0) }
    }

    /// Appends a table and what it points to; its place.
    private mutating func append(table fields: [Field]) -> Int {
        // Fields of 8 bytes first: with the table on a multiple of 8, counted without the prefix, all are aligned
        // as readers check it, with the prefix.
        let order = fields.indices.sorted { (fields[$1].inlineBytes, $0) < (fields[$0].inlineBytes, $1) }
        var places = [Int](repeating: 0, count: fields.count)
        var size = 4
        for index in order {
            places[index] = size
            size += fields[index].inlineBytes
        }
        let vtableBytes = 4 + 2 * fields.count
        align(8, offset: vtableBytes)
        let vtable = bytes.count
        bytes.append(number: UInt16(vtableBytes))
        bytes.append(number: UInt16(size))
        for place in places { bytes.append(number: UInt16(place)) }
        let table = bytes.count
        bytes.append(number: Int32(table - vtable))
        var open: [(Field, Int)] = []
        for index in order {
            switch fields[index] {
            case .int32(let value): bytes.append(number: value)
            case .int64(let value): bytes.append(number: value)
            case .pair(let a, let b):
                bytes.append(number: a)
                bytes.append(number: b)
            default:
                open.append((fields[index], bytes.count))
                bytes.append(number: UInt32(0))
            }
        }
        for (field, place) in open { set(UInt32(append(target: field) - place), at: place) }
        return table
    }

    /// Appends what a field points to; its place.
    private mutating func append(target field: Field) -> Int {
        switch field {
        case .text(let text):
            align(4)
            let place = bytes.count
            bytes.append(number: UInt32(text.utf8.count))
            bytes.append(text: text)
            bytes.append(0)
            return place
        case .structs(let count, let data):
            align(8)
            let place = bytes.count
            bytes.append(number: UInt32(count))
            bytes.append(contentsOf: data)
            return place
        case .tables(let tables):
            align(4)
            let place = bytes.count
            bytes.append(number: UInt32(tables.count))
            let first = bytes.count
            for _ in tables { bytes.append(number: UInt32(0)) }
            for (index, fields) in tables.enumerated() {
                let entry = first + 4 * index
                set(UInt32(append(table: fields) - entry), at: entry)
            }
            return place
        default: return bytes.count
        }
    }
}
