import SpikeSignals

/// The bytes of an HDF5 file (HDF5 File Format Specification 3.0), read without libhdf5.
///
/// libhdf5 1.10.8 crashes on damaged files (a segmentation fault within seconds of random changes), and a model file
/// may come from anywhere. So reading is done here, with every offset checked, for the part of the format that model
/// files and the Python package `nir` use: superblocks 0, 2 and 3; object headers 1 and 2; groups with links in their
/// header or with symbol tables; whole numbers, floating-point numbers and texts; compact, contiguous and chunked
/// data, with the filters shuffle and gzip. Everything else is refused by name. Offsets and lengths are 8 bytes wide.
/// ```
/// superblock -> root's object header -> messages: links, or a symbol table -> an object header -> ...
///                                                 dataspace, datatype, filters, layout -> data
/// ```
package struct HDF5Image {
    /// The file, from its superblock on; all addresses count from there.
    let bytes: [UInt8]
    /// The file's name, for messages.
    package let name: String

    /// The most bytes of the file that one traversal of a tree visits as nodes.
    static let maximumTreeNodes = 1 << 16

    /// The image `bytes` of the file `name`.
    package init(bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    /// A cursor over `count` bytes at `address`, or over all that follow it.
    func cursor(at address: Int, count: Int? = nil) throws(ContainerDamage) -> HDF5Cursor {
        guard address >= 0, address <= bytes.count else { throw ContainerDamage("an address is outside the file") }
        var cursor = HDF5Cursor(bytes[address...])
        guard let count else { return cursor }
        return HDF5Cursor(try cursor.take(count))
    }

    /// The root group.
    package func root() throws(SpikelineError) -> HDF5Group {
        let address: Int
        do throws(ContainerDamage) { address = try rootAddress() } catch {
            throw SpikelineError(
                "the HDF5 structure of the file is damaged: \(error.what)", at: name,
                hint: "Copy or make the file again")
        }
        return try HDF5Group(image: self, path: "", header: address)
    }

    /// An error about the object at `path`.
    func failure(_ path: String, _ what: String) -> SpikelineError {
        SpikelineError("\"\(path.isEmpty ? "/" : path)\" \(what)", at: name)
    }

    /// Does `body` and says of damage that it is in the object at `path`.
    func reading<R>(_ path: String, _ body: () throws(ContainerDamage) -> R) throws(SpikelineError) -> R {
        do throws(ContainerDamage) { return try body() } catch { throw failure(path, "cannot be read: \(error.what)") }
    }

    /// Version 0 holds the root as a symbol table entry at byte 56, versions 2 and 3 its address at byte 36.
    private func rootAddress() throws(ContainerDamage) -> Int {
        var cursor = try cursor(at: 8)
        let version = try cursor.byte()
        switch version {
        case 0:
            try cursor.skip(4)
            try expectWidths(&cursor)
            try cursor.skip(9 + 32 + 8)
        case 2, 3:
            try expectWidths(&cursor)
            try cursor.skip(1 + 24)
        default: throw ContainerDamage("its superblock has version \(version), expected 0, 2 or 3")
        }
        guard let address = try cursor.address() else { throw ContainerDamage("it has no root group") }
        return address
    }

    private func expectWidths(_ cursor: inout HDF5Cursor) throws(ContainerDamage) {
        guard try cursor.byte() == 8, try cursor.byte() == 8 else {
            throw ContainerDamage("its addresses are not 8 bytes wide")
        }
    }
}
