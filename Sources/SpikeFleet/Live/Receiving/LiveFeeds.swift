import SpikeSignals

/// Reads many subjects of a stream at once, each in order from a place of its own, over one subscription.
///
/// ```
/// server: a consumer for each subject, which is forgotten when nobody asks ──┐ answers to PLACE.TOKEN
/// here:   "give me up to 256 within 2 s", again and again             ◄──────┘
/// ```
/// Consumers are pulled, so no more comes than was asked for; nothing is acknowledged, as who reads knows how far it has
/// come. A consumer that is gone, silent or has left something out is made anew behind the last message that came.
final class LiveFeeds {
    /// How many messages are asked for at once, and for how long the server may look for them, in nanoseconds.
    private static let batch = 256
    private static let expires: Int64 = 2_000_000_000

    /// What came.
    struct Arrival {
        var subject: String
        var sequence: UInt64
        var data: [UInt8]
    }

    private struct Feed {
        var stream: String
        var subject: String
        /// The last number that came.
        var last: UInt64
        /// The consumer; empty before there is one.
        var consumer = ""
        /// How many messages the consumer has given.
        var given: UInt64 = 0
        var asked = 0
        var token: UInt64 = 0
        var heardAt: Int64 = 0
    }

    private let stream: JetStream
    private let place: String
    private let answers: NATSSubscription
    private var feeds: [String: Feed] = [:]
    private var tokens: [UInt64: String] = [:]
    private var nextToken: UInt64 = 1
    private var lookAt: Int64 = 0
    /// When everything that had come was last taken: silence before that may lie in the subscription.
    private var drainedAt: Int64 = 0

    /// Reads over `stream`'s connection.
    init(_ stream: JetStream) throws(SpikelineError) {
        self.stream = stream
        place = "_INBOX.spikeline\(String(UInt64.random(in: .min ... .max), radix: 36))"
        answers = try stream.connection.subscribe(place + ".*")
    }

    /// Begins with what comes on `subject` of the stream called `name` behind number `last`.
    func open(_ subject: String, of name: String, after last: UInt64) {
        close(subject)
        feeds[subject] = Feed(stream: name, subject: subject, last: last)
        lookAt = 0
    }

    /// Reads `subject` no more.
    func close(_ subject: String) {
        if let feed = feeds.removeValue(forKey: subject) { tokens[feed.token] = nil }
    }

    /// The next message of any subject, waited for at most so long.
    func next(milliseconds: Int64) throws(SpikelineError) -> Arrival? {
        let end = MonotonicClock.nanoseconds() + milliseconds * 1_000_000
        while true {
            let now = MonotonicClock.nanoseconds()
            if now >= lookAt { try look(now) }
            let left = max((end - now) / 1_000_000, 0)
            guard let message = answers.next(milliseconds: min(left, 100)) else {
                drainedAt = MonotonicClock.nanoseconds()
                if now >= end { return nil }
                continue
            }
            if let arrival = take(message, now) { return arrival }
        }
    }

    /// Asks where nothing has been asked, and begins anew where an answer is overdue.
    private func look(_ now: Int64) throws(SpikelineError) {
        lookAt = now + 200_000_000
        for subject in feeds.keys {
            guard var feed = feeds[subject] else { continue }
            if feed.consumer.isEmpty || drainedAt - feed.heardAt > LiveFeeds.expires + 1_500_000_000 {
                try begin(&feed)
            } else if feed.asked <= 0 {
                ask(&feed)
            }
            feeds[subject] = feed
        }
    }

    private func begin(_ feed: inout Feed) throws(SpikelineError) {
        tokens[feed.token] = nil
        let body = JSONValue.object([
            ("stream_name", .string(feed.stream)),
            (
                "config",
                .object([
                    ("deliver_policy", .string("by_start_sequence")), ("opt_start_seq", .integer(Int(feed.last + 1))),
                    ("ack_policy", .string("none")), ("filter_subject", .string(feed.subject)),
                    ("replay_policy", .string("instant")), ("mem_storage", .bool(true)), ("num_replicas", .integer(1)),
                    ("inactive_threshold", .integer(60_000_000_000)),
                ])
            ),
        ])
        let answer = try stream.ask("CONSUMER.CREATE.\(feed.stream)", body)
        guard let name = answer?["name"]?.stringValue, Fleet.isSimple(name, longest: 128) else {
            throw SpikelineError("the server makes a consumer without a name", at: stream.place, cause: .lost)
        }
        (feed.consumer, feed.given) = (name, 0)
        feed.heardAt = MonotonicClock.nanoseconds()
        ask(&feed)
    }

    private func ask(_ feed: inout Feed) {
        tokens[feed.token] = nil
        feed.token = nextToken
        nextToken += 1
        tokens[feed.token] = feed.subject
        feed.asked = LiveFeeds.batch
        let body = "{\"batch\": \(LiveFeeds.batch), \"expires\": \(LiveFeeds.expires)}"
        stream.connection.publish(
            "$JS.API.CONSUMER.MSG.NEXT.\(feed.stream).\(feed.consumer)", Array(body.utf8),
            reply: "\(place).\(feed.token)")
    }

    /// Takes what came on the subscription; nil if that is no message or one that came before.
    private func take(_ message: NATSConnection.Message, _ now: Int64) -> Arrival? {
        if message.subject.hasPrefix(place) {
            guard let token = message.subject.split(separator: ".").last.flatMap({ UInt64($0) }),
                let subject = tokens[token], var feed = feeds[subject]
            else { return nil }
            feed.heardAt = now
            switch message.status {
            // Nothing came in time, or nothing is left: it is asked again.
            case "404", "408": feed.asked = 0
            // Nobody answers, or the consumer is gone.
            default: (feed.consumer, feed.asked) = ("", 0)
            }
            feeds[subject] = feed
            lookAt = feed.consumer.isEmpty ? max(lookAt, now + 100_000_000) : 0
            return nil
        }
        guard var feed = feeds[message.subject], let place = Delivered.place(in: message.reply),
            place.consumer == feed.consumer, place.sequence > feed.last
        else { return nil }
        guard place.number == feed.given + 1 else {
            // Something was lost on the way: from the last that came on, anew.
            (feed.consumer, feed.asked) = ("", 0)
            feeds[message.subject] = feed
            lookAt = 0
            return nil
        }
        feed.given = place.number
        feed.last = place.sequence
        feed.asked -= 1
        feed.heardAt = now
        if feed.asked == 0 { ask(&feed) }
        feeds[message.subject] = feed
        return Arrival(subject: message.subject, sequence: place.sequence, data: message.data)
    }
}

extension Delivered {
    /// Where a message stands, from the subject of its acknowledgement: its consumer, its number in the stream, and among
    /// those that the consumer has given.
    static func place(in reply: String) -> (consumer: String, sequence: UInt64, number: UInt64)? {
        // $JS.ACK.STREAM.CONSUMER.DELIVERIES.SEQUENCE.NUMBER.TIME.PENDING, or with DOMAIN.ACCOUNT before STREAM (ADR-15).
        let parts = reply.split(separator: ".")
        let shift = parts.count >= 11 ? 2 : 0
        guard parts.count >= 9, parts[0] == "$JS", parts[1] == "ACK", let sequence = UInt64(parts[5 + shift]),
            let number = UInt64(parts[6 + shift]), sequence < 1 << 62, number < 1 << 62
        else { return nil }
        return (String(parts[3 + shift]), sequence, number)
    }
}
