import SpikePipeline
import SpikeSignals
import SpikeTestSupport
import Synchronization
import Testing

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

/// Live sources in a pipeline: what a slow consumer loses, how a run ends, what options are refused.
@Suite struct LivePipelineTests {
    /// Counts events; does not go on before it may.
    private final class GatedSink: Sink, Sendable {
        struct Seen {
            var events = 0
            var upTo = StreamTime.zero
            var mayPass = false
        }
        let seen: Mutex<Seen>
        init(isOpen: Bool) { seen = Mutex(Seen(mayPass: isOpen)) }

        func consume(_ input: EventBatch) throws(SpikelineError) {
            while !seen.withLock({ $0.mayPass }) { usleep(1_000) }
            let (count, upTo) = (input.count, input.upTo)
            seen.withLock {
                $0.events += count
                $0.upTo = upTo
            }
        }
    }

    private func graph(
        _ source: String, _ sink: GatedSink, type: StageDescriptor
    ) throws -> PipelineGraph {
        let gate = StageDescriptor(
            type: "gate", role: .sink, input: .events, summary: "Waits.", options: [],
            make: { (_, _) throws(SpikelineError) in .sink(AnySink(sink)) })
        let text = "sources:\n  camera: \(source)\nsinks:\n  out: {type: gate, inputs: [camera]}\n"
        return try Pipeline.parse(text, path: "test.yaml", catalogue: Catalogue([type, gate])).makeGraph()
    }

    /// A free port, which another program might take meanwhile; so small a chance is taken.
    private func freePort() throws -> Int { try Server().port }

    @Test(arguments: ["drop_oldest", "drop_newest"]) func losesByPolicyAndCountsExactly(policy: String) throws {
        let port = try freePort()
        let sink = GatedSink(isOpen: false)
        let graph = try graph(
            "{type: event_udp, listen: \"127.0.0.1:\(port)\", layout: t64_x16_y16_on8, max_latency_ms: 1, "
                + "queue_blocks: 2, when_full: \(policy)}", sink, type: EventDatagramSource.descriptor)
        let stop = StopSignal()
        let total = 300
        inThread {
            guard let peer = try? Peer(datagramsTo: port) else { return }
            for time in 0..<total {
                peer.send(DatagramBytes.t64(SeenEvent(time: Int64(1_000 * time), x: 1, y: 1, isOn: true)))
                usleep(1_000)
            }
            usleep(200_000)
            sink.seen.withLock { $0.mayPass = true }
            usleep(200_000)
            stop.request()
        }
        let summary = try graph.run(stop: stop)
        let counts = summary.stages[0].counts
        #expect(counts.dropped > 0)
        #expect(counts.itemsOut + counts.dropped == total)
        #expect(sink.seen.withLock { $0.events } == counts.itemsOut)
        #expect(summary.stages[0].counters.first { $0.name == "datagrams" }?.value == total)
        #expect(summary.jsonValue.text.contains("\"counters\": {\"datagrams\": 300, \"malformed_datagrams\": 0, "))
    }

    @Test func losesNothingWhereTheSenderWaits() throws {
        let port = try freePort()
        let sink = GatedSink(isOpen: true)
        let graph = try graph(
            "{type: event_tcp, listen: \"127.0.0.1:\(port)\", when_closed: end, queue_blocks: 1, when_full: block}",
            sink, type: EventStreamSource.socketDescriptor)
        inThread {
            guard let peer = try? Peer(connectingTo: "127.0.0.1:\(port)") else { return }
            peer.send(Array("t,x,y,p\n".utf8))
            for time in 0..<100_000 where time % 1_000 == 0 {
                peer.send((time..<(time + 1_000)).flatMap { Array("\($0),1,2,1\n".utf8) })
            }
        }
        let summary = try graph.run()
        #expect(summary.stages[0].counts.dropped == 0)
        #expect(sink.seen.withLock { $0.events } == 100_000)
    }

