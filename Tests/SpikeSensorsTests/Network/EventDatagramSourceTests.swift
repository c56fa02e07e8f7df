import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

/// Datagrams over the loopback interface.
@Suite struct EventDatagramSourceTests {
    private func source(
        _ layout: EventDatagramFormat = .t64X16Y16On8,
        _ change: (inout EventDatagramSource.Parameters) -> Void = { _ in }
    ) throws -> EventDatagramSource {
        var parameters = EventDatagramSource.Parameters()
        parameters.layout = layout
        parameters.size = SensorSize(columns: 128, rows: 128)
        change(&parameters)
        return try EventDatagramSource(
            SocketAddress.resolve("127.0.0.1:0", option: "listen")[0], parameters: parameters)
    }

    private func event(_ time: Int64) -> [UInt8] { DatagramBytes.t64(SeenEvent(time: time, x: 1, y: 2, isOn: true)) }

    @Test(arguments: [
        (EventDatagramFormat.t64X16Y16On8, "faery_t64_x16_y16_on8.bin"), (.t32X16Y15On1, "faery_t32_x16_y15_on1.bin"),
        (.spif, "aestream_1.bin"),
    ]) func receivesWhatOthersSend(layout: EventDatagramFormat, file: String) throws {
        let source = try source(layout)
        let peer = try Peer(datagramsTo: source.port)
        let datagrams = try Recorded.datagrams(file)
        for datagram in datagrams { peer.send(datagram) }
        // What may follow the 250 events is aestream's memory; see the README of the fixtures.
        #expect(try Array(source.collect(250).prefix(250)) == Recorded.events())
        #expect(source.counted("datagrams") == datagrams.count)
    }

    @Test func putsSeveralDatagramsIntoABatch() throws {
        let source = try source { $0.maxLatencyMs = 200 }
        let peer = try Peer(datagramsTo: source.port)
        for time in 0..<50 { peer.send(event(Int64(time))) }
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        #expect(batch.seen.map(\.time) == Array(0..<50))
        #expect(batch.width == 128)
    }

    @Test func goesOnInTheNextBatchWhereOneIsFull() throws {
        let source = try source(.t32X16Y15On1) { $0.maxLatencyMs = 1_000 }
        let peer = try Peer(datagramsTo: source.port)
        let total = EventBatch.capacity + 5_000
        for start in stride(from: 0, to: total, by: 7_000) {
            peer.send(
                (start..<min(start + 7_000, total)).flatMap {
                    DatagramBytes.t32(SeenEvent(time: Int64($0), x: 1, y: 1, isOn: false))
                })
        }
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        #expect(batch.count == EventBatch.capacity)
        let rest = try source.collect(5_000)
        #expect(rest.map(\.time) == Array(Int64(EventBatch.capacity)..<Int64(total)))
        #expect(source.counted("events_out_of_order") == 0)
    }

    @Test func movesTimeOnWhileNothingComes() throws {
        let source = try source()
        let batch = EventBatch()
        var upTo: [StreamTime] = []
        let begin = MonotonicClock.nanoseconds()
        for _ in 0..<5 {
            batch.removeAll()
            #expect(try source.read(into: batch))
            #expect(batch.count == 0)
            upTo.append(batch.upTo)
        }
        let elapsed = MonotonicClock.nanoseconds() - begin
        #expect(zip(upTo, upTo.dropFirst()).allSatisfy { $0 < $1 })
        #expect(upTo[4].nanoseconds >= 49_000_000 && upTo[4].nanoseconds <= elapsed)
    }

    @Test func keepsThePromiseOfCompletenessAndCountsWhatIsLate() throws {
        let source = try source { $0.quietLagMs = 0 }
        let peer = try Peer(datagramsTo: source.port)
        peer.send(event(1_000_000))
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        #expect(batch.count == 1)
        usleep(60_000)
        batch.removeAll()
        #expect(try source.read(into: batch))
        let promised = batch.upTo
        // One millisecond after the first for the sensor, 60 for us.
        peer.send(event(1_001_000) + event(1_500_000))
        let events = try source.collect(1)
        #expect(events.map(\.time) == [1_500_000])
        #expect(source.counted("events_out_of_order") == 1)
        #expect(promised.nanoseconds >= 60_000_000)
    }

    @Test func goesOnWhereASensorsClockBeginsAnew() throws {
        let source = try source()
        let peer = try Peer(datagramsTo: source.port)
        peer.send(event(50_000_000) + event(50_000_100) + event(7) + event(107))
        let (first, second) = (EventBatch(), EventBatch())
        #expect(try source.read(into: first))
        #expect(first.seen.map(\.time) == [50_000_000, 50_000_100])
        #expect(try source.read(into: second))
        #expect(second.seen.map(\.time) == [7, 107])
        #expect(second.streamTime(of: second[0]) >= first.streamTime(of: first[1]))
        #expect(source.counted("clock_jumps") == 1)
        let faults = source.faults.take()
        #expect(faults.map(\.kind) == [.clockJump] && faults.map(\.state) == [.passed])
        #expect(faults[0].place == "127.0.0.1:0: time of the sensor, by -50.000 s")
    }

