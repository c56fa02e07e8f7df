/// Writes a tree of values as an HDF5 file (HDF5 File Format Specification 3.0), without libhdf5.
///
/// libhdf5 draws in some thirty more libraries (curl, ldap, Kerberos ...), 6.7 MB of resident memory before it does
/// anything, for a few hundred bytes of structure. This writes the part of the format that models need, which every
/// libhdf5 since 1.10 reads: superblock 3, object headers 2, links in the header, compact data up to 64 bytes, and
/// above that one chunk with the filters shuffle and gzip; a large single text is contiguous.
/// ```
/// 0 superblock(48) | data and headers, children before their parents | header of the root group
/// OHDR 02 02 size(4) | type(1) size(2) flags(1) body, ... | checksum(4)
/// ```
/// There are no time stamps, so equal trees give equal bytes.
package struct HDF5Writer {
    private static let superblockBytes = 48
    private static let compactBytes = 64

    private var bytes = [UInt8](repeating: 0, count: HDF5Writer.superblockBytes)

    /// The bytes of the file whose root is `root`, a group.
    package static func file(_ root: HDF5Content) -> [UInt8] {
        var writer = HDF5Writer()
        let address = writer.append(root)
        var superblock = HDF5Bytes()
        superblock.append(bytes: 0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 3, 8, 8, 0)
        superblock.append(0, 8)
        superblock.appendUndefinedAddress()
        superblock.append(writer.bytes.count, 8)
        superblock.append(address, 8)
        superblock.appendChecksum()
        writer.bytes.replaceSubrange(0..<superblockBytes, with: superblock.all)
        return writer.bytes
    }

    /// Appends `content` and returns the address of its object header.
    private mutating func append(_ content: HDF5Content) -> Int {
        switch content {
        case .group(let children): appendGroup(children)
        case .int8(let values, let dimensions):
            appendArray(values.map { UInt8(bitPattern: $0) }, .whole(bytes: 1), dimensions)
        case .int32(let values): appendArray(littleEndian(values, 4), .whole(bytes: 4), [values.count])
        case .int64(let values, let dimensions):
            appendArray(littleEndian(values, 8), .whole(bytes: 8), dimensions ?? [values.count])
        case .float32(let values, let dimensions):
            appendArray(littleEndian(values.map(\.bitPattern), 4), .single, dimensions ?? [values.count])
        case .texts(let texts, let dimensions):
            appendTexts(texts, dimensions)
        }
    }

    private func littleEndian(_ values: [some FixedWidthInteger], _ width: Int) -> [UInt8] {
        var bytes = HDF5Bytes()
        for value in values { bytes.append(value, width) }
        return bytes.all
    }

    private mutating func append(header messages: [(kind: HDF5Header.Kind, body: HDF5Bytes)]) -> Int {
        var header = HDF5Bytes("OHDR")
        header.append(bytes: 2, 2)
        header.append(messages.reduce(0) { $0 + 4 + $1.body.all.count }, 4)
        for message in messages {
            header.append(message.kind.rawValue, 1)
            header.append(message.body.all.count, 2)
            // Type and fill value do not change while the object lives.
            header.append(message.kind == .datatype || message.kind == .fillValue ? 1 : 0, 1)
            header.append(contentsOf: message.body.all)
        }
        header.appendChecksum()
        bytes += header.all
        return bytes.count - header.all.count
    }

    private mutating func appendGroup(_ children: [(name: String, content: HDF5Content)]) -> Int {
        var info = HDF5Bytes()
        info.append(bytes: 0, 0)
        info.appendUndefinedAddress()
        info.appendUndefinedAddress()
        var group = HDF5Bytes()
        group.append(bytes: 0, 0)
        var messages: [(HDF5Header.Kind, HDF5Bytes)] = [(.linkInfo, info), (.groupInfo, group)]
        for child in children {
            let address = append(child.content)
            var link = HDF5Bytes()
            link.append(bytes: 1, 1)
            link.append(child.name.utf8.count, 2)
            link.append(contentsOf: child.name.utf8)
            link.append(address, 8)
            messages.append((.link, link))
        }
        return append(header: messages)
    }

    private mutating func appendTexts(_ texts: [String], _ dimensions: [Int]) -> Int {
        let width = max(1, texts.map(\.utf8.count).max() ?? 1)
        var data: [UInt8] = []
        for text in texts { data += Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count) }
        return appendArray(data, .text(bytes: width), dimensions)
    }

    private mutating func appendArray(_ data: [UInt8], _ type: StoredType, _ dimensions: [Int]) -> Int {
        var space = HDF5Bytes()
        space.append(bytes: 2, UInt8(dimensions.count), 0, dimensions.isEmpty ? 0 : 1)
        for size in dimensions { space.append(size, 8) }
        var layout = HDF5Bytes()
        var filters: HDF5Bytes?
        if data.count <= HDF5Writer.compactBytes {
            layout.append(bytes: 3, 0)
            layout.append(data.count, 2)
            layout.append(contentsOf: data)
        } else if dimensions.isEmpty {
            layout.append(bytes: 3, 1)
            layout.append(bytes.count, 8)
            layout.append(data.count, 8)
            bytes += data
        } else {
            filters = type.filters
            layout = chunkLayout(type.filtered(data), elementBytes: type.bytes, dimensions)
        }
        // Version 3, allocated early, late or as needed, written if set.
        var fill = HDF5Bytes()
        fill.append(bytes: 3, filters != nil ? 0x0B : data.count <= HDF5Writer.compactBytes ? 0x09 : 0x0A)
        var messages: [(HDF5Header.Kind, HDF5Bytes)] = [
            (.dataspace, space), (.datatype, type.message), (.fillValue, fill), (.layout, layout),
        ]
        if let filters { messages.append((.filters, filters)) }
        return append(header: messages)
    }

    /// Appends one chunk with all data; see ``HDF5Layout`` for the message.
    private mutating func chunkLayout(_ data: [UInt8], elementBytes: Int, _ dimensions: [Int]) -> HDF5Bytes {
        let sizes = dimensions + [elementBytes]
        // libhdf5 insists on the smallest width that holds every size.
        let width = (Int.bitWidth - (sizes.max() ?? 1).leadingZeroBitCount + 7) / 8
        var layout = HDF5Bytes()
        layout.append(bytes: 4, 2, 2, UInt8(sizes.count), UInt8(width))
        for size in sizes { layout.append(size, width) }
        layout.append(bytes: 1)
        layout.append(data.count, 8)
        layout.append(0, 4)
        layout.append(bytes.count, 8)
        bytes += data
        return layout
    }
}

