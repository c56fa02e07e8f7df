#if canImport(Glibc)
import Glibc
#endif

/// Finds the data that tests use when it is there: real recordings and goldens that are not part of the package.
public enum SharedData {
    /// The folder with the data, or nil if this machine has none; `SPIKELINE_DATA` overrides the default
    /// `../shared/data` beside the package.
    public static let folder: String? = {
        let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let named = unsafe getenv("SPIKELINE_DATA").map { unsafe String(cString: $0) }
        let path = named ?? here + "/../shared/data"
        return exists(path) ? path : nil
    }()

    /// The path of `name` in the data, or nil if it is not there.
    public static func path(_ name: String) -> String? {
        guard let folder, exists(folder + "/" + name) else { return nil }
        return folder + "/" + name
    }

    /// Whether `name` is in the data; for `.enabled(if:)` traits.
    public static func has(_ name: String) -> Bool { path(name) != nil }

    /// The root of the package.
    public static let packageRoot =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

    private static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }
}
