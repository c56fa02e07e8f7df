import SpikeSignals

/// JetStream as the server speaks it: requests and answers in JSON on `$JS.API` (NATS ADR-1 and nats-server 2.9's
/// `jetstream_api.go`).
struct JetStream: Sendable {
    /// What became of a message that was to be stored.
    enum Stored: Hashable {
        /// It is in the stream.
        case stored
        /// It was there already, by its id or on its subject.
        case duplicate
    }

    let connection: NATSConnection
    /// The place for messages.
    var place: String { connection.settings.place }

    /// Asks the server; the answer's error is thrown unless its code is one of `allowed`, which gives nil.
    func ask(_ what: String, _ body: JSONValue?, allowed: [Int] = []) throws(SpikelineError) -> JSONValue? {
        let answer = try connection.request("$JS.API." + what, Array((body?.text ?? "").utf8))
        let json = try read(answer.data, what)
        guard let error = json["error"] else { return json }
        let code = error["err_code"]?.integerValue ?? 0
        if allowed.contains(code) { return nil }
        throw failure(what, error)
    }

    private func read(_ data: [UInt8], _ what: String) throws(SpikelineError) -> JSONValue {
        do { return try JSONValue.read(data) } catch {
            throw SpikelineError("the server's answer to \(what) is no JSON: \(error.what)", at: place, cause: .lost)
        }
    }

    private func failure(_ what: String, _ error: JSONValue) -> SpikelineError {
        let text = error["description"]?.stringValue ?? "no reason given"
        return SpikelineError("the server refuses \(what): \(text)", at: place, cause: .lost)
    }

    /// Makes the stream called `name` if there is none; one that is there stays as its operator wants it.
    func makeStream(_ name: String, _ fields: [(String, JSONValue)]) throws(SpikelineError) {
        guard try ask("STREAM.INFO.\(name)", nil, allowed: [10_059]) == nil else { return }
        let body = JSONValue.object([("name", .string(name)), ("storage", .string("file"))] + fields)
        // 10058: somebody else has just made it, a little differently.
        _ = try ask("STREAM.CREATE.\(name)", body, allowed: [10_058])
    }

    /// Makes a consumer that workers share, if there is none.
    func makeConsumer(_ name: String, of stream: String, _ fields: [(String, JSONValue)]) throws(SpikelineError) {
        guard try ask("CONSUMER.INFO.\(stream).\(name)", nil, allowed: [10_014]) == nil else { return }
        let body = JSONValue.object([
            ("stream_name", .string(stream)),
            ("config", .object([("durable_name", .string(name))] + fields)),
        ])
        // 10013, 10148: somebody else has just made it.
        _ = try ask("CONSUMER.DURABLE.CREATE.\(stream).\(name)", body, allowed: [10_013, 10_148])
    }

    /// Stores a message and waits for the server's word; asks again with the same id if that does not come.
    ///
    /// - Parameter isOnly: whether the subject may hold one message for ever, so that a second one is a duplicate however
    ///   late it comes. Without it the server knows ids as long as the stream's `duplicate_window`.
    func store(
        _ data: [UInt8], on subject: String, id: String, isOnly: Bool = false
    ) throws(SpikelineError) -> Stored {
        let answer = try connection.request(subject, data, headers: JetStream.headers(id: id, isOnly: isOnly))
        return try stored(answer, on: subject)
    }

    /// What the server has to know of a message that is to be stored.
    static func headers(id: String, isOnly: Bool) -> [(String, String)] {
        let id = [("Nats-Msg-Id", id)]
        return isOnly ? id + [("Nats-Expected-Last-Subject-Sequence", "0")] : id
    }

    /// What the server's answer says became of a message that was to be stored on `subject`.
    func stored(_ answer: NATSConnection.Message, on subject: String) throws(SpikelineError) -> Stored {
        let json = try read(answer.data, subject)
        guard let error = json["error"] else {
            guard json["stream"] != nil else {
                throw SpikelineError("no stream stores \(subject)", at: place, cause: .lost)
            }
            if case .bool(true)? = json["duplicate"] { return .duplicate }
            return .stored
        }
        guard error["err_code"]?.integerValue == 10_071 else { throw refusal(of: subject, error) }
        return .duplicate
    }

    /// What became of a message that was to follow another.
    enum Appended: Hashable {
        /// It is in the stream, under that number; now or by an earlier attempt of the same id.
        case stored(UInt64)
        /// Something else is the last message on the subject: somebody else has written there.
        case overtaken
    }

