import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Gives records the identity under which a receiver knows them.
///
/// ```
/// {"v": 1, "kind": "keyword", ..., "seq": 3, "id": "8f31c2a90b7d44e1-12", "wall": "2026-11-24T17:51:33.042Z"}
/// ```
/// - `id` is the number of the run, drawn at random, and the number of the record in it. It is given once, before the
///   record is queued, so what is sent again has it again, and the same sound heard by another run has another.
/// - `wall` is when the record was made, in UTC; a record that has one keeps it.
/// - A record that has an `id` of its own (that of an alarm which begins, changes and ends) keeps it, and carries the
///   stable id as `record_id`.
struct RecordStamp {
    private let run: String
    private var count = 0

    /// A new run.
    init() {
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        run = String(repeating: "0", count: 16 - number.count) + number
    }

    /// `record` with the next id, made at `wall` in nanoseconds since 1970.
    mutating func stamp(_ record: JSONValue, wall: Int64 = RecordStamp.wallNanoseconds()) -> OutgoingRecord {
        count += 1
        let id = "\(run)-\(count)"
        var fields: [(String, JSONValue)] = if case .object(let fields) = record { fields } else { [("value", record)] }
        let names = Set(fields.map(\.0))
        fields.append((names.contains("id") ? "record_id" : "id", .string(id)))
        if !names.contains("wall") { fields.append(("wall", .string(RecordStamp.text(ofWall: wall)))) }
        var texts: [String: String] = [:]
        for (name, value) in fields { texts[name] = RecordStamp.text(of: value) }
        return OutgoingRecord(
            id: id, kind: texts["kind"] ?? "unknown", json: JSONValue.object(fields).text, fields: texts)
    }

    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        default: value.text
        }
    }

    /// The time of day in nanoseconds since 1970.
    static func wallNanoseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// `wall` as RFC 3339 writes it, in UTC, with milliseconds.
    static func text(ofWall wall: Int64) -> String {
        var seconds = time_t(wall / 1_000_000_000)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func padded(_ number: some BinaryInteger, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let day = unsafe (parts.tm_year + 1_900, parts.tm_mon + 1, parts.tm_mday)
        let hour = unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec)
        let date = "\(padded(day.0, 4))-\(padded(day.1, 2))-\(padded(day.2, 2))"
        let time = "\(padded(hour.0, 2)):\(padded(hour.1, 2)):\(padded(hour.2, 2))"
        return "\(date)T\(time).\(padded(wall / 1_000_000 % 1_000, 3))Z"
    }
}
