import CHDF5
import SpikeSignals

extension HDF5Object {
    /// The longest text that is read.
    static let maximumTextBytes = 1 << 20

    /// Opens the HDF5 file whose bytes are `image`.
    static func open(image: [UInt8], name: String) throws(SpikelineError) -> HDF5Object {
        let access = HDF5Object(h5x_create_file_access())
        guard let access, H5Pset_fapl_core(access.raw, 1 << 16, false) >= 0,
            H5Pset_fclose_degree(access.raw, H5F_CLOSE_STRONG) >= 0
        else { throw SpikelineError("libhdf5 has no memory files", at: name, cause: .defect) }
        var image = image
        let status = unsafe image.withUnsafeMutableBytes { bytes in
            unsafe H5Pset_file_image(access.raw, bytes.baseAddress, bytes.count)
        }
        guard status >= 0, let file = HDF5Object(unsafe h5x_open_file("model", access.raw), file: name) else {
            throw SpikelineError(
                "the HDF5 structure of the file is damaged", at: name, hint: "Copy or make the file again")
        }
        return file
    }

    /// Whether there is a child called `name`.
    func has(_ name: String) -> Bool { unsafe h5x_link_is_hard(raw, name) >= 0 }

    /// Opens the child `name`, which is stored in this very file.
    func child(_ name: String) throws(SpikelineError) -> HDF5Object {
        let link = unsafe h5x_link_is_hard(raw, name)
        if link < 0 { throw failure("is missing", at: name) }
        if link == 0 { throw failure("is a link to elsewhere, expected the thing itself", at: name) }
        let id = unsafe H5Oopen(raw, name, 0)
        guard let child = HDF5Object(id, file: file, path: path(of: name), parent: self) else {
            throw failure("cannot be opened: the file is damaged", at: name)
        }
        return child
    }

    /// Opens the group `name`.
    func group(_ name: String) throws(SpikelineError) -> HDF5Object {
        let child = try child(name)
        guard H5Iget_type(child.raw) == H5I_GROUP else { throw child.failure("is not a group") }
        return child
    }

    /// The names of the first `limit` children of a group, in order, and how many there are in all.
    func childNames(limit: Int) -> (names: [String], total: Int) {
        let total = Int(h5x_link_count(raw))
        var names: [String] = []
        for index in 0..<max(0, min(total, limit)) {
            var buffer = [UInt8](repeating: 0, count: 256)
            let length = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe h5x_link_name(
                    raw, UInt64(index), bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
            }
            if length < 0 { break }
            names.append(String(decoding: buffer.prefix(min(Int(length), 255)), as: UTF8.self))
        }
        return (names, max(total, 0))
    }

    /// Reads the child `name`, an array of exactly these dimensions and of the very type `Element`.
    ///
    /// The dimensions are compared before anything is allocated.
    func array<Element: HDF5Element>(
        _ name: String, dimensions: [Int], of: Element.Type = Element.self
    ) throws(SpikelineError) -> [Element] {
        let set = try dataset(name)
        guard let type = HDF5Object(H5Dget_type(set.raw)), H5Tequal(type.raw, Element.stored) > 0 else {
            throw set.failure("holds another type, expected \(Element.words)")
        }
        let found = try set.dimensions()
        guard found == dimensions else {
            throw set.failure("has shape \(shapeText(found)), expected \(shapeText(dimensions))")
        }
        let count = dimensions.reduce(1, *)
        try set.checkStorage(bytes: count * MemoryLayout<Element>.size)
        var values = [Element](repeating: .zero, count: count)
        let status = unsafe values.withUnsafeMutableBytes { bytes in
            unsafe H5Dread(set.raw, Element.native, 0, 0, 0, bytes.baseAddress)
        }
        guard status >= 0 else { throw set.failure("cannot be read: the file is damaged") }
        return values
    }

