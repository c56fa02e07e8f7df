import SpikeSensors
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Whether there are microphones and whether we may listen to them.
enum SoundCheck {
    /// What is wrong with the device nodes in `folder`, and which capture devices ALSA lists.
    ///
    /// - Parameter isNeeded: whether a missing microphone is a problem.
    static func findings(
        folder: String = "/dev/snd", isNeeded: Bool, entries: [String] = CaptureDeviceEntry.all().map(\.name)
    ) -> [Finding] {
        var findings: [Finding] = []
        let nodes = FolderNames.of(folder).filter { $0.hasPrefix("pcmC") && $0.hasSuffix("c") }
        let closed = nodes.filter { unsafe access(folder + "/" + $0, R_OK | W_OK) != 0 }
        if !closed.isEmpty {
            findings.append(
                Finding(
                    status: isNeeded ? .problem : .warning, subject: "microphones",
                    what: "\(folder)/\(closed[0]) may not be opened",
                    hint: "Add the user to the group audio: adduser USER audio, then log in again; a service says "
                        + "SupplementaryGroups=audio"))
        }
        // Plugins of ALSA that are listed on every machine and hear nothing by themselves.
        let plugins: Set<String> = [
            "null", "jack", "oss", "lavrate", "samplerate", "speex", "speexrate", "upmix", "vdownmix",
        ]
        let entries = entries.filter { !plugins.contains($0) }
        if entries.isEmpty {
            findings.append(
                Finding(
                    status: isNeeded ? .problem : .warning, subject: "microphones",
                    what: "ALSA lists no capture device besides its plugins",
                    hint: "Plug a microphone in; arecord -l shows what the kernel has"))
        } else if closed.isEmpty {
            findings.append(
                Finding(
                    status: .ok, subject: "microphones",
                    what: entries.prefix(4).joined(separator: ", ") + (entries.count > 4 ? ", ..." : "")))
        }
        return findings
    }
}

/// The names of what is in a folder.
enum FolderNames {
    /// In order; none if the folder cannot be read.
    static func of(_ folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            names.append(
                unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.sorted()
    }
}
