import SpikeSignals

/// Stores several messages at once: all are sent, then the server's words are gathered. That wakes the server, and us, once for all
/// of them and not for each.
final class StoreGroup {
    /// A message that is to be stored, the only one on its subject.
    struct Item {
        var data: [UInt8]
        var subject: String
        /// The id by which the server knows it again.
        var id: String
    }

    private let stream: JetStream
    private let place: String
    private let answers: NATSSubscription
    private var number: UInt64 = 0

    init(_ stream: JetStream) throws(SpikelineError) {
        self.stream = stream
        place = "_INBOX.spikeline\(String(UInt64.random(in: .min ... .max), radix: 36))"
        answers = try stream.connection.subscribe(place + ".*")
    }

    /// Stores `items`, of which each fits a message.
    ///
    /// - Parameter seconds: how long the server's words are waited for.
    /// - Returns: what became of each; nil if the server has not said that it has it. That one can be stored again with the same id.
    func store(_ items: [Item], seconds: Double = 5) -> [JetStream.Stored?] {
        let first = number
        number &+= UInt64(items.count)
        for (index, item) in items.enumerated() {
            stream.connection.publish(
                item.subject, item.data, reply: "\(place).\(first &+ UInt64(index))",
                headers: JetStream.headers(id: item.id, isOnly: true))
        }
        var found = [JetStream.Stored?](repeating: nil, count: items.count)
        var missing = Set(items.indices)
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while !missing.isEmpty {
            let left = (end - MonotonicClock.nanoseconds()) / 1_000_000
            guard left > 0, let answer = answers.next(milliseconds: left) else { break }
            // Words of earlier groups that came too late are not listened to.
            guard answer.subject.hasPrefix(place), let number = UInt64(answer.subject.dropFirst(place.utf8.count + 1)),
                let index = Int(exactly: number &- first), missing.remove(index) != nil
            else { continue }
            found[index] = try? stream.stored(answer, on: items[index].subject)
        }
        return found
    }
}
