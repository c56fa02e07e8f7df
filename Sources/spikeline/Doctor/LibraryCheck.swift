import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A library of the system, and whether it can be opened.
struct LibraryCheck {
    /// Its name for people.
    var name: String
    /// Its name for the loader.
    var file: String
    /// The Debian 12 package that brings it.
    var package: String
    /// The function without arguments that gives its version as text; nil if it has none.
    var version: String?
    /// The types of stages, `queue` for sinks that keep records and `training`, that cannot do without; empty if the program is
    /// linked with it.
    var users: [String] = []

    /// All that the program uses.
    static let all = [
        LibraryCheck(name: "ALSA", file: "libasound.so.2", package: "libasound2", version: "snd_asoundlib_version"),
        LibraryCheck(name: "libsndfile", file: "libsndfile.so.1", package: "libsndfile1", version: "sf_version_string"),
        LibraryCheck(
            name: "libsamplerate", file: "libsamplerate.so.0", package: "libsamplerate0", version: "src_get_version"),
        LibraryCheck(
            name: "libyaml", file: "libyaml-0.so.2", package: "libyaml-0-2", version: "yaml_get_version_string"),
        LibraryCheck(name: "LZ4", file: "liblz4.so.1", package: "liblz4-1", version: "LZ4_versionString"),
        LibraryCheck(name: "Zstandard", file: "libzstd.so.1", package: "libzstd1", version: "ZSTD_versionString"),
        LibraryCheck(name: "libmosquitto", file: "libmosquitto.so.1", package: "libmosquitto1", users: ["mqtt"]),
        LibraryCheck(
            name: "SQLite", file: "libsqlite3.so.0", package: "libsqlite3-0", version: "sqlite3_libversion",
            users: ["sqlite", "queue"]),
        LibraryCheck(
            name: "libcurl", file: "libcurl.so.4", package: "libcurl4", version: "curl_version", users: ["webhook"]),
        LibraryCheck(
            name: "libnats", file: "libnats.so.3.4", package: "libnats3.4", version: "nats_GetVersion", users: ["nats"]),
        LibraryCheck(
            name: "OpenBLAS", file: "libopenblas.so.0", package: "libopenblas0", version: "openblas_get_config",
            users: ["training"]),
    ]

    /// Opens the library; one that is missing is a problem if the program or one of `needs` cannot do without it.
    func finding(needs: Set<String>) -> Finding {
        let subject = "library \(name)"
        guard let library = unsafe dlopen(file, RTLD_LAZY | RTLD_LOCAL) else {
            let isNeeded = users.isEmpty || users.contains(where: needs.contains)
            return Finding(
                status: isNeeded ? .problem : .warning, subject: subject,
                what: "\(file) is not there"
                    + (users.isEmpty ? "" : "; needed for " + users.joined(separator: " and ")),
                hint: "Install the package \(package)")
        }
        defer { unsafe dlclose(library) }
        return Finding(status: .ok, subject: subject, what: unsafe text(of: library) ?? file)
    }

    private func text(of library: UnsafeMutableRawPointer) -> String? {
        typealias Version = @convention(c) () -> UnsafePointer<CChar>?
        guard let version, let symbol = unsafe dlsym(library, version) else { return nil }
        let function = unsafe unsafeBitCast(symbol, to: Version.self)
        return unsafe function().map { unsafe String(cString: $0).trimmed }
    }
}

extension String {
    /// Without spaces at its ends, and no longer than 60 characters.
    fileprivate var trimmed: String {
        let words = split(separator: " ").joined(separator: " ")
        return words.count > 60 ? String(words.prefix(59)) + "…" : words
    }
}
