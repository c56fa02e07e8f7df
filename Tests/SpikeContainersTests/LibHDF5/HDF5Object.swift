import CHDF5
import SpikeSignals

@testable import SpikeContainers

/// An open HDF5 file, group, dataset, type, space or property list; closes itself.
///
/// Use it only inside ``HDF5Library/exclusively(_:)``, also for the last release.
final class HDF5Object {
    /// libhdf5's id of the object.
    let raw: hid_t
    /// The file's name, for messages.
    let file: String
    /// The way to the object inside the file, for messages; empty for the file itself.
    let path: String
    /// Keeps the file open for as long as anything in it is.
    private let parent: HDF5Object?

    /// Takes over `raw`, or returns nil when libhdf5 reported a failure instead of an id.
    init?(_ raw: hid_t, file: String = "", path: String = "", parent: HDF5Object? = nil) {
        guard raw >= 0 else { return nil }
        self.raw = raw
        self.file = file
        self.path = path
        self.parent = parent
    }

    deinit { H5Idec_ref(raw) }

    /// The way to the child `name`.
    func path(of name: String) -> String { path.isEmpty ? name : path + "/" + name }

    /// An error of libhdf5 while writing, which input cannot cause.
    func writeFailure(_ name: String) -> SpikelineError {
        SpikelineError("libhdf5 cannot write \"\(path(of: name))\"", at: file, cause: .defect)
    }
}
