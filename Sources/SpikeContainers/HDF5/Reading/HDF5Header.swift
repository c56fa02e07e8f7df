/// The messages of an object header, which together say what the object is.
///
/// ```
/// version 1: 01 . count(2) . references(4) size(4) pad(4) | type(2) size(2) flags(1) pad(3) body, ... 8-aligned
/// version 2: "OHDR" 02 flags [times(16)] [attribute limits(4)] size(1, 2, 4 or 8) | type(1) size(2) flags(1)
///            [order(2)] body, ... | checksum(4)
/// ```
/// Continuation messages point to further blocks, which start with "OCHK" in version 2.
struct HDF5Header {
    /// The kinds of message that matter here.
    enum Kind: UInt16 {
        case dataspace = 0x01
        case linkInfo = 0x02
        case datatype = 0x03
        case fillValue = 0x05
        case link = 0x06
        case externalFiles = 0x07
        case layout = 0x08
        case groupInfo = 0x0A
        case filters = 0x0B
        case attribute = 0x0C
        case continuation = 0x10
        case symbolTable = 0x11
    }

    /// The bodies of the messages that matter, in their order.
    private(set) var messages: [(kind: Kind, body: ArraySlice<UInt8>)] = []

    private static let maximumMessages = 1 << 16
    private static let maximumBlocks = 256
    /// The most bytes before the messages of a header of version 2.
    private static let longestPrefix = 34

    private var blocks = 0
    private var bytes = 0
    private var seen = 0
    private var bodyPrefix = 0

    /// Reads the header at `address`.
    init(at address: Int, in file: HDF5File) throws(ContainerDamage) {
        var cursor = try file.cursor(at: address, atMost: HDF5Header.longestPrefix)
        let whole = cursor.left
        if try cursor.byte() == 1 {
            try cursor.skip(7)
            let size = try cursor.count(4)
            try cursor.skip(4)
            try readVersion1(address + whole - cursor.left, size, file)
            return
        }
        cursor = try file.cursor(at: address, atMost: HDF5Header.longestPrefix)
        try cursor.expect("OHDR")
        guard try cursor.byte() == 2 else { throw ContainerDamage("an object header has an unknown version") }
        let flags = try cursor.byte()
        try cursor.skip((flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0))
        bodyPrefix = flags & 0x04 != 0 ? 2 : 0
        let size = try cursor.count(1 << Int(flags & 3))
        try readVersion2(address + whole - cursor.left, size, file)
    }

    /// The body of the only message of that kind, or nil.
    func body(_ kind: Kind) -> ArraySlice<UInt8>? { messages.first { $0.kind == kind }?.body }

    private mutating func block(
        _ address: Int, _ count: Int, _ file: HDF5File
    ) throws(ContainerDamage) -> HDF5Cursor {
        let cursor = try file.cursor(at: address, count: count)
        bytes += count
        guard bytes <= HDF5File.maximumStructureBytes else { throw ContainerDamage("an object header is too long") }
        return cursor
    }

    private mutating func readVersion1(_ address: Int, _ count: Int, _ file: HDF5File) throws(ContainerDamage) {
        var block = try block(address, count, file)
        while block.left >= 8 {
            let type = UInt16(try block.number(2))
            let size = try block.count(2)
            let flags = try block.byte()
            try block.skip(3)
            if let next = try add(type, flags, try block.take(size)) {
                try readVersion1(next.address, next.length, file)
            }
        }
    }

    private mutating func readVersion2(_ address: Int, _ count: Int, _ file: HDF5File) throws(ContainerDamage) {
        var block = try block(address, count, file)
        if blocks > 0 { try block.expect("OCHK") }
        while block.left >= 4 + bodyPrefix {
            let type = UInt16(try block.number(1))
            let size = try block.count(2)
            let flags = try block.byte()
            try block.skip(bodyPrefix)
            if let next = try add(type, flags, try block.take(size)) {
                guard next.length >= 8 else { throw ContainerDamage("a header block is too short") }
                try readVersion2(next.address, next.length - 4, file)
            }
        }
    }

    /// Keeps a message that matters; returns where the header goes on if the message says so.
    private mutating func add(
        _ type: UInt16, _ flags: UInt8, _ body: ArraySlice<UInt8>
    ) throws(ContainerDamage) -> (address: Int, length: Int)? {
        seen += 1
        guard seen <= HDF5Header.maximumMessages else { throw ContainerDamage("an object header is too long") }
        guard let kind = Kind(rawValue: type) else { return nil }
        guard flags & 0x02 == 0 else { throw ContainerDamage("a header message is shared, which is not supported") }
        guard kind == .continuation else {
            messages.append((kind, body))
            return nil
        }
        blocks += 1
        guard blocks <= HDF5Header.maximumBlocks else { throw ContainerDamage("an object header is too long") }
        var cursor = HDF5Cursor(body)
        guard let address = try cursor.address() else { throw ContainerDamage("an object header goes nowhere") }
        return (address, try cursor.count(8))
    }
}
