/// A table in a FlatBuffer (flatbuffers.dev, "FlatBuffer Internals"), every access checked.
///
/// ```
/// root offset(4) identifier(4) ...
/// table:  distance back to its vtable(4, signed) | fields
/// vtable: its bytes(2) the table's bytes(2) | offset of each field in the table(2), 0 if absent
/// ```
struct FlatTable {
    /// The buffer, without its size prefix.
    let bytes: EventBytes
    private let table: Int
    private let vtable: Int
    private let vtableBytes: Int

    /// The root table; nil if there is none.
    init?(_ bytes: EventBytes) {
        guard bytes.count >= 8 else { return nil }
        table = Int(bytes.number(0, as: UInt32.self))
        guard table >= 4, table <= bytes.count - 4 else { return nil }
        vtable = table - Int(bytes.number(table, as: Int32.self))
        guard vtable >= 0, vtable <= bytes.count - 4 else { return nil }
        vtableBytes = Int(bytes.number(vtable, as: UInt16.self))
        guard vtableBytes >= 4, vtableBytes <= bytes.count - vtable else { return nil }
        self.bytes = bytes
    }

    /// The place of field `index`, of which `count` bytes are there; nil if it is absent or outside the buffer.
    func place(_ index: Int, count: Int) -> Int? {
        let entry = 4 + 2 * index
        guard entry + 2 <= vtableBytes else { return nil }
        let offset = Int(bytes.number(vtable + entry, as: UInt16.self))
        guard offset != 0, table + offset <= bytes.count - count else { return nil }
        return table + offset
    }

    /// Field `index`, a number.
    func number<T: FixedWidthInteger>(_ index: Int, as: T.Type = T.self) -> T? {
        place(index, count: MemoryLayout<T>.size).map { bytes.number($0, as: T.self) }
    }

    /// Field `index`, a vector of elements of `elementBytes` bytes: where it begins and how many there are.
    func vector(_ index: Int, elementBytes: Int) -> (start: Int, count: Int)? {
        guard let head = vectorHead(index), head.count <= (bytes.count - head.start) / elementBytes else { return nil }
        return head
    }

    /// As ``vector(_:elementBytes:)``, but the elements need not be there.
    func vectorHead(_ index: Int) -> (start: Int, count: Int)? {
        guard let field = place(index, count: 4) else { return nil }
        let place = field + Int(bytes.number(field, as: UInt32.self))
        guard place <= bytes.count - 4 else { return nil }
        return (place + 4, Int(bytes.number(place, as: UInt32.self)))
    }

    /// Field `index`, a text.
    func text(_ index: Int) -> String? {
        vector(index, elementBytes: 1).map {
            String(decoding: bytes.bytes($0.start..<($0.start + $0.count)), as: UTF8.self)
        }
    }
}
