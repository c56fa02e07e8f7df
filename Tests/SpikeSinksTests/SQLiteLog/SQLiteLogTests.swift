import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// Records in a table.
struct SQLiteLogTests {
    private let folder: String

    init() throws { folder = try Scratch.folder() }

    private func sink(_ values: [String: OptionValue] = [:]) throws -> AnySink {
        let options = Options(["path": .string("log.sqlite")].merging(values) { $1 })
        let context = StageContext(pipeline: "p", stage: "log", folder: folder)
        guard case .sink(let sink) = try SQLiteLogSink.descriptor.make(options, context) else {
            throw SpikelineError("not a sink")
        }
        return sink
    }

    private func rows(_ sql: String) throws -> [[SQLiteValue]] {
        try SQLiteDatabase(path: folder + "/log.sqlite", sharing: .shared, mark: 0x5370_6B4C).rows(sql)
    }

    @Test("Records are rows that can be read while the sink writes")
    func rows() throws {
        defer { Scratch.remove(folder) }
        let sink = try sink()
        try sink.consume(SampleRecords.batch([SampleRecords.keyword(1), SampleRecords.gesture(.onset)]))
        #expect(Tool.wait { (try? rows("SELECT * FROM records").count) == 2 })
        let found = try rows("SELECT kind, name, state, score, at_s, stage FROM records ORDER BY rowid")
        #expect(found[0].map(\.text) == ["keyword", "yes", nil, "0.93", "1.24", "words"])
        #expect(found[1].map(\.text) == ["gesture", "wave", "onset", "0.8", "2.0", "gestures"])
        let linked = try rows(
            "SELECT id = json_extract(json, '$.id'), wall = json_extract(json, '$.wall') FROM records")
        #expect(linked == [[.integer(1), .integer(1)], [.integer(1), .integer(1)]])
        try sink.consume(SampleRecords.batch([3]))
        try sink.finish()
        #expect(try rows("SELECT count(*) FROM records") == [[.integer(3)]])
    }

    @Test("Of more records than are kept the oldest go, also those of earlier runs")
    func keep() throws {
        defer { Scratch.remove(folder) }
        for start in [1, 11, 21] {
            let sink = try sink(["keep_records": .integer(15)])
            try sink.consume(SampleRecords.batch(start..<start + 10))
            try sink.finish()
        }
        let found = try rows("SELECT json_extract(json, '$.seq') FROM records ORDER BY rowid")
        #expect(found.map { $0[0].integer } == Array(16...30))
    }

    @Test("A record that comes twice is there once")
    func twice() throws {
        defer { Scratch.remove(folder) }
        let peer = try SQLiteLogPeer(path: folder + "/log.sqlite", limit: nil)
        let records = SampleRecords.outgoing(3)
        for _ in 0..<2 { #expect(peer.deliver(records, until: Deadline()).delivered.count == 3) }
        #expect(try rows("SELECT count(*) FROM records") == [[.integer(3)]])
    }
}
