import SpikeSignals
import Synchronization

/// Records that wait on disk until their peer has them: nothing that was appended is lost by a crash or a power cut.
///
/// ```
/// consume ──append, commit──► | oldest ...... newest |  ◄──first, remove── courier
///                               outbox, an SQLite file
/// ```
/// A record leaves the file only when its delivery has been confirmed, so each is delivered at least once, and one that
/// was delivered just before a crash is delivered again, with the same id. One program at a time can use an outbox.
final class Outbox: RecordQueue {
    /// What the connection knows.
    private struct State {
        let database: SQLiteDatabase
        var count: Int
    }

    /// The file.
    let path: String
    private let limit: Int
    private let state: Mutex<State>

    /// "SpkO" as a number: by this an outbox is known.
    private static let mark: Int32 = 0x5370_6B4F
    private static let schema = """
        CREATE TABLE IF NOT EXISTS outbox (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, json TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, value TEXT NOT NULL);
        """

    /// Opens the outbox at `path`, with what an earlier run left in it, and keeps at most `limit` records.
    init(path: String, limit: Int) throws(SpikelineError) {
        self.path = path
        self.limit = max(1, limit)
        let database = try SQLiteDatabase(path: path, sharing: .exclusive, mark: Outbox.mark)
        try database.transaction { () throws(SpikelineError) in try database.execute(Outbox.schema) }
        let count = Int(try database.number("SELECT count(*) FROM outbox"))
        state = Mutex(State(database: database, count: count))
    }

    var count: Int { state.withLock { $0.count } }

    func append(_ records: [OutgoingRecord]) throws(SpikelineError) -> Int {
        let limit = limit
        return try state.withLock { (state) throws(SpikelineError) -> Int in
            let database = state.database
            let excess = max(0, state.count + records.count - limit)
            try database.transaction { () throws(SpikelineError) in
                for record in records {
                    try database.rows(
                        "INSERT INTO outbox (id, kind, json) VALUES (?, ?, ?)",
                        [.text(record.id), .text(record.kind), .text(record.json)])
                }
                if excess > 0 {
                    try database.rows(
                        "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT ?)",
                        [.integer(Int64(excess))])
                }
            }
            state.count += records.count - excess
            return excess
        }
    }

    func first(_ limit: Int) throws(SpikelineError) -> [OutgoingRecord] {
        try state.withLock { (state) throws(SpikelineError) -> [OutgoingRecord] in
            guard state.count > 0 else { return [] }
            let rows = try state.database.rows(
                "SELECT seq, id, kind, json FROM outbox ORDER BY seq LIMIT ?", [.integer(Int64(limit))])
            var records: [OutgoingRecord] = []
            for row in rows {
                let json = row[3].text ?? ""
                var fields: [String: String] = [:]
                for field in try state.database.rows("SELECT key, value FROM json_each(?)", [.text(json)]) {
                    if let name = field[0].text { fields[name] = field[1].text }
                }
                records.append(
                    OutgoingRecord(
                        key: row[0].integer, id: row[1].text ?? "", kind: row[2].text ?? "", json: json,
                        fields: fields))
            }
            return records
        }
    }

    func remove(_ keys: [Int64]) throws(SpikelineError) {
        guard !keys.isEmpty else { return }
        try state.withLock { (state) throws(SpikelineError) in
            let database = state.database
            var removed = 0
            try database.transaction { () throws(SpikelineError) in
                for key in keys {
                    removed += try database.rows("DELETE FROM outbox WHERE seq = ? RETURNING seq", [.integer(key)])
                        .count
                }
            }
            state.count -= removed
        }
    }

    /// Keeps `value` under `name` beyond the end of the run.
    func remember(_ value: String, as name: String) throws(SpikelineError) {
        try state.withLock { (state) throws(SpikelineError) in
            _ = try state.database.rows("INSERT OR REPLACE INTO memory VALUES (?, ?)", [.text(name), .text(value)])
        }
    }

    /// What was kept under `name`.
    func recall(_ name: String) throws(SpikelineError) -> String? {
        try state.withLock { (state) throws(SpikelineError) in
            try state.database.rows("SELECT value FROM memory WHERE name = ?", [.text(name)]).first?[0].text
        }
    }
}
