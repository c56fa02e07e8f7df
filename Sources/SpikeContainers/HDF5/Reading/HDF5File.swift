import SpikeSignals

/// An HDF5 file (HDF5 File Format Specification 3.0), read without libhdf5.
///
/// libhdf5 1.10.8 crashes on damaged files (a segmentation fault within seconds of random changes), and a model or a
/// recording may come from anywhere. So reading is done here, with every offset checked, for the part of the format
/// that models, recordings and the Python packages `nir` and `h5py` use:
/// - superblocks 0 to 3, object headers 1 and 2, groups with links in their header or with symbol tables, attributes;
/// - whole numbers, truth values, floating-point numbers, texts, and records of these;
/// - compact and contiguous data, and chunks that are found by a tree of version 1, an implicit index, a fixed or an
///   extensible array, or that are the only one;
/// - the filters of ``HDF5Filter``.
///
/// Everything else is refused by name. Offsets and lengths are 8 bytes wide.
/// ```
/// superblock -> root's object header -> messages: links, or a symbol table -> an object header -> ...
///                                                 dataspace, datatype, filters, layout -> data
/// ```
/// Memory in use is a structure at a time, and the chunks that are being read.
package struct HDF5File {
    /// The file's name, for messages.
    package let name: String
    /// Where the file lies.
    let source: ByteSource
    /// The place of the superblock in ``source``; all addresses count from there.
    let start: Int

    /// The most bytes of the file that one traversal of a tree visits as nodes.
    static let maximumTreeNodes = 1 << 16
    /// The longest structure besides data.
    static let maximumStructureBytes = 16 << 20

    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The file in `source`, which is called `name`.
    ///
    /// The superblock may stand behind 512, 1,024, 2,048 ... bytes of something else.
    package init(_ source: ByteSource, name: String) {
        self.source = source
        self.name = name
        var place = 0
        while place < source.count {
            if (try? source.bytes(at: place, count: 8))?.elementsEqual(HDF5File.signature) == true { break }
            place = place == 0 ? 512 : 2 * place
        }
        start = place < source.count ? place : 0
    }

    /// The file whose bytes are `bytes`.
    package init(bytes: [UInt8], name: String) { self.init(ByteSource(bytes), name: name) }

    /// The `count` bytes at `address`.
    func bytes(at address: Int, count: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        try source.bytes(at: place(of: address), count: bounded(count))
    }

    /// A cursor over the `count` bytes at `address`.
    func cursor(at address: Int, count: Int) throws(ContainerDamage) -> HDF5Cursor {
        HDF5Cursor(try bytes(at: address, count: count))
    }

    /// A cursor over the bytes at `address`: `most` of them, or as many as the file has.
    func cursor(at address: Int, atMost most: Int) throws(ContainerDamage) -> HDF5Cursor {
        let place = try place(of: address)
        return HDF5Cursor(try source.bytes(at: place, count: max(0, min(most, source.count - place))))
    }

    /// The `count` bytes at `address`, which are followed by their checksum.
    func verified(at address: Int, count: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        let all = try bytes(at: address, count: count + 4)
        var sum = HDF5Cursor(all.suffix(4))
        guard try sum.number(4) == UInt64(Lookup3.checksum(Array(all.dropLast(4)))) else {
            throw ContainerDamage("the checksum of a structure does not fit")
        }
        return all.dropLast(4)
    }

    /// The place in ``source`` of `address`.
    func place(of address: Int) throws(ContainerDamage) -> Int {
        guard address >= 0, address <= source.count - start else {
            throw ContainerDamage("an address is outside the file")
        }
        return start + address
    }

    private func bounded(_ count: Int) throws(ContainerDamage) -> Int {
        guard count <= source.count else { throw ContainerDamage("a structure is cut off") }
        guard count <= HDF5File.maximumStructureBytes else { throw ContainerDamage("a structure is too long") }
        return count
    }

    /// An error about the object at `path`.
    func failure(_ path: String, _ what: String) -> SpikelineError {
        SpikelineError("\"\(path.isEmpty ? "/" : path)\" \(what)", at: name)
    }

    /// Does `body` and says of damage that it is in the object at `path`.
    func reading<R>(_ path: String, _ body: () throws(ContainerDamage) -> R) throws(SpikelineError) -> R {
        do throws(ContainerDamage) { return try body() } catch { throw failure(path, "cannot be read: \(error.what)") }
    }
}

extension HDF5File {
    /// The root group.
    package func root() throws(SpikelineError) -> HDF5Group {
        let address: Int
        do throws(ContainerDamage) { address = try rootAddress() } catch {
            throw SpikelineError(
                "the HDF5 structure of the file is damaged: \(error.what)", at: name,
                hint: "Copy or make the file again")
        }
        return try HDF5Group(file: self, path: "", header: address)
    }

    /// Whether the file is shorter than it was when it was closed: how long it is, and how long it was.
    package var cut: (bytes: Int, of: Int)? {
        guard let end = try? superblock().end, end > source.count - start else { return nil }
        return (source.count, start + end)
    }

    private func rootAddress() throws(ContainerDamage) -> Int {
        guard let address = try superblock().root else { throw ContainerDamage("it has no root group") }
        return address
    }

    /// ```
    /// 0   signature(8) 00 . . . . width of addresses(1) width of lengths(1) . . . . . . .     1: 4 more bytes
    ///     base(8) free space(8) end(8) driver(8) | name(8) root(8) ...
    /// 2,3 signature(8) 02 width of addresses(1) width of lengths(1) flags(1) base(8) extension(8) end(8) root(8) sum(4)
    /// ```
    private func superblock() throws(ContainerDamage) -> (root: Int?, end: Int?) {
        var cursor = try cursor(at: 0, atMost: 112)
        try cursor.skip(8)
        let version = try cursor.byte()
        switch version {
        case 0, 1:
            try cursor.skip(4)
            try expectWidths(&cursor)
            try cursor.skip(version == 0 ? 9 : 13)
            try cursor.skip(16)
            let end = try cursor.address()
            try cursor.skip(16)
            return (try cursor.address(), end)
        case 2, 3:
            try expectWidths(&cursor)
            try cursor.skip(1 + 16)
            let end = try cursor.address()
            return (try cursor.address(), end)
        default: throw ContainerDamage("its superblock has version \(version), expected 0 to 3")
        }
    }

    private func expectWidths(_ cursor: inout HDF5Cursor) throws(ContainerDamage) {
        guard try cursor.byte() == 8, try cursor.byte() == 8 else {
            throw ContainerDamage("its addresses are not 8 bytes wide")
        }
    }
}
