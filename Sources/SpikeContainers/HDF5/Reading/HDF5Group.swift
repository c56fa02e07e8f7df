import SpikeSignals

/// A group in an ``HDF5Image``, with its links read.
package struct HDF5Group {
    /// The file.
    package let image: HDF5Image
    /// The way to the group inside the file, for messages; empty for the root.
    package let path: String

    private let targets: [String: HDF5Links.Target]

    /// The longest text that is read.
    package static let maximumTextBytes = 1 << 20

    /// Reads the links of the group whose object header is at `address`.
    init(image: HDF5Image, path: String, header address: Int) throws(SpikelineError) {
        self.image = image
        self.path = path
        let links = try image.reading(path) { () throws(ContainerDamage) in
            try HDF5Links(HDF5Header(at: address, in: image), in: image)
        }
        guard let links else { throw image.failure(path, "is not a group, expected one") }
        targets = links.targets
    }

    /// The names of the children, in order.
    package var childNames: [String] { targets.keys.sorted() }

    /// The way to the child `name`.
    package func path(of name: String) -> String { path.isEmpty ? name : path + "/" + name }

    /// Whether there is a child called `name`.
    package func has(_ name: String) -> Bool { targets[name] != nil }

    /// The group `name`.
    package func child(_ name: String) throws(SpikelineError) -> HDF5Group {
        try HDF5Group(image: image, path: path(of: name), header: try header(of: name))
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
            throw image.failure(path, "holds \(set.type.words), expected \(Element.hdf5Type.words)")
        }
        guard set.dimensions == dimensions else {
            throw image.failure(path, "has shape \(shapeText(set.dimensions)), expected \(shapeText(dimensions))")
        }
        let bytes = try image.reading(path) { () throws(ContainerDamage) in try set.bytes() }
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
            throw image.failure(path, "has shape \(shapeText(set.dimensions)), expected one text")
        }
        guard set.type.isText, set.type.bytes ?? .max <= HDF5Group.maximumTextBytes else {
            throw image.failure(
                path, "holds \(set.type.words), expected a text of at most \(HDF5Group.maximumTextBytes) bytes")
        }
        let bytes = try image.reading(path) { () throws(ContainerDamage) in
            set.type == .variableText ? try set.variableText(limit: HDF5Group.maximumTextBytes) : try set.bytes()
        }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func dataset(_ name: String) throws(SpikelineError) -> HDF5Dataset {
        let address = try header(of: name)
        return try image.reading(path(of: name)) { () throws(ContainerDamage) in try HDF5Dataset(at: address, in: image)
        }
    }

    /// The address of the object header of the child `name`, which is stored in this very file.
    private func header(of name: String) throws(SpikelineError) -> Int {
        switch targets[name] {
        case .object(let header)?: return header
        case .elsewhere?: throw image.failure(path(of: name), "is a link to elsewhere, expected the thing itself")
        case nil: throw image.failure(path(of: name), "is missing")
        }
    }
}

/// A number type that can be read.
package protocol HDF5Readable {
    /// The type in the file.
    static var hdf5Type: HDF5Type { get }
    /// The number with these bytes, lowest first.
    init(littleEndian bytes: ArraySlice<UInt8>)
}

extension HDF5Readable where Self: FixedWidthInteger {
    package static var hdf5Type: HDF5Type { .integer(bytes: Self.bitWidth / 8, isSigned: Self.isSigned) }

    package init(littleEndian bytes: ArraySlice<UInt8>) {
        self = bytes.reversed().reduce(0) { ($0 << 8) | Self(truncatingIfNeeded: $1) }
    }
}

extension Int8: HDF5Readable {
    package init(littleEndian bytes: ArraySlice<UInt8>) { self = Int8(bitPattern: bytes.first ?? 0) }
}
extension Int32: HDF5Readable {}
extension UInt32: HDF5Readable {}
extension Float: HDF5Readable {
    package static var hdf5Type: HDF5Type { .float(bytes: 4) }
    package init(littleEndian bytes: ArraySlice<UInt8>) { self.init(bitPattern: UInt32(littleEndian: bytes)) }
}

/// A shape as people write it: `128 x 40`.
func shapeText(_ dimensions: [Int]) -> String {
    dimensions.isEmpty ? "one value" : dimensions.map(String.init).joined(separator: " x ")
}