extension HDF5Writer {
    /// The type of the elements of an array, and the filters that suit it.
    private enum StoredType {
        case whole(bytes: Int)
        case single
        case text(bytes: Int)

        var bytes: Int {
            switch self {
            case .whole(let bytes), .text(let bytes): bytes
            case .single: 4
            }
        }

        private var isShuffled: Bool {
            if case .text = self { false } else { bytes > 1 }
        }

        /// The datatype message; see ``HDF5Type``. Texts are padded with zeros and in UTF-8.
        var message: HDF5Bytes {
            var message = HDF5Bytes()
            switch self {
            case .whole: message.append(bytes: 0x10, 0x08, 0, 0)
            case .single: message.append(bytes: 0x11, 0x20, 31, 0)
            case .text: message.append(bytes: 0x13, 0x11, 0, 0)
            }
            message.append(bytes, 4)
            if case .text = self { return message }
            message.append(0, 2)
            message.append(8 * bytes, 2)
            if case .single = self {
                message.append(bytes: 23, 8, 0, 23)
                message.append(127, 4)
            }
            return message
        }

        /// The filter message: shuffle (2) over the element's bytes and gzip (1) at level 9, both optional to undo.
        var filters: HDF5Bytes {
            var message = HDF5Bytes()
            message.append(bytes: 2, isShuffled ? 2 : 1)
            for (id, value) in (isShuffled ? [(2, bytes)] : []) + [(1, 9)] {
                message.append(id, 2)
                message.append(1, 2)
                message.append(1, 2)
                message.append(value, 4)
            }
            return message
        }

        /// `data` after the filters.
        func filtered(_ data: [UInt8]) -> [UInt8] {
            guard isShuffled else { return Deflate.zlib(data) }
            let elements = data.count / bytes
            var shuffled: [UInt8] = []
            shuffled.reserveCapacity(data.count)
            for byte in 0..<bytes {
                for element in 0..<elements { shuffled.append(data[element * bytes + byte]) }
            }
            return Deflate.zlib(shuffled)
        }
    }
}
