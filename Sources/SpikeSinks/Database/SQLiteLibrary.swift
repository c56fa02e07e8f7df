import CSQLite
import SpikeSignals

/// The library of SQLite, opened when it is first needed.
enum SQLiteLibrary {
    private static let complaint: String? = unsafe spike_sqlite_open().map { unsafe String(cString: $0) }

    /// Opens the library, once.
    static func load() throws(SpikelineError) {
        guard let complaint else { return }
        throw SpikelineError(
            "SQLite cannot be loaded (\(complaint))", hint: "Install it: apt install libsqlite3-0")
    }
}
