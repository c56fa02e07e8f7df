/// Reads datatype messages: `version and class(1) bits(3) size(4) properties`, where the class is
/// ```
/// 0  whole number      bit 0 big endian, bit 3 signed; offset(2) precision(2)
/// 1  floating point    bit 0 big endian; offset(2) precision(2) exponent's place, length(1 1) mantissa's(1 1) bias(4)
/// 3  text              of fixed length
/// 6  record            bits: number of fields; for each
///      version 1       name, 0-ended, 8-aligned; offset(4) dimensions(1) . (27) type
///      version 2       name, 0-ended, 8-aligned; offset(4) type
///      version 3       name, 0-ended; offset (as long as the size needs) type
/// 8  names of numbers  as h5py stores truth values; the type of the numbers, names as above, numbers
/// 9  variable length   bits 1: text
/// ```
struct HDF5TypeReader {
    private var cursor: HDF5Cursor
    /// The versions of records and names that are known; 4 and 5 brought only new classes.
    private static let versions: ClosedRange<UInt8> = 1...5
    private static let maximumNames = 1_024
    /// The properties of IEEE 754 numbers.
    private static let single: [UInt8] = [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0]
    private static let double: [UInt8] = [0, 0, 64, 0, 52, 11, 0, 52, 0xFF, 3, 0, 0]

    /// A reader of the message `body`.
    init(_ body: ArraySlice<UInt8>) { cursor = HDF5Cursor(body) }

    /// Reads the type.
    mutating func type() throws(ContainerDamage) -> HDF5Type {
        let first = try cursor.byte()
        let bits = try cursor.number(3)
        let size = try cursor.count(4)
        switch first & 0x0F {
        case 0: return try integer(size, bits)
        case 1: return try float(size, bits)
        case 3: return .text(bytes: size)
        case 6: return try record(version: first >> 4, count: Int(bits & 0xFFFF), size: size)
        case 8: return try names(version: first >> 4, count: Int(bits & 0xFFFF))
        case 9 where bits & 0x0F == 1: return .variableText
        case let kind: return .other(HDF5TypeReader.name(ofClass: kind))
        }
    }

    private mutating func integer(_ size: Int, _ bits: UInt64) throws(ContainerDamage) -> HDF5Type {
        let offset = try cursor.number(2)
        let precision = try cursor.number(2)
        guard offset == 0, precision == UInt64(8 * size), [1, 2, 4, 8].contains(size) else {
            return .other("whole numbers of an unusual length")
        }
        // One byte is the same either way.
        guard bits & 1 == 0 || size == 1 else { return .other("big-endian whole numbers") }
        return .integer(bytes: size, isSigned: bits & 8 != 0)
    }

    private mutating func float(_ size: Int, _ bits: UInt64) throws(ContainerDamage) -> HDF5Type {
        let shape = try cursor.take(12)
        let isUsual = shape.elementsEqual(size == 4 ? HDF5TypeReader.single : HDF5TypeReader.double)
        guard isUsual, size == 4 || size == 8 else { return .other("floating-point numbers of an unusual shape") }
        return bits & 1 == 0 ? .float(bytes: size) : .other("big-endian floating-point numbers")
    }

    private mutating func record(version: UInt8, count: Int, size: Int) throws(ContainerDamage) -> HDF5Type {
        guard HDF5TypeReader.versions.contains(version), size > 0, count > 0, count <= HDF5TypeReader.maximumNames
        else {
            return .other("records of an unusual kind")
        }
        let offsetBytes = version < 3 ? 4 : (Int.bitWidth - size.leadingZeroBitCount + 7) / 8
        var fields: [HDF5Type.Field] = []
        for _ in 0..<count {
            let name = try name(version)
            let offset = try cursor.count(offsetBytes)
            let isArray = try version == 1 ? cursor.byte() > 0 : false
            if version == 1 { try cursor.skip(27) }
            let type = try type()
            guard !isArray, HDF5TypeReader.isPlain(type) else {
                return .other("records with a field \"\(name)\" that is no plain number or text")
            }
            guard let bytes = type.bytes, offset <= size - bytes else {
                throw ContainerDamage("a field lies outside of its record")
            }
            fields.append(HDF5Type.Field(name: name, offset: offset, type: type))
        }
        return .record(bytes: size, fields: fields)
    }

    private static func isPlain(_ type: HDF5Type) -> Bool {
        switch type {
        case .integer, .float, .text: true
        default: false
        }
    }

    private mutating func names(version: UInt8, count: Int) throws(ContainerDamage) -> HDF5Type {
        guard HDF5TypeReader.versions.contains(version), count <= HDF5TypeReader.maximumNames else {
            return .other("names of numbers of an unusual kind")
        }
        let base = try type()
        guard case .integer(let bytes, _) = base else { return .other("names of something else than numbers") }
        for _ in 0..<count { _ = try name(version) }
        try cursor.skip(count * bytes)
        return base
    }

    private mutating func name(_ version: UInt8) throws(ContainerDamage) -> String {
        var bytes: [UInt8] = []
        while true {
            let byte = try cursor.byte()
            if byte == 0 { break }
            bytes.append(byte)
        }
        if version < 3 { try cursor.skip((8 - (bytes.count + 1) % 8) % 8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func name(ofClass kind: UInt8) -> String {
        let names: [UInt8: String] = [
            2: "times", 4: "bit fields", 5: "opaque bytes", 7: "references", 9: "lists", 10: "arrays",
            11: "complex numbers",
        ]
        return names[kind] ?? "elements of an unknown type"
    }
}
