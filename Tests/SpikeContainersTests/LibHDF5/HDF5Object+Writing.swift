import CHDF5
import SpikeSignals

@testable import SpikeContainers

extension HDF5Object {
    /// Data up to this many bytes is stored inside the object's header, larger data in one compressed chunk.
    private static let compactBytes = 64

    /// The bytes of a new HDF5 file (format 1.10: small headers, no time stamps; or the oldest) that `fill` filled.
    static func image(
        name: String, isLatest: Bool = true, fill: (HDF5Object) throws(SpikelineError) -> Void
    ) throws(SpikelineError) -> [UInt8] {
        let access = HDF5Object(h5x_create_file_access())
        let creation = HDF5Object(h5x_create_file_creation())
        let defect = SpikelineError("libhdf5 cannot make a file in memory", at: name, cause: .defect)
        guard let access, let creation, H5Pset_fapl_core(access.raw, 1 << 16, false) >= 0,
            H5Pset_fclose_degree(access.raw, H5F_CLOSE_STRONG) >= 0, !isLatest || h5x_set_format_1_10(access.raw) >= 0,
            H5Pset_obj_track_times(creation.raw, false) >= 0,
            let file = HDF5Object(unsafe h5x_create_file("model", creation.raw, access.raw), file: name)
        else { throw defect }
        try fill(file)
        guard H5Fflush(file.raw, H5F_SCOPE_GLOBAL) >= 0 else { throw defect }
        let size = H5Fget_file_image(file.raw, nil, 0)
        guard size > 0 else { throw defect }
        var bytes = [UInt8](repeating: 0, count: size)
        let written = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe H5Fget_file_image(file.raw, buffer.baseAddress, buffer.count)
        }
        guard written == size else { throw defect }
        if isLatest { repairChecksum(of: &bytes) }
        return bytes
    }

    /// `H5Fget_file_image` clears the flags of the copy that it hands out and leaves the checksum of the uncleared ones
    /// (seen in 1.10.8), so that nothing can open the copy.
    private static func repairChecksum(of image: inout [UInt8]) {
        let sum = Lookup3.checksum(Array(image.prefix(44)))
        for index in 0..<4 { image[44 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
    }

    /// Stores `content` as the child `name`.
    func write(_ name: String, content: HDF5Content) throws(SpikelineError) {
        switch content {
        case .group(let children):
            let group = try makeGroup(name, children: children.count)
            for child in children { try group.write(child.name, content: child.content) }
        case .int8(let values, let dimensions): try write(name, values, dimensions: dimensions)
        case .int32(let values): try write(name, values)
        case .int64(let values, _): try write(name, values)
        case .float32(let values, _): try write(name, values)
        case .texts(let texts, let dimensions): try write(name, texts: texts, dimensions: dimensions)
        }
    }

    /// Makes the group `name` for about `count` children; their links are stored in its header.
    func makeGroup(_ name: String, children count: Int) throws(SpikelineError) -> HDF5Object {
        guard let plan = HDF5Object(h5x_create_group_creation()), H5Pset_obj_track_times(plan.raw, false) >= 0,
            H5Pset_link_phase_change(plan.raw, 4_096, 0) >= 0,
            H5Pset_est_link_info(plan.raw, UInt32(min(max(count, 1), 1_000)), 10) >= 0
        else { throw writeFailure(name) }
        let id = unsafe H5Gcreate2(raw, name, 0, plan.raw, 0)
        guard let group = HDF5Object(id, file: file, path: path(of: name), parent: self) else {
            throw writeFailure(name)
        }
        return group
    }

    /// Stores `values`, row-major, as the child `name` of these dimensions.
    func write<Element: HDF5Element>(
        _ name: String, _ values: [Element], dimensions: [Int]? = nil
    ) throws(SpikelineError) {
        let sizes = (dimensions ?? [values.count]).map { hsize_t($0) }
        guard let space = HDF5Object(unsafe H5Screate_simple(Int32(sizes.count), sizes, nil)) else {
            throw writeFailure(name)
        }
        let plan = try layout(name, sizes: sizes, elementBytes: MemoryLayout<Element>.size)
        let id = unsafe H5Dcreate2(raw, name, Element.stored, space.raw, 0, plan.raw, 0)
        guard let set = HDF5Object(id),
            unsafe values.withUnsafeBytes({ unsafe H5Dwrite(set.raw, Element.native, 0, 0, 0, $0.baseAddress) }) >= 0
        else { throw writeFailure(name) }
    }

    /// Stores one text as the child `name`.
    func write(_ name: String, text: String) throws(SpikelineError) {
        try write(name, texts: [text], dimensions: [])
    }

    /// Stores texts of one common width as the child `name` of these dimensions.
    func write(_ name: String, texts: [String], dimensions: [Int]) throws(SpikelineError) {
        let width = max(1, texts.map(\.utf8.count).max() ?? 1)
        var bytes: [UInt8] = []
        for text in texts {
            bytes += text.utf8
            bytes += [UInt8](repeating: 0, count: width - text.utf8.count)
        }
        let sizes = dimensions.map { hsize_t($0) }
        let space = HDF5Object(
            sizes.isEmpty ? H5Screate(H5S_SCALAR) : unsafe H5Screate_simple(Int32(sizes.count), sizes, nil))
        guard let space, let type = HDF5Object(h5x_copy_string_type()), H5Tset_size(type.raw, width) >= 0,
            H5Tset_cset(type.raw, H5T_CSET_UTF8) >= 0, H5Tset_strpad(type.raw, H5T_STR_NULLPAD) >= 0
        else { throw writeFailure(name) }
        let plan = try layout(name, sizes: sizes, elementBytes: width)
        let id = unsafe H5Dcreate2(raw, name, type.raw, space.raw, 0, plan.raw, 0)
        guard let set = HDF5Object(id),
            unsafe bytes.withUnsafeBytes({ unsafe H5Dwrite(set.raw, type.raw, 0, 0, 0, $0.baseAddress) }) >= 0
        else { throw writeFailure(name) }
    }

    /// Header-resident for small data, plain for a single value, else one chunk with shuffle and gzip.
    private func layout(_ name: String, sizes: [hsize_t], elementBytes: Int) throws(SpikelineError) -> HDF5Object {
        guard let plan = HDF5Object(h5x_create_dataset_creation()), H5Pset_obj_track_times(plan.raw, false) >= 0,
            H5Pset_dset_no_attrs_hint(plan.raw, true) >= 0
        else { throw writeFailure(name) }
        let bytes = sizes.reduce(elementBytes) { $0 * Int($1) }
        if bytes <= HDF5Object.compactBytes {
            guard H5Pset_layout(plan.raw, H5D_COMPACT) >= 0 else { throw writeFailure(name) }
        } else if !sizes.isEmpty {
            let shuffles = elementBytes > 1 && elementBytes <= 8
            guard unsafe H5Pset_chunk(plan.raw, Int32(sizes.count), sizes) >= 0,
                !shuffles || H5Pset_shuffle(plan.raw) >= 0, H5Pset_deflate(plan.raw, 9) >= 0
            else { throw writeFailure(name) }
        }
        return plan
    }
}
