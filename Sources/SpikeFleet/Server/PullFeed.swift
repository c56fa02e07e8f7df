import SpikeSignals
import Synchronization

/// Asks for messages that workers share, and so early that the answer comes while something else is done.
///
/// ```
/// ask() ─► server                     one question is open at a time; asked again only when all that it asked for has
///   ... do something else ...         come, or when no answer is to be expected any more
/// take() ◄─ message, nothing or silence
/// ```
/// A message that comes too late for its question is a message all the same: nobody else has it.
final class PullFeed: Sendable {
    /// How much longer than the server waits we wait for its word, in nanoseconds.
    private static let grace: Int64 = 1_000_000_000

    private struct Question {
        var number: UInt64 = 0
        /// How many messages may still come in answer.
        var open = 0
        var askedAt: Int64 = 0
        /// When the server gives up.
        var expiry: Int64 = 0
    }

    private let stream: JetStream
    private let subject: String
    private let place: String
    private let answers: NATSSubscription
    private let question = Mutex(Question())

    /// Asks `consumer` of the stream called `name`.
    init(_ stream: JetStream, _ consumer: String, of name: String) throws(SpikelineError) {
        self.stream = stream
        subject = "$JS.API.CONSUMER.MSG.NEXT.\(name).\(consumer)"
        place = "_INBOX.spikeline\(String(UInt64.random(in: .min ... .max), radix: 36))"
        answers = try stream.connection.subscribe(place + ".*")
    }

    /// Asks for messages and does not wait, unless a question is open.
    ///
    /// - Parameters:
    ///   - seconds: how long the server may wait for them, more than 0.
    ///   - count: how many messages may come, 1 or more.
    func ask(seconds: Double, count: Int) {
        let number: UInt64? = question.withLock { question in
            guard question.open == 0 else { return nil }
            question.number &+= 1
            question.open = count
            question.askedAt = MonotonicClock.nanoseconds()
            question.expiry = question.askedAt + Int64(seconds * 1e9)
            return question.number
        }
        guard let number else { return }
        let body = "{\"batch\": \(count), \"expires\": \(Int64(seconds * 1e9))}"
        stream.connection.publish(subject, Array(body.utf8), reply: "\(place).\(number)")
    }

    /// Waits for the answer to the open question.
    ///
    /// - Throws: if the server does not permit us to ask.
    func take() throws(SpikelineError) -> JetStream.Pulled {
        while true {
            let now = question.withLock { $0 }
            if now.open == 0 { break }
            // What has come is taken even if nobody has looked for longer than an answer could take.
            let left = max((now.expiry + PullFeed.grace - MonotonicClock.nanoseconds()) / 1_000_000, 0)
            guard let answer = answers.next(milliseconds: left) else {
                if left > 0 { continue }
                break
            }
            if let pulled = read(answer) { return pulled }
        }
        question.withLock { $0.open = 0 }
        try stream.connection.expectPermission(subject)
        return .silence
    }

    /// What an answer says; nil if it says nothing about the open question.
    private func read(_ answer: NATSConnection.Message) -> JetStream.Pulled? {
        question.withLock { question in
            guard let status = answer.status else {
                // It bears the subject of its stream and does not say which question it answers.
                guard let delivered = Delivered(answer, connection: stream.connection) else { return nil }
                question.open = max(question.open - 1, 0)
                return .message(delivered)
            }
            guard answer.subject == "\(place).\(question.number)" else { return nil }
            question.open = 0
            // 503: nobody is there to answer; the server is up and JetStream is not. 409: the consumer cannot do it, or not now.
            return status == "503" || status == "409" ? .silence : .nothing
        }
    }

    /// Seconds since the latest question.
    var age: Double { Double(MonotonicClock.nanoseconds() - question.withLock { $0.askedAt }) / 1e9 }

    /// Gives what has come and was not taken to others, if the server has not done so: it waits for an answer for
    /// `answerSeconds` and then delivers it again, and what is given back later would be taken from whoever works on it.
    ///
    /// While a question waits at the server nothing is given back, as the server would give it to us again.
    func giveBack(answerSeconds: Double) {
        let isWaiting = question.withLock { $0.open > 0 && MonotonicClock.nanoseconds() < $0.expiry }
        if isWaiting { return }
        var waiting: [Delivered] = []
        while let answer = answers.next(milliseconds: 0) {
            if case .message(let delivered)? = read(answer) { waiting.append(delivered) }
        }
        giveBack(waiting, answerSeconds)
    }

    private func giveBack(_ waiting: [Delivered], _ answerSeconds: Double) {
        let askedAt = question.withLock { $0.askedAt }
        guard !waiting.isEmpty, Double(MonotonicClock.nanoseconds() - askedAt) / 1e9 < answerSeconds else { return }
        for delivered in waiting { delivered.giveBack(after: 0) }
        stream.connection.flush(seconds: 2)
    }

    /// Waits for what the open question still brings, and gives all that was not taken back, as ``giveBack(answerSeconds:)`` does.
    func close(answerSeconds: Double) {
        var waiting: [Delivered] = []
        while question.withLock({ $0.open }) > 0, case .message(let delivered)? = try? take() {
            waiting.append(delivered)
        }
        giveBack(waiting, answerSeconds)
        giveBack(answerSeconds: answerSeconds)
    }
}
