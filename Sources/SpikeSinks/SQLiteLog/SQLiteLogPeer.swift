import SpikeSignals

/// A table of an SQLite file as the taker of records, for any tool that reads SQLite.
///
/// ```
/// sqlite3 log.sqlite "SELECT wall, name, score FROM records WHERE kind = 'keyword' ORDER BY wall DESC LIMIT 10"
/// ```
/// A record that comes twice is there once, since its id is the key of the table.
final class SQLiteLogPeer: Peer {
    let window = 500
    private let database: SQLiteDatabase
    private let limit: Int?

    /// "SpkL" as a number: by this a log is known.
    private static let mark: Int32 = 0x5370_6B4C
    private static let schema = """
        CREATE TABLE IF NOT EXISTS records (
            id TEXT PRIMARY KEY, wall TEXT NOT NULL, kind TEXT NOT NULL, name TEXT, state TEXT, score REAL, at_s REAL,
            pipeline TEXT, stage TEXT, json TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS records_by_wall ON records (wall);
        """

    /// Opens or makes the file at `path`; of more than `limit` records the oldest go.
    init(path: String, limit: Int?) throws(SpikelineError) {
        self.limit = limit
        database = try SQLiteDatabase(path: path, sharing: .shared, mark: SQLiteLogPeer.mark)
        do throws(SpikelineError) {
            let database = database
            try database.transaction { () throws(SpikelineError) in try database.execute(SQLiteLogPeer.schema) }
        } catch {
            var error = error
            error.cause = .input
            throw error
        }
    }

    func deliver(_ records: [OutgoingRecord], until deadline: Deadline) -> Delivery {
        do throws(SpikelineError) {
            try database.transaction { () throws(SpikelineError) in
                for record in records { try insert(record) }
                if let limit { try prune(to: limit) }
            }
            return Delivery(delivered: records.map(\.key))
        } catch {
            return Delivery(failure: DeliveryFailure(error: error))
        }
    }

    private func insert(_ record: OutgoingRecord) throws(SpikelineError) {
        func text(_ name: String) -> SQLiteValue { record.fields[name].map { .text($0) } ?? .null }
        func number(_ name: String) -> SQLiteValue {
            record.fields[name].flatMap(Double.init).map { .real($0) } ?? .null
        }
        let name = ["word", "gesture", "fault", "id"].lazy.compactMap { record.fields[$0] }.first
        try database.rows(
            "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(record.id), .text(record.fields["wall"] ?? ""), .text(record.kind),
                name.map { .text($0) } ?? .null, text("state"), number("score"), number("at_s"), text("pipeline"),
                text("stage"), .text(record.json),
            ])
    }

    private func prune(to limit: Int) throws(SpikelineError) {
        try database.rows(
            """
            DELETE FROM records WHERE rowid IN (
                SELECT rowid FROM records ORDER BY rowid DESC LIMIT -1 OFFSET ?)
            """, [.integer(Int64(limit))])
    }
}
