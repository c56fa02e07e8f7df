import CHDF5
import SpikeSignals
import Synchronization

/// The one door to libhdf5, which keeps global state and is usually built without thread safety.
enum HDF5Library {
    private static let door = Mutex(())

    /// Runs `body` while no other thread is inside libhdf5; its own printing of errors is off.
    static func exclusively<R>(_ body: () throws(SpikelineError) -> R) throws(SpikelineError) -> R {
        let result: Result<R, SpikelineError> = door.withLock { _ in
            guard H5open() >= 0, h5x_silence() >= 0 else {
                return .failure(SpikelineError("libhdf5 does not start", hint: "Reinstall it.", cause: .defect))
            }
            do throws(SpikelineError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// A number type that HDF5 stores.
protocol HDF5Element: BitwiseCopyable {
    /// The type id in memory.
    static var native: hid_t { get }
    /// The type id in the file.
    static var stored: hid_t { get }
}

extension Int8: HDF5Element {
    static var native: hid_t { h5x_native_int8() }
    static var stored: hid_t { h5x_stored_int8() }
}

extension Int32: HDF5Element {
    static var native: hid_t { h5x_native_int32() }
    static var stored: hid_t { h5x_stored_int32() }
}

extension Int64: HDF5Element {
    static var native: hid_t { h5x_native_int64() }
    static var stored: hid_t { h5x_stored_int64() }
}

extension Float: HDF5Element {
    static var native: hid_t { h5x_native_float32() }
    static var stored: hid_t { h5x_stored_float32() }
}
