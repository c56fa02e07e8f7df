import SpikeSignals

/// A group in an ``HDF5File``, with its links read.
package struct HDF5Group {
    /// The file.
    package let file: HDF5File
    /// The way to the group inside the file, for messages; empty for the root.
    package let path: String

    private let targets: [String: HDF5Links.Target]
    private let attributeBodies: [ArraySlice<UInt8>]

    /// The longest text that is read.
    package static let maximumTextBytes = 1 << 20

    /// Reads the links of the group whose object header is at `address`.
    init(file: HDF5File, path: String, header address: Int) throws(SpikelineError) {
        self.file = file
        self.path = path
        let (links, attributes) = try file.reading(path) { () throws(ContainerDamage) in
            let header = try HDF5Header(at: address, in: file)
            return (try HDF5Links(header, in: file), header.messages.filter { $0.kind == .attribute }.map(\.body))
        }
        guard let links else { throw file.failure(path, "is not a group, expected one") }
        targets = links.targets
        attributeBodies = attributes
    }

    /// The first attributes, as far as they can be told as text, in their order.
    package var attributes: [(name: String, text: String)] {
        attributeBodies.prefix(HDF5Attribute.most).compactMap { body in
            guard let attribute = try? HDF5Attribute(body), let text = attribute.text(in: file) else { return nil }
            return (attribute.name, text)
        }
    }

    /// The names of the children, in order.
    package var childNames: [String] { targets.keys.sorted() }

    /// The way to the child `name`.
    package func path(of name: String) -> String { path.isEmpty ? name : path + "/" + name }

    /// Whether there is a child called `name`.
    package func has(_ name: String) -> Bool { targets[name] != nil }

    /// The group `name`.
    package func child(_ name: String) throws(SpikelineError) -> HDF5Group {
        try HDF5Group(file: file, path: path(of: name), header: try header(of: name))
    }

    /// Reads the child `name`, an array of exactly these dimensions and of the very type `Element`.
    ///
    /// The dimensions are compared before anything is allocated.
    package func array<Element: HDF5Readable>(
        _ name: String, dimensions: [Int], of: Element.Type = Element.self
    ) throws(SpikelineError) -> [Element] {
        let set = try dataset(name)
        let path = path(of: name)
        guard set.type == Element.hdf5Type else {
            throw file.failure(path, "holds \(set.type.words), expected \(Element.hdf5Type.words)")
        }
        guard set.dimensions == dimensions else {
            throw file.failure(path, "has shape \(shapeText(set.dimensions)), expected \(shapeText(dimensions))")
        }
        let bytes = try file.reading(path) { () throws(ContainerDamage) in try set.bytes() }
        let width = MemoryLayout<Element>.size
        var values: [Element] = []
        values.reserveCapacity(bytes.count / width)
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: width) {
            values.append(Element(littleEndian: bytes[start..<(start + width)]))
        }
        return values
    }

    /// Reads the child `name`, one text of at most ``maximumTextBytes``, of fixed or variable length.
    package func text(_ name: String) throws(SpikelineError) -> String {
        let set = try dataset(name)
        let path = path(of: name)
        guard set.dimensions.allSatisfy({ $0 == 1 }) else {
            throw file.failure(path, "has shape \(shapeText(set.dimensions)), expected one text")
        }
        guard set.type.isText, set.type.bytes ?? .max <= HDF5Group.maximumTextBytes else {
            throw file.failure(
                path, "holds \(set.type.words), expected a text of at most \(HDF5Group.maximumTextBytes) bytes")
        }
        return try file.reading(path) { () throws(ContainerDamage) in
            try set.text(limit: HDF5Group.maximumTextBytes)
        }
    }

    /// Reads the child `name`, one whole number of any length.
    package func integer(_ name: String) throws(SpikelineError) -> Int64 {
        let set = try dataset(name)
        guard set.dimensions.allSatisfy({ $0 == 1 }), case .integer(let bytes, let isSigned) = set.type else {
            throw file.failure(path(of: name), "is not one whole number, expected one")
        }
        let data = try file.reading(path(of: name)) { () throws(ContainerDamage) in try set.bytes() }
        let bits = data.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let shift = Int64(64 - 8 * bytes)
        return isSigned ? (Int64(bitPattern: bits) << shift) >> shift : Int64(clamping: bits)
    }

    /// Whether the child `name` is a group.
    package func hasGroup(_ name: String) -> Bool { has(name) && (try? child(name)) != nil }

    /// The dataset `name`, of which nothing but its header is read.
    package func dataset(_ name: String) throws(SpikelineError) -> HDF5Dataset {
        let address = try header(of: name)
        return try file.reading(path(of: name)) { () throws(ContainerDamage) in try HDF5Dataset(at: address, in: file)
        }
    }

    /// The address of the object header of the child `name`, which is stored in this very file.
    private func header(of name: String) throws(SpikelineError) -> Int {
        switch targets[name] {
        case .object(let header)?: return header
        case .elsewhere?: throw file.failure(path(of: name), "is a link to elsewhere, expected the thing itself")
        case nil: throw file.failure(path(of: name), "is missing")
        }
    }
}
