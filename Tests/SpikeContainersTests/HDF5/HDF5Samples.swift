import SpikeSignals

@testable import SpikeContainers

/// Files for tests.
enum HDF5Samples {
    /// The message with which the root of the file `bytes` is refused, or nil if it is read.
    static func message(_ bytes: [UInt8]) -> String? {
        do throws(SpikelineError) {
            _ = try HDF5File(bytes: bytes, name: "m.nir").root()
            return nil
        } catch { return error.description }
    }

    /// The message with which the array `weight` of 2 x 3 is refused in a file that `fill` filled with libhdf5.
    static func message(fill: (HDF5Object) throws(SpikelineError) -> Void) throws(SpikelineError) -> String? {
        let image = try HDF5Library.exclusively { () throws(SpikelineError) in
            try HDF5Object.image(name: "m", fill: fill)
        }
        let root = try HDF5File(bytes: image, name: "m.nir").root()
        do throws(SpikelineError) {
            _ = try root.array("weight", dimensions: [2, 3], of: Int8.self)
            return nil
        } catch { return error.description }
    }
}