    @Test func tellsOfSilenceAndItsEnd() throws {
        let source = try source { $0.stalledAfterMs = 150 }
        #expect(try source.collect(1, seconds: 0.3).isEmpty)
        #expect(source.faults.take().isEmpty)
        let peer = try Peer(datagramsTo: source.port)
        peer.send(event(10))
        let onset = try source.faultsToCome()
        #expect(onset.map(\.kind) == [.stalled] && onset.map(\.state) == [.onset])
        peer.send(event(20))
        let clear = try source.faultsToCome()
        #expect(clear.map(\.kind) == [.stalled] && clear.map(\.state) == [.clear])
        #expect(clear[0].lostMilliseconds ?? 0 >= 150)
    }

    @Test func givesEventsWithoutTimeThatOfTheirArrival() throws {
        let source = try source(.spif)
        let peer = try Peer(datagramsTo: source.port)
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        peer.send(DatagramBytes.spif(SeenEvent(time: 0, x: 3, y: 4, isOn: true), hasTime: false))
        usleep(2_000)
        let before = batch.upTo
        batch.removeAll()
        #expect(try source.read(into: batch))
        #expect(batch.count == 1)
        #expect(batch.streamTime(of: batch[0]) >= before)
        #expect(batch.streamTime(of: batch[0]) <= batch.upTo)
    }

    /// The kernel's smallest buffer holds few datagrams; what does not fit is lost there and counted exactly.
    @Test func countsWhatTheKernelLost() throws {
        let source = try source { $0.receiveBufferBytes = 4_096 }
        let peer = try Peer(datagramsTo: source.port)
        for time in 0..<500 { peer.send(event(Int64(time))) }
        var seen = try source.collect(500, seconds: 0.2).count
        #expect(seen < 500)
        // The number comes with the next datagram that gets through.
        peer.send(event(1_000_000))
        seen += try source.collect(1).count
        #expect(source.counted("datagrams_lost_in_kernel") == 501 - seen)
        let faults = source.faults.take()
        #expect(faults.map(\.kind) == [.xrun] && faults.map(\.state) == [.passed])
        #expect(faults[0].place.hasPrefix("127.0.0.1:0: datagram thrown away by the kernel"))
    }

    @Test func countsMalformedDatagramsAndGoesOn() throws {
        let source = try source()
        let peer = try Peer(datagramsTo: source.port)
        peer.sendNothing()
        peer.send([1, 2, 3])
        peer.send(event(10) + [0])
        peer.send(event(20))
        #expect(try source.collect(2).map(\.time) == [10, 20])
        #expect(try source.reads(until: "malformed_datagrams", is: 3))
        #expect(source.faults.take().first?.place.hasPrefix("127.0.0.1:0: malformed datagram") == true)
    }

    @Test func handsOnInTimeAlsoUnderAFloodOfNonsense() throws {
        let source = try source { $0.maxLatencyMs = 20 }
        let stop = Flag()
        let port = source.port
        inThread {
            guard let peer = try? Peer(datagramsTo: port) else { return }
            while !stop.isSet { peer.send([0xFF]) }
        }
        defer { stop.set() }
        let batch = EventBatch()
        let begin = MonotonicClock.nanoseconds()
        for _ in 0..<10 { #expect(try source.read(into: batch)) }
        #expect(MonotonicClock.nanoseconds() - begin < 3_000_000_000)
        #expect(source.counted("malformed_datagrams") ?? 0 > 0)
        // The flood does not reach the sinks.
        #expect((1...4).contains(source.faults.take().count))
    }

    @Test func saysThatAPortIsInUse() throws {
        let first = try source()
        #expect {
            try EventDatagramSource(SocketAddress.resolve("127.0.0.1:\(first.port)", option: "listen")[0])
        } throws: {
            "\($0)" == "127.0.0.1:\(first.port): the address is in use by another program. "
                + "End that program, or choose another port"
        }
    }

    @Test func tellsWhenTheBufferIsSmallerThanWished() throws {
        let notices = Notices()
        var parameters = EventDatagramSource.Parameters()
        parameters.receiveBufferBytes = 1 << 30
        let address = try SocketAddress.resolve("0.0.0.0:0", option: "listen")[0]
        let source = try EventDatagramSource(address, parameters: parameters, notice: notices.notice)
        // With the capability to go beyond the system's limit, it is granted.
        if source.receiveBufferBytes < 1 << 30 {
            #expect(notices.all.first?.hasPrefix("the system grants a receive buffer of ") == true)
        }
        #expect(notices.all.last == "0.0.0.0:0 can be reached from other machines, and nothing is checked")
    }
}
