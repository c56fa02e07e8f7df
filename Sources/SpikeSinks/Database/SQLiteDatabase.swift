import CSQLite
import SpikeSignals

/// A connection to an SQLite database whose every commit is on the disk when it returns.
///
/// The write-ahead log makes a commit one write and one sync; what a commit has returned from survives kill -9 and a
/// power cut, and a half-written commit is gone when the database is opened again. A connection is used by one thread
/// at a time.
@safe
final class SQLiteDatabase {
    /// Who may use the database meanwhile.
    enum Sharing {
        /// This connection alone; another program that tries is refused.
        case exclusive
        /// Others too; a lock is waited for.
        case shared
    }

    /// The file.
    let path: String
    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = unsafe [:]

    /// Opens the database at `path` and makes it if there is none.
    ///
    /// - Parameter mark: the number by which a database of ours is known (`PRAGMA application_id`).
    /// - Throws: an error of the input if the file is none of ours, is damaged or in use, or cannot be made.
    init(path: String, sharing: Sharing, mark: Int32) throws(SpikelineError) {
        try SQLiteLibrary.load()
        self.path = path
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
        let code = unsafe spike_sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK else { throw failure(code, cause: .input) }
        do throws(SpikelineError) {
            unsafe spike_sqlite3_busy_timeout(handle, sharing == .shared ? 5_000 : 200)
            if sharing == .exclusive { try execute("PRAGMA locking_mode = EXCLUSIVE") }
            let tables = try number("SELECT count(*) FROM sqlite_schema")
            let found = try number("PRAGMA application_id")
            guard tables == 0 || found == Int64(mark) else {
                throw SpikelineError(
                    "expected a database that spikeline made for this purpose, found another one", at: path,
                    hint: "Name another file")
            }
            try execute("PRAGMA journal_mode = WAL")
            try execute("PRAGMA synchronous = FULL")
            try execute("PRAGMA journal_size_limit = 1048576")
            if found != Int64(mark) { try execute("PRAGMA application_id = \(mark)") }
        } catch {
            var error = error
            error.cause = .input
            throw error
        }
    }

    deinit {
        unsafe statements.values.forEach { unsafe _ = spike_sqlite3_finalize($0) }
        unsafe spike_sqlite3_close_v2(handle)
    }

    /// Runs one or more statements that give no rows.
    func execute(_ sql: String) throws(SpikelineError) {
        let code = unsafe spike_sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// Runs one statement with `values` for its question marks, and gives its rows.
    @discardableResult
    func rows(_ sql: String, _ values: [SQLiteValue] = []) throws(SpikelineError) -> [[SQLiteValue]] {
        let statement = try unsafe prepared(sql)
        defer { unsafe spike_sqlite3_reset(statement) }
        for (index, value) in values.enumerated() { try unsafe bind(value, at: Int32(index + 1), of: statement) }
        var rows: [[SQLiteValue]] = []
        while true {
            let code = unsafe spike_sqlite3_step(statement)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw failure(code) }
            let count = unsafe spike_sqlite3_column_count(statement)
            rows.append((0..<count).map { unsafe SQLiteDatabase.value($0, of: statement) })
        }
    }

    /// The number that `sql` asks for; 0 if it gives none.
    func number(_ sql: String) throws(SpikelineError) -> Int64 { try rows(sql).first?.first?.integer ?? 0 }

    /// Runs `body` and commits what it did, or undoes all of it if it throws.
    func transaction(_ body: () throws(SpikelineError) -> Void) throws(SpikelineError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            _ = unsafe spike_sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    private func prepared(_ sql: String) throws(SpikelineError) -> OpaquePointer? {
        if let known = unsafe statements[sql] { return unsafe known }
        var statement: OpaquePointer?
        let code = unsafe spike_sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard code == SQLITE_OK else { throw failure(code) }
        unsafe statements[sql] = statement
        return unsafe statement
    }

    private func bind(_ value: SQLiteValue, at index: Int32, of statement: OpaquePointer?) throws(SpikelineError) {
        let code =
            switch value {
            case .null: unsafe spike_sqlite3_bind_null(statement, index)
            case .integer(let number): unsafe spike_sqlite3_bind_int64(statement, index, number)
            case .real(let number): unsafe spike_sqlite3_bind_double(statement, index, number)
            case .text(let text):
                unsafe spike_sqlite3_bind_copy(statement, index, text, Int32(clamping: text.utf8.count))
            }
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private static func value(_ column: Int32, of statement: OpaquePointer?) -> SQLiteValue {
        switch unsafe spike_sqlite3_column_type(statement, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(unsafe spike_sqlite3_column_int64(statement, column))
        default:
            guard let bytes = unsafe spike_sqlite3_column_text(statement, column) else { return .null }
            let count = Int(unsafe spike_sqlite3_column_bytes(statement, column))
            return .text(unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
        }
    }

    private func failure(_ code: Int32, cause: SpikelineError.Cause = .lost) -> SpikelineError {
        let text = unsafe spike_sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? "error \(code)"
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            return SpikelineError(
                "the database is in use by another program", at: path,
                hint: "Stop that program, or name another file", cause: cause)
        case SQLITE_NOTADB:
            return SpikelineError(
                "expected an SQLite database, found another kind of file", at: path, hint: "Name another file",
                cause: cause)
        case SQLITE_CORRUPT:
            return SpikelineError(
                "the database is damaged (\(text))", at: path,
                hint: "Move it away, together with its -wal file, and start again", cause: cause)
        case SQLITE_CANTOPEN:
            return SpikelineError(
                "the database cannot be opened (\(text))", at: path,
                hint: "Check that its folder exists and may be written", cause: cause)
        case SQLITE_READONLY, SQLITE_PERM:
            return SpikelineError(
                "the database may not be written (\(text))", at: path, hint: "Choose another place", cause: cause)
        case SQLITE_FULL:
            return SpikelineError(
                "there is no room left to write to", at: path, hint: "Free some, or write to another disk",
                cause: cause)
        default: return SpikelineError("the database cannot be used (\(text))", at: path, cause: cause)
        }
    }
}
