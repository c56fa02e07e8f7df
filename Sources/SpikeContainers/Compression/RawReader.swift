/// Reads bytes and little-endian numbers one after the other; running past the end is an error.
@safe struct RawReader {
    /// The bytes that are read.
    let bytes: UnsafeRawBufferPointer
    /// The place of the next byte.
    private(set) var index = 0

    /// A reader at the start of `bytes`, which must outlive it.
    @unsafe init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// How many bytes are left.
    var left: Int { unsafe bytes.count - index }

    /// The next byte.
    @inline(__always)
    mutating func byte() throws(ContainerDamage) -> Int {
        guard left > 0 else { throw RawReader.cutOff }
        defer { index &+= 1 }
        return unsafe Int(bytes[index])
    }

    /// The next number.
    @inline(__always)
    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(ContainerDamage) -> Number {
        guard left >= MemoryLayout<Number>.size else { throw RawReader.cutOff }
        defer { index &+= MemoryLayout<Number>.size }
        return unsafe Number(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: Number.self))
    }

    /// The next `count` bytes.
    @unsafe mutating func take(_ count: Int) throws(ContainerDamage) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= left else { throw RawReader.cutOff }
        defer { index += count }
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[index..<(index + count)])
    }

    private static let cutOff = ContainerDamage("a chunk's data is cut off")
}