    /// Reads the child `name`, one text of at most ``maximumTextBytes``, of fixed or variable length.
    func text(_ name: String) throws(SpikelineError) -> String {
        let set = try dataset(name)
        guard let type = HDF5Object(H5Dget_type(set.raw)), H5Tget_class(type.raw) == H5T_STRING,
            try set.dimensions().reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == 1
        else { throw set.failure("is not a text, expected one") }
        let text = H5Tis_variable_str(type.raw) > 0 ? set.variableText() : try set.fixedText(type: type)
        guard let text else { throw set.failure("cannot be read: the file is damaged, or the text too long") }
        return text
    }

    private func dataset(_ name: String) throws(SpikelineError) -> HDF5Object {
        let set = try child(name)
        guard H5Iget_type(set.raw) == H5I_DATASET else { throw set.failure("is not a dataset") }
        return set
    }

    private func dimensions() throws(SpikelineError) -> [Int] {
        guard let space = HDF5Object(H5Dget_space(raw)) else { throw failure("has no shape") }
        let rank = H5Sget_simple_extent_ndims(space.raw)
        guard rank >= 0, rank <= 8 else { throw failure("has \(rank) dimensions, expected 8 or fewer") }
        var sizes = [hsize_t](repeating: 0, count: Int(rank))
        if rank > 0 { _ = unsafe H5Sget_simple_extent_dims(space.raw, &sizes, nil) }
        return sizes.map { Int(clamping: $0) }
    }

    /// Refuses data that lies outside the file, and chunks or compressed data out of proportion to `bytes`.
    private func checkStorage(bytes: Int) throws(SpikelineError) {
        guard let plan = HDF5Object(H5Dget_create_plist(raw)) else { throw failure("has no layout") }
        let layout = H5Pget_layout(plan.raw)
        guard H5Pget_external_count(plan.raw) == 0, layout != H5D_VIRTUAL, layout != H5D_LAYOUT_ERROR else {
            throw failure("keeps its data in another file, expected it here")
        }
        let slack = bytes / 64 + (1 << 16)
        guard H5Dget_storage_size(raw) <= hsize_t(bytes + slack) else {
            throw failure("stores more data than its shape holds")
        }
        guard layout == H5D_CHUNKED else { return }
        var chunk = [hsize_t](repeating: 0, count: 32)
        let rank = unsafe H5Pget_chunk(plan.raw, 32, &chunk)
        var size = hsize_t(1)
        for side in chunk.prefix(Int(max(rank, 0))) {
            size = size.multipliedReportingOverflow(by: side).overflow ? .max : size * side
        }
        guard rank >= 0, size <= hsize_t(bytes + slack) else { throw failure("has chunks larger than its shape") }
    }

    private func fixedText(type: HDF5Object) throws(SpikelineError) -> String? {
        let size = H5Tget_size(type.raw)
        guard size > 0, size <= HDF5Object.maximumTextBytes else { return nil }
        try checkStorage(bytes: size)
        var bytes = [UInt8](repeating: 0, count: size)
        guard unsafe bytes.withUnsafeMutableBytes({ unsafe H5Dread(raw, type.raw, 0, 0, 0, $0.baseAddress) }) >= 0
        else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func variableText() -> String? {
        guard let type = HDF5Object(h5x_copy_string_type()), H5Tset_size(type.raw, -1) >= 0,
            H5Tset_cset(type.raw, H5T_CSET_UTF8) >= 0
        else { return nil }
        var pointer: UnsafeMutablePointer<CChar>?
        guard unsafe H5Dread(raw, type.raw, 0, 0, 0, &pointer) >= 0, let start = unsafe pointer else { return nil }
        defer { unsafe H5free_memory(start) }
        let bytes = unsafe UnsafeBufferPointer(start: start, count: HDF5Object.maximumTextBytes + 1)
        guard let end = unsafe bytes.firstIndex(of: 0) else { return nil }
        return unsafe String(decoding: bytes[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A shape as people write it: `128 x 40`.
func shapeText(_ dimensions: [Int]) -> String {
    dimensions.isEmpty ? "one value" : dimensions.map(String.init).joined(separator: " x ")
}
