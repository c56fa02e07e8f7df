import CALSA
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A device that sound can be captured from, as ALSA lists it.
public struct CaptureDeviceEntry: Hashable, Sendable {
    /// What to write for `device`.
    public var name: String
    /// What it is, on one line; may be empty.
    public var description: String

    /// The devices that ALSA's configuration lists, `default` first and otherwise in its order.
    ///
    /// A device need not be listed to work: `hw:1,0`, or any name that the configuration defines without a hint.
    public static func all() -> [CaptureDeviceEntry] {
        _ = CaptureDevice.quiet
        var hints: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        guard unsafe snd_device_name_hint(-1, "pcm", &hints) >= 0, let list = unsafe hints else { return [] }
        defer { _ = unsafe snd_device_name_free_hint(list) }
        var entries: [CaptureDeviceEntry] = []
        var index = 0
        while let hint = unsafe list[index] {
            index += 1
            // A device without a direction does both.
            guard let name = unsafe text(hint, "NAME"), unsafe text(hint, "IOID") != "Output" else { continue }
            let lines = unsafe text(hint, "DESC")?.split(separator: "\n").joined(separator: ", ")
            entries.append(CaptureDeviceEntry(name: name, description: lines ?? ""))
        }
        return entries.filter { $0.name == "default" } + entries.filter { $0.name != "default" }
    }

    private static func text(_ hint: UnsafeMutableRawPointer, _ field: String) -> String? {
        guard let text = unsafe snd_device_name_get_hint(hint, field) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
