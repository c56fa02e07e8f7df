import SpikeSignals
import Testing

@testable import SpikeSinks

/// The identity of records.
struct RecordStampTests {
    @Test("A record gets an id and the time of day, behind its own fields")
    func fields() {
        var stamp = RecordStamp()
        let record = stamp.stamp(SampleRecords.keyword(1).jsonValue, wall: 1_795_542_693_042_000_000)
        let own = SampleRecords.keyword(1).json.dropLast()
        #expect(record.json == own + #", "id": "\#(record.id)", "wall": "2026-11-24T17:51:33.042Z"}"#)
        #expect(record.kind == "keyword")
        #expect(record.fields["word"] == "yes")
        #expect(record.fields["score"] == "0.930")
        #expect(record.fields["level_db"] == nil)
        #expect(record.id.hasSuffix("-1"))
        #expect(record.id.count == 18)
    }

    @Test("The same records made by another run have other ids")
    func runs() {
        var ids = Set<String>()
        for _ in 0..<100 { ids.formUnion(SampleRecords.outgoing(10).map(\.id)) }
        #expect(ids.count == 1_000)
    }

    @Test("A record with an id and a time of its own keeps them")
    func ownIdentity() {
        var stamp = RecordStamp()
        let own = JSONValue.object([("kind", .string("anomaly")), ("id", .string("a7")), ("wall", .string("now"))])
        let record = stamp.stamp(own)
        #expect(record.json == #"{"kind": "anomaly", "id": "a7", "wall": "now", "record_id": "\#(record.id)"}"#)
        #expect(record.fields["id"] == "a7")
    }
}
