import SpikeSignals
import Testing

@testable import SpikePipeline

#if canImport(Glibc)
import Glibc
#endif

@Suite struct QueueOrderTests {
    @Test func dropsOldest() {
        var order = QueueOrder(capacity: 2, policy: .dropOldest)
        #expect(order.push(0) == .queued(next: 1))
        #expect(order.push(1) == .queued(next: 2))
        #expect(order.push(2) == .replacedOldest(next: 0))
        #expect(order.pop() == 1)
        #expect(order.push(0) == .queued(next: 3))
        #expect(order.push(3) == .replacedOldest(next: 2))
        order.recycle(1)
        #expect(order.pop() == 0)
        #expect(order.pop() == 3)
        #expect(order.pop() == nil)
    }

    @Test func dropsNewest() {
        var order = QueueOrder(capacity: 1, policy: .dropNewest)
        #expect(order.push(0) == .queued(next: 1))
        #expect(order.push(1) == .refused)
        #expect(order.pop() == 0)
        #expect(order.push(1) == .queued(next: 2))
    }

    @Test func blocks() {
        var order = QueueOrder(capacity: 1, policy: .block)
        #expect(order.push(0) == .queued(next: 1))
        #expect(order.push(1) == .mustWait)
        #expect(order.pop() == 0)
        order.recycle(0)
        #expect(order.push(1) == .queued(next: 0))
    }

    /// Whatever the order of events: no block is in two hands, none is lost, and the oldest leaves first.
    @Test(arguments: FullQueuePolicy.allCases) func blocksAreNeverShared(policy: FullQueuePolicy) {
        var random = SplitMix(state: 7)
        for capacity in 1...4 {
            var order = QueueOrder(capacity: capacity, policy: policy)
            var filling = 0
            var reading: Int?
            for _ in 0..<2_000 {
                if random.next() % 2 == 0 {
                    switch order.push(filling) {
                    case .queued(let next), .replacedOldest(let next): filling = next
                    case .refused, .mustWait: break
                    }
                } else if let block = reading {
                    order.recycle(block)
                    reading = nil
                } else {
                    reading = order.pop()
                }
                #expect(filling != reading)
                #expect((0..<(capacity + 2)).contains(filling))
            }
        }
    }
}

@Suite struct LiveInletTests {
    /// Lets the source run to its end before anything is taken, then takes everything.
    private func takeAll(policy: FullQueuePolicy) throws -> (first: [Int32], dropped: Int) {
        let monitor = Monitor()
        let inlet = LiveInlet(AnySource(ToyMicrophone(blocks: 10)), capacity: 3, policy: policy, monitor: monitor)
        try inlet.start()
        // 7 blocks of 10 are lost; then the source has ended.
        for _ in 0..<5_000 where inlet.counts.dropped < 70 { usleep(1_000) }
        var first: [Int32] = []
        for _ in 0..<5_000 {
            switch monitor.locked({ inlet.take() }) {
            case .block(let index, let batch):
                first.append((batch as? AudioBatch)?.samples.first ?? -1)
                inlet.recycle(index)
            case .nothing: usleep(1_000)
            case .end(let error):
                #expect(error == nil)
                return (first, inlet.counts.dropped)
            }
        }
        return (first, -1)
    }

    @Test func dropOldestKeepsThePresent() throws {
        let result = try takeAll(policy: .dropOldest)
        #expect(result.first == [70, 80, 90])
        #expect(result.dropped == 70)
    }

    @Test func dropNewestKeepsThePast() throws {
        let result = try takeAll(policy: .dropNewest)
        #expect(result.first == [0, 10, 20])
        #expect(result.dropped == 70)
    }
}

@Suite struct LivePipelineTests {
    let bench = Bench()

    private func text(_ options: String) -> String {
        """
        sources:
          ear: {type: live, \(options)}
        sinks:
          out: {type: keep, inputs: [ear]}
        """
    }

    private func graph(_ options: String, stop: StopSignal? = nil) throws -> PipelineGraph {
        let catalogue = liveCatalogue(bench, stop: stop)
        return try Pipeline.parse(text(options), path: "toy.yaml", catalogue: catalogue).makeGraph()
    }

    @Test func blockingLosesNothing() throws {
        let summary = try graph("blocks: 500, queue_blocks: 2, when_full: block").run()
        #expect(bench.now.samples["out"] == (0..<5_000).map { Int32($0) })
        #expect(summary.stages[0].counts.dropped == 0)
        #expect(summary.stages[0].counts.itemsOut == 5_000)
        #expect(summary.streamSeconds == 5)
    }

    @Test(arguments: ["drop_oldest", "drop_newest"]) func whatIsLostIsCounted(policy: String) throws {
        let summary = try graph("blocks: 20000, queue_blocks: 1, when_full: \(policy)").run()
        let counts = summary.stages[0].counts
        #expect(counts.itemsOut + counts.dropped == 200_000)
        let samples = bench.now.samples["out"] ?? []
        #expect(samples.count == counts.itemsOut)
        #expect(zip(samples, samples.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func failureKeepsWhatCameBefore() throws {
        let graph = try graph("blocks: 9, fails_at: 3, queue_blocks: 9, when_full: block")
        #expect(throws: SpikelineError("unplugged", at: "toy", cause: .lost)) { try graph.run() }
        #expect(bench.now.samples["out"]?.count == 30)
        #expect(bench.now.finished == ["out"])
    }

    @Test func stopEndsAPipelineThatWouldNotEnd() throws {
        let stop = StopSignal()
        let graph = try graph("blocks: 1000000000", stop: stop)
        let summary = try graph.run(stop: stop)
        #expect(summary.stages[0].counts.itemsOut == bench.now.samples["out"]?.count ?? 0)
        #expect(bench.now.finished == ["out"])
    }

    @Test func failureOfASinkStopsTheMicrophone() throws {
        let catalogue = liveCatalogue(bench)
        let text = text("blocks: 1000000000, when_full: block").replacing(
            "type: keep", with: "type: keep, fails_at: 100")
        let graph = try Pipeline.parse(text, path: "toy.yaml", catalogue: catalogue).makeGraph()
        #expect(throws: SpikelineError("the sink is full", at: "stage \"out\"")) { try graph.run() }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): random numbers that are the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
