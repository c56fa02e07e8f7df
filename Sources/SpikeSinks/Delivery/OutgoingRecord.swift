/// A record on its way to a peer, with the identity that it keeps however often it is sent.
struct OutgoingRecord: Hashable, Sendable {
    /// Its place in the queue that gave it; 0 before it is in one. Later records have greater numbers.
    var key: Int64 = 0
    /// The stable id: the same for every attempt to deliver the record, also by a later run, and for no other record.
    let id: String
    /// The kind: `keyword`, `gesture`, ...
    let kind: String
    /// The record as one line of JSON with its id.
    let json: String
    /// The fields of the JSON object as texts, without those that are null; lists and objects are JSON.
    let fields: [String: String]
}
