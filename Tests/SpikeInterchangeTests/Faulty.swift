import CHDF5
import SpikeSignals

@testable import SpikeInterchange

/// Model files with one fault each, made with libhdf5.
enum Faulty {
    /// The HDF5 part of the small sample after `change`.
    static func image(
        _ model: ModelFile = Samples.small(), _ change: (HDF5Object) throws(SpikelineError) -> Void
    ) throws(SpikelineError) -> [UInt8] {
        try HDF5Library.exclusively { () throws(SpikelineError) in
            try HDF5Object.image(name: "m") { (file) throws(SpikelineError) in
                let content = try ModelWriter(model: model, graph: NIRGraph(model.network)).content(name: "m")
                guard case .group(let children) = content else { return }
                for child in children { try file.write(child.name, content: child.content) }
                try change(file)
            }
        }
    }

    /// Deletes `name` from the group `path`, and lets `replace` put something in its place.
    static func image(
        without name: String, in path: String, replace: (HDF5Object) throws(SpikelineError) -> Void = { _ in }
    ) throws(SpikelineError) -> [UInt8] {
        try image { (file) throws(SpikelineError) in
            guard let group = HDF5Object(unsafe H5Gopen2(file.raw, path, 0), file: "m", path: path),
                unsafe H5Ldelete(group.raw, name, 0) >= 0
            else { throw SpikelineError("there is no \(path)/\(name) to replace") }
            try replace(group)
        }
    }

    /// The message with which `bytes` are refused, or nil if they are read.
    static func message(_ bytes: [UInt8]) -> String? {
        do throws(SpikelineError) {
            _ = try ModelFile(bytes: bytes, name: "m.nir")
            return nil
        } catch { return error.description }
    }
}
