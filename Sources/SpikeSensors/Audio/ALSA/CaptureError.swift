import CALSA
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// What people are told about a device that does not work.
enum CaptureError {
    /// What ALSA says about a code (positive or negative).
    static func text(_ code: Int32) -> String {
        unsafe snd_strerror(-abs(code)).map { unsafe String(cString: $0) } ?? ""
    }

    /// The error for a device that cannot be opened, by ALSA's code: a name that nothing has is a matter of input, a device
    /// that is there and does not work is lost.
    static func opening(_ name: String, _ code: Int32) -> SpikelineError {
        switch abs(code) {
        case ENOENT, ENODEV, ENXIO, EINVAL:
            SpikelineError(
                "there is no such capture device (\(text(code)))", at: name,
                hint: "\"spikeline devices\" lists those that there are")
        case EBUSY:
            SpikelineError(
                "the device is in use by another program", at: name,
                hint: "End that program, or capture from a device that can be shared, such as \"default\"",
                cause: .lost)
        case EACCES, EPERM:
            SpikelineError(
                "the device may not be used (\(text(code)))", at: name,
                hint: "Add the user to the group \"audio\"")
        default: SpikelineError("the device cannot be opened (\(text(code)))", at: name, cause: .lost)
        }
    }

    /// The error for a device that is gone for good.
    static func gone(_ name: String, _ code: Int32) -> SpikelineError {
        SpikelineError(
            "the device is gone (\(text(code)))", at: name,
            hint: "Plug it in again; with reopen: true it is waited for", cause: .lost)
    }
}