    @Test(arguments: ["udp", "tcp listen", "tcp connect", "stream"]) func stopsWithinASecondWhileNothingComes(
        kind: String
    ) throws {
        let port = try freePort()
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let (text, type): (String, StageDescriptor)
        switch kind {
        case "udp": (text, type) = ("{type: event_udp, listen: \":\(port)\"}", EventDatagramSource.descriptor)
        case "tcp listen":
            (text, type) = ("{type: event_tcp, listen: \":\(port)\"}", EventStreamSource.socketDescriptor)
        case "tcp connect":
            (text, type) = ("{type: event_tcp, connect: \":\(port)\"}", EventStreamSource.socketDescriptor)
        default:
            #expect(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
            (text, type) = ("{type: event_stream, path: \(folder)/pipe}", EventStreamSource.pipeDescriptor)
        }
        let sink = GatedSink(isOpen: true)
        let graph = try graph(text, sink, type: type)
        let stop = StopSignal()
        let asked = Mutex<Int64>(0)
        inThread {
            usleep(300_000)
            asked.withLock { $0 = MonotonicClock.nanoseconds() }
            stop.request()
        }
        _ = try graph.run(stop: stop)
        #expect(MonotonicClock.nanoseconds() - asked.withLock { $0 } < 1_000_000_000)
        // Time went on all the while, with empty batches.
        #expect(sink.seen.withLock { $0.upTo.seconds } > 0.1)
    }

    @Test(arguments: ["event_udp", "event_tcp"]) func refusesAPortInUseWithCode2(type: String) throws {
        let address = try SocketAddress.resolve("127.0.0.1:0", option: "listen")[0]
        let held = try SocketHandle(type == "event_udp" ? SOCK_DGRAM : SOCK_STREAM, for: address)
        try held.bind(to: address)
        listen(held.descriptor, 1)
        let descriptor = type == "event_udp" ? EventDatagramSource.descriptor : EventStreamSource.socketDescriptor
        let text = "127.0.0.1:\(held.port)"
        #expect {
            try graph("{type: \(type), listen: \"\(text)\"}", GatedSink(isOpen: true), type: descriptor)
        } throws: { error in
            (error as? PipelineErrors)?.cause.rawValue == 2
                && "\(error)".contains(
                    "\(text): the address is in use by another program. End that program, or choose another port")
        }
    }

    @Test func losesAPeerForGoodWithCode3() throws {
        let port = try freePort()
        let graph = try graph(
            "{type: event_tcp, connect: \"127.0.0.1:\(port)\", give_up_after_s: 0.3}", GatedSink(isOpen: true),
            type: EventStreamSource.socketDescriptor)
        #expect {
            try graph.run()
        } throws: {
            ($0 as? SpikelineError)?.cause.rawValue == 3
        }
    }

    @Test(arguments: [
        ("event_udp", "listen: nowhere", "\"listen\" expects host:port, found \"nowhere\""),
        ("event_udp", "listen: \"unix:/tmp/a\"", "\"listen\" expects host:port, found \"unix:/tmp/a\""),
        ("event_udp", "width: 3", "expected \"width\" and \"height\" or neither, found one"),
        ("event_udp", "chip: dvs128", "\"chip\" is for layout jaer, but the layout is spif"),
        (
            "event_udp", "layout: jaer, chip: davis346, address_bits: \"16\"",
            "addresses of 16 bits are understood of a dvs128 only, found chip davis346"
        ), ("event_udp", "layout: spiff", "\"layout\" expects one of spif, jaer"),
        ("event_tcp", "format: evt3", "expected either \"connect\" or \"listen\", found both or neither"),
        ("event_tcp", "connect: \"a:1\", listen: \"b:2\"", "expected either \"connect\" or \"listen\""),
        ("event_tcp", "listen: \":1\", format: hdf5", "\"format\" expects one of evt2"),
        ("event_stream", "path: /no/such", "there is no such file"),
        ("event_stream", "max_latency_ms: 0", "\"max_latency_ms\" expects a whole number from 1 to 1000"),
    ]) func refusesOptionsThatMakeNoSense(type: String, options: String, complaint: String) throws {
        let descriptors = [
            EventDatagramSource.descriptor, EventStreamSource.socketDescriptor, EventStreamSource.pipeDescriptor,
        ]
        let descriptor = try #require(descriptors.first { $0.type == type })
        #expect {
            try graph("{type: \(type), \(options)}", GatedSink(isOpen: true), type: descriptor)
        } throws: { error in
            "\(error)".contains(complaint) && (error as? PipelineErrors)?.cause == .input
        }
    }
}
