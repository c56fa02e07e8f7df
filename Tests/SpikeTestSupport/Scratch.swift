import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Folders for tests.
public enum Scratch {
    /// A new empty folder.
    public static func folder() throws -> String {
        var template = Array("/tmp/spikeline-XXXXXX\0".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SpikelineError("no folder for tests") }
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes `folder` and what is in it.
    public static func remove(_ folder: String) {
        for name in names(folder) where unsafe unlink(folder + "/" + name) != 0 {
            _ = unsafe rmdir(folder + "/" + name)
        }
        _ = unsafe rmdir(folder)
    }

    /// The names in `folder`, in order.
    public static func names(_ folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