    /// Stores a message on `subject` if the last one there has the number `last`; 0 for none. Asks again with the same id
    /// if the server's word does not come.
    func append(
        _ data: [UInt8], to subject: String, after last: UInt64, id: String
    ) throws(SpikelineError) -> Appended {
        let answer = try connection.request(
            subject, data,
            headers: [("Nats-Msg-Id", id), ("Nats-Expected-Last-Subject-Sequence", String(last))])
        let json = try read(answer.data, subject)
        if let error = json["error"] {
            guard error["err_code"]?.integerValue == 10_071 else { throw refusal(of: subject, error) }
            return .overtaken
        }
        guard json["stream"] != nil, let sequence = json["seq"]?.integerValue, sequence > 0 else {
            throw SpikelineError("no stream stores \(subject)", at: place, cause: .lost)
        }
        return .stored(UInt64(sequence))
    }

    /// Why a stream does not take a message.
    func refusal(of subject: String, _ error: JSONValue) -> SpikelineError {
        switch error["err_code"]?.integerValue {
        case 10_077, 10_047, 10_122, 10_023:
            SpikelineError(
                "the stream is full (\(error["description"]?.stringValue ?? ""))", at: "\(place) \(subject)",
                hint: "Let workers catch up, or raise the stream's limits; nothing that was stored is lost",
                cause: .lost)
        default: failure(subject, error)
        }
    }

    /// What came of waiting for a message.
    enum Pulled {
        /// A message that nobody else has now.
        case message(Delivered)
        /// None came in time.
        case nothing
        /// The server said nothing at all.
        case silence
    }

    /// The first message of `stream` from number `sequence` whose subject fits, or nil if there is none yet.
    func message(
        of stream: String, from sequence: UInt64, on subject: String
    ) throws(SpikelineError) -> (sequence: UInt64, data: [UInt8])? {
        let body = "{\"seq\": \(sequence), \"next_by_subj\": \"\(subject)\"}"
        let answer = try connection.request("$JS.API.DIRECT.GET.\(stream)", Array(body.utf8))
        if answer.status == "404" { return nil }
        guard answer.status == nil, let found = answer.sequence else {
            throw SpikelineError(
                "the server refuses to read \(stream) (\(answer.status ?? "no number"))", at: place, cause: .lost)
        }
        return (found, answer.data)
    }

    /// The last message on `subject`, or nil if there is none.
    func last(of stream: String, on subject: String) throws(SpikelineError) -> [UInt8]? {
        try newest(of: stream, on: subject)?.data
    }

    /// The last message on `subject` with its number, or nil if there is none.
    func newest(
        of stream: String, on subject: String
    ) throws(SpikelineError) -> (sequence: UInt64, data: [UInt8])? {
        let answer = try connection.request("$JS.API.DIRECT.GET.\(stream).\(subject)", [])
        if answer.status == "404" { return nil }
        guard answer.status == nil else {
            throw SpikelineError(
                "the server refuses to read \(subject) (\(answer.status ?? ""))", at: place, cause: .lost)
        }
        return (answer.sequence ?? 0, answer.data)
    }
}

/// A message that the server delivers to others if we do not acknowledge it in time.
struct Delivered: Sendable {
    /// What it says.
    let data: [UInt8]
    /// How often it has been delivered, this time included.
    let deliveries: Int
    /// Where its acknowledgement goes; no two deliveries have the same.
    let reply: String
    private let connection: NATSConnection

    init?(_ message: NATSConnection.Message, connection: NATSConnection) {
        // $JS.ACK.STREAM.CONSUMER.DELIVERIES..., with DOMAIN.ACCOUNT before STREAM from version 2 on (ADR-15).
        let parts = message.reply.split(separator: ".")
        guard parts.count >= 9, parts[0] == "$JS", parts[1] == "ACK",
            let deliveries = Int(parts[parts.count >= 11 ? 6 : 4])
        else { return nil }
        (data, self.deliveries, reply, self.connection) = (message.data, deliveries, message.reply, connection)
    }

    /// It is done with. Nobody waits for the server to know: if this word is lost, it is delivered again, which does no harm.
    func acknowledge() { connection.publish(reply, Array("+ACK".utf8)) }

    /// It is being worked on: the time until it is delivered again begins anew.
    func keep() { connection.publish(reply, Array("+WPI".utf8)) }

    /// Others shall have it, after `seconds`.
    func giveBack(after seconds: Double) {
        let word = seconds > 0 ? "-NAK {\"delay\": \(Int(seconds * 1e9))}" : "-NAK"
        connection.publish(reply, Array(word.utf8))
    }
}
