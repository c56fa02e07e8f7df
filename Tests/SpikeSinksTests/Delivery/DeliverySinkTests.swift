import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// What becomes of records when the peer is there, away, slow or picky.
struct DeliverySinkTests {
    private let peer = ToyPeer()
    private let notices = Notices()

    private func sink(
        _ policy: WhenUnavailable, limit: Int = 1_000, flush: Double = 5, giveUp: Double = 30,
        queue: (any RecordQueue)? = nil
    ) throws -> DeliverySink {
        var options = DeliveryOptions()
        options.policy = policy
        options.limit = limit
        options.queueFile = queue == nil ? nil : "the outbox"
        options.patience = Courier.Patience(giveUpSeconds: giveUp, longestPauseSeconds: 0.1, flushSeconds: flush)
        return try DeliverySink(
            peer, options: options, queue: queue ?? MemoryQueue(limit: limit), notice: notices.notice)
    }

    private func count(_ name: String, of sink: DeliverySink) -> Int? {
        sink.counters.counts.first { $0.name == name }?.value
    }

    private func texts(_ range: ClosedRange<Int>) -> [String] { range.map(String.init) }

    @Test("A peer that is there gets everything in order, and a good-bye", arguments: WhenUnavailable.allCases)
    func there(policy: WhenUnavailable) throws {
        let sink = try sink(policy)
        for start in stride(from: 1, to: 100, by: 9) { try sink.consume(SampleRecords.batch(start..<start + 9)) }
        try sink.finish()
        try sink.finish()
        #expect(peer.got == texts(1...99))
        #expect(peer.isClosed)
        #expect(count("delivered", of: sink) == 99)
        #expect(count("waiting", of: sink) == 0)
        #expect(notices.all.isEmpty)
    }

    @Test("A slow peer does not slow the pipeline")
    func slow() throws {
        peer.change { $0.delay = 100 }
        let sink = try sink(.drop, flush: 0.3)
        let begin = MonotonicClock.nanoseconds()
        for number in 1...100 { try sink.consume(SampleRecords.batch([number])) }
        #expect(MonotonicClock.nanoseconds() - begin < 1_500_000_000)
        try sink.finish()
        let delivered = try #require(count("delivered", of: sink))
        #expect(count("dropped", of: sink) == 100 - delivered)
    }

    @Test("error: a peer that comes back in time has lost nothing")
    func comesBack() throws {
        peer.change { $0.isAway = true }
        let sink = try sink(.error)
        try sink.consume(SampleRecords.batch(1...5))
        #expect(Tool.wait { notices.all == ["toy: nobody is there; trying again for 30.0 s"] })
        peer.change { $0.isAway = false }
        try sink.consume(SampleRecords.batch([6]))
        try sink.finish()
        #expect(peer.got == texts(1...6))
        #expect(notices.all.last == "it goes on")
    }

    @Test("error: a peer that stays away is lost, and so is one that refuses us", arguments: [true, false])
    func lost(forGood: Bool) throws {
        peer.change { $0.isAway = true }
        peer.change { $0.isAwayForGood = forGood }
        let sink = try sink(.error, giveUp: forGood ? 1_000 : 0.2)
        try sink.consume(SampleRecords.batch([1]))
        var found: (text: String, cause: SpikelineError.Cause?) = ("no error", nil)
        #expect(
            Tool.wait {
                found = complaint { try sink.consume(RecordBatch()) }
                return found.cause != nil
            })
        #expect(found.text == "toy: nobody is there")
        #expect(found.cause == .lost)
        #expect(complaint { try sink.finish() }.cause == .lost)
    }

    @Test("error: what cannot be delivered before the end is a loss, and the end does not wait longer")
    func endless() throws {
        peer.change { $0.isAway = true }
        let sink = try sink(.error, flush: 0.3)
        try sink.consume(SampleRecords.batch(1...3))
        let begin = MonotonicClock.nanoseconds()
        let (text, cause) = complaint { try sink.finish() }
        #expect(
            text
                == "toy: nobody is there, so 3 records could not be delivered within 0.3 s. Raise \"flush_s\", or give \"when_unavailable: queue\""
        )
        #expect(cause == .lost)
        #expect(MonotonicClock.nanoseconds() - begin < 5_000_000_000)
    }

    @Test("error: records that come faster than they can go are an error and no growing memory")
    func overflow() throws {
        peer.change { $0.isAway = true }
        let sink = try sink(.error, limit: 10)
        let (text, cause) = complaint { for number in 1...12 { try sink.consume(SampleRecords.batch([number])) } }
        #expect(text.hasPrefix("the peer is slower than the records come: 10 wait already"))
        #expect(cause == .lost)
        _ = complaint { try sink.finish() }
    }

    @Test("drop: what comes while the peer is away is counted and gone")
    func dropped() throws {
        peer.change { $0.isAway = true }
        let sink = try sink(.drop)
        try sink.consume(SampleRecords.batch(1...5))
        #expect(Tool.wait { count("dropped", of: sink) == 5 })
        peer.change { $0.isAway = false }
        usleep(150_000)
        try sink.consume(SampleRecords.batch(6...7))
        try sink.finish()
        #expect(peer.got == ["6", "7"])
        #expect(count("waiting", of: sink) == 0)
    }

    @Test("queue: what could not be delivered is delivered by the next run, in order and with the same ids")
    func nextRun() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        peer.change { $0.isAway = true }
        var ids: [String] = []
        do {
            let outbox = try Outbox(path: folder + "/q", limit: 100)
            let sink = try sink(.queue, queue: outbox)
            try sink.consume(SampleRecords.batch(1...6))
            let begin = MonotonicClock.nanoseconds()
            try sink.finish()
            #expect(MonotonicClock.nanoseconds() - begin < 4_000_000_000)
            ids = try outbox.first(10).map(\.id)
        }
        #expect(notices.all.last == "6 records stay in the outbox and are delivered by the next run")
        peer.change { $0.isAway = false }
        let outbox = try Outbox(path: folder + "/q", limit: 100)
        #expect(try outbox.first(10).map(\.id) == ids)
        let sink = try sink(.queue, queue: outbox)
        try sink.consume(SampleRecords.batch(7...8))
        try sink.finish()
        #expect(peer.got == texts(1...8))
        #expect(outbox.count == 0)
    }

    @Test("A record that the peer will never take does not hold up the others, except with error")
    func refused() throws {
        peer.change { $0.refused = ["3"] }
        let sink = try sink(.drop)
        try sink.consume(SampleRecords.batch(1...6))
        try sink.finish()
        #expect(peer.got == ["1", "2", "4", "5", "6"])
        #expect(count("refused", of: sink) == 1)
        #expect(notices.all.count == 1)
        let strict = try self.sink(.error)
        try strict.consume(SampleRecords.batch([3]))
        let (text, cause) = complaint { try strict.finish() }
        #expect(text.hasPrefix("toy: record ") && text.hasSuffix("-1 is refused: not this one"))
        #expect(cause == .lost)
    }
}
