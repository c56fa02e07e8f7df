import SpikeSignals

/// Asks for messages that workers share, one at a time, and so early that the answer comes while something else is done.
///
/// ```
/// ask() ─► server                     one question is open at a time; asked again only when it was answered,
///   ... store a result ...            or when no answer is to be expected any more
/// take() ◄─ message, nothing or silence
/// ```
/// A message that comes too late for its question is a message all the same: nobody else has it.
final class PullFeed {
    /// How much longer than the server waits we wait for its word, in nanoseconds.
    private static let grace: Int64 = 1_000_000_000

    private let stream: JetStream
    private let question: String
    private let place: String
    private let answers: NATSSubscription
    private var number: UInt64 = 0
    private var deadline: Int64?
    private var askedAt: Int64 = 0

    /// Asks `consumer` of the stream called `name`.
    init(_ stream: JetStream, _ consumer: String, of name: String) throws(SpikelineError) {
        self.stream = stream
        question = "$JS.API.CONSUMER.MSG.NEXT.\(name).\(consumer)"
        place = "_INBOX.spikeline\(String(UInt64.random(in: .min ... .max), radix: 36))"
        answers = try stream.connection.subscribe(place + ".*")
    }

    /// Asks for a message and does not wait, unless a question is open.
    ///
    /// - Parameter seconds: how long the server may wait for one, more than 0.
    func ask(seconds: Double) {
        guard deadline == nil else { return }
        number &+= 1
        let wait = Int64(seconds * 1e9)
        let body = "{\"batch\": 1, \"expires\": \(wait)}"
        stream.connection.publish(question, Array(body.utf8), reply: "\(place).\(number)")
        askedAt = MonotonicClock.nanoseconds()
        deadline = askedAt + wait + PullFeed.grace
    }

    /// Waits for the answer to the open question.
    ///
    /// - Throws: if the server does not permit us to ask.
    func take() throws(SpikelineError) -> JetStream.Pulled {
        while let end = deadline {
            // What has come is taken even if nobody has looked for longer than an answer could take.
            let left = max((end - MonotonicClock.nanoseconds()) / 1_000_000, 0)
            guard let answer = answers.next(milliseconds: max(left, 1)) else {
                if left > 0 { continue }
                break
            }
            guard answer.status != nil else {
                // It bears the subject of its stream and does not say which question it answers.
                guard let delivered = Delivered(answer, connection: stream.connection) else { continue }
                deadline = nil
                return .message(delivered)
            }
            guard answer.subject == "\(place).\(number)" else { continue }
            deadline = nil
            // 503: nobody is there to answer; the server is up and JetStream is not.
            return answer.status == "503" ? .silence : .nothing
        }
        deadline = nil
        try stream.connection.expectPermission(question)
        return .silence
    }

    /// Seconds since the last question.
    var age: Double { Double(MonotonicClock.nanoseconds() - askedAt) / 1e9 }

    /// Gives `delivered`, which the last question brought, to others, if the server has not done so: it waits for an answer for
    /// `answerSeconds` and then delivers it again, and what is given back later would be taken from whoever works on it.
    func giveBack(_ delivered: Delivered, answerSeconds: Double) {
        if age < answerSeconds { delivered.giveBack(after: 0) }
    }

    /// Gives back what the open question brings, as ``giveBack(_:answerSeconds:)`` does.
    func close(answerSeconds: Double) {
        guard deadline != nil, case .message(let delivered)? = try? take() else { return }
        giveBack(delivered, answerSeconds: answerSeconds)
    }
}
