import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

/// Streams over the loopback interface.
@Suite struct EventStreamSourceTests {
    /// A source that waits for senders at a free port of this machine.
    private func listening(
        canReopen: Bool = true, stalledAfterMs: Int = 5_000, notices: Notices = Notices()
    ) throws -> (EventStreamSource, String) {
        let link = try ListeningLink(
            SocketAddress.resolve("127.0.0.1:0", option: "listen")[0], canReopen: canReopen, notice: notices.notice)
        var parameters = EventStreamSource.Parameters()
        parameters.stalledAfterMs = stalledAfterMs
        return (
            EventStreamSource(link, parameters: parameters, notice: notices.notice), "127.0.0.1:\(link.port)"
        )
    }

    private func connecting(to server: Server, canReopen: Bool = true, giveUp: Double? = nil) throws
        -> EventStreamSource
    {
        let addresses = try SocketAddress.resolve("127.0.0.1:\(server.port)", option: "connect")
        return EventStreamSource(ConnectingLink(addresses, canReopen: canReopen, giveUpSeconds: giveUp))
    }

    /// The events of ``Recorded`` in a format, as the writer of recordings makes it.
    private func file(_ format: EventFileFormat) throws -> [UInt8] {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let batch = EventBatch()
        (batch.width, batch.height) = (128, 128)
        for event in try Recorded.events() {
            #expect(batch.append(time: event.time, x: UInt16(event.x), y: UInt16(event.y), isOn: event.isOn))
        }
        let sink = EventFileSink(path: folder + "/events", options: EventFileWriter.Options(format: format))
        try sink.consume(batch)
        try sink.finish()
        return try EventInput(path: folder + "/events").all()
    }

    @Test(arguments: EventFileWriter.formats) func readsEveryFormat(format: EventFileFormat) throws {
        let (source, address) = try listening(canReopen: false)
        let peer = try Peer(connectingTo: address)
        try peer.send(file(format))
        peer.leave()
        #expect(try source.collect(.max) == Recorded.events())
        #expect(source.counted("damaged_places") == 0)
        #expect(source.counted("refused_streams") == 0)
    }

    @Test func readsWhatDVProcessingSends() throws {
        let server = try Server()
        let source = try connecting(to: server, canReopen: false)
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        let peer = try server.next()
        try peer.send(Recorded.bytes("dv_network.bin"))
        peer.leave()
        #expect(try source.collect(.max) == Recorded.events())
    }

    /// A header and its events that come byte by byte are the same as in one piece.
    @Test(arguments: [EventFileFormat.evt3, .aedat4, .es, .csv]) func readsATrickle(format: EventFileFormat) throws {
        let (source, address) = try listening(canReopen: false)
        let bytes = try file(format)
        inThread {
            guard let peer = try? Peer(connectingTo: address) else { return }
            for start in stride(from: 0, to: bytes.count, by: 13) {
                peer.send(Array(bytes[start..<min(start + 13, bytes.count)]))
                usleep(500)
            }
        }
        #expect(try source.collect(.max) == Recorded.events())
    }

    @Test func handsEventsOnBeforeTheStreamEnds() throws {
        let (source, address) = try listening()
        let peer = try Peer(connectingTo: address)
        let bytes = try file(.dat)
        peer.send(Array(bytes.dropLast(80 + 3)))
        #expect(try source.collect(239).count == 239)
        peer.send(Array(bytes.suffix(80 + 3)))
        #expect(try source.collect(11).count == 11)
    }

    @Test func keepsWhatCameBeforeAHalfClosedConnectionCutAnEvent() throws {
        let (source, address) = try listening()
        let peer = try Peer(connectingTo: address)
        try peer.send(Array(file(.dat).dropLast(3)))
        peer.halfClose()
        #expect(try source.collect(249).count == 249)
        #expect(try source.reads(until: "damaged_places", is: 1))
        // The next sender is heard although the first still holds its end.
        let next = try Peer(connectingTo: address)
        try next.send(file(.evt3))
        #expect(try source.collect(250).count == 250)
        #expect(source.counted("connections") == 2)
        #expect(source.counted("clock_jumps") == 0)
    }

    @Test func hearsOneSenderAfterTheOther() throws {
        let (source, address) = try listening()
        let first = try Peer(connectingTo: address)
        let second = try Peer(connectingTo: address)
        try second.send(file(.es))
        try first.send(file(.evt3))
        let before = try source.collect(250)
        #expect(try before == Recorded.events())
        #expect(try source.collect(1, seconds: 0.3).isEmpty)
        #expect(source.counted("connections") == 1)
        first.leave()
        #expect(try source.collect(250) == Recorded.events())
        #expect(source.counted("connections") == 2)
    }

    @Test func countsAConnectionThatBreaksOffAndConnectsAgain() throws {
        let server = try Server()
        let source = try connecting(to: server)
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        let first = try server.next()
        try first.send(file(.dat))
        #expect(try source.collect(250).count == 250)
        first.reset()
        #expect(try source.reads(until: "lost_connections", is: 1))
        #expect(try source.reads(until: "connections", is: 2))
        let second = try server.next()
        try second.send(file(.dat))
        let again = try source.collect(250)
        #expect(try again == Recorded.events())
    }

    @Test func staysInOrderOverConnections() throws {
        let (source, address) = try listening()
        var last = StreamTime.zero
        let batch = EventBatch()
        for _ in 0..<3 {
            let peer = try Peer(connectingTo: address)
            try peer.send(file(.es))
            peer.leave()
            var count = 0
            while count < 250 {
                batch.removeAll()
                let promised = batch.upTo
                guard try source.read(into: batch) else { break }
                count += batch.count
                for event in batch {
                    #expect(batch.streamTime(of: event) >= max(last, promised))
                    last = batch.streamTime(of: event)
                }
                #expect(batch.upTo >= last)
            }
        }
    }

    @Test func closesAStreamOfNoKnownFormatAndHearsTheNext() throws {
        let notices = Notices()
        let (source, address) = try listening(notices: notices)
        let wrong = try Peer(connectingTo: address)
        wrong.send(Array("GIF89a".utf8) + [UInt8](repeating: 0x80, count: 70_000))
        #expect(try source.reads(until: "refused_streams", is: 1))
        #expect(
            notices.all.last
                == "\(address.replacing(address.split(separator: ":")[1], with: "0")): expected an event file, "
                + "found a GIF picture; waiting for the next")
        let right = try Peer(connectingTo: address)
        try right.send(file(.evt2))
        #expect(try source.collect(250).count == 250)
    }

    /// Whether it has come to its end or not: such a file cannot be read as it comes.
    @Test(arguments: [true, false]) func refusesFormatsThatNeedSeeking(isWhole: Bool) throws {
        let (source, address) = try listening(canReopen: false)
        let peer = try Peer(connectingTo: address)
        let bytes = try Recorded.bytes("../events/h5py_dsec_plain.h5")
        peer.send(isWhole ? bytes : bytes + [UInt8](repeating: 0, count: EventFileFormat.detectionBytes))
        if isWhole { peer.leave() }
        #expect {
            try source.collect(1)
        } throws: {
            "\($0)".contains("HDF5 is read here and there, which a ")
        }
    }

    @Test func endsWithTheErrorWhereNoOtherStreamCanFollow() throws {
        let (source, address) = try listening(canReopen: false)
        let wrong = try Peer(connectingTo: address)
        wrong.send(Array("PK\u{3}\u{4}".utf8))
        wrong.leave()
        #expect {
            try source.collect(1)
        } throws: {
            "\($0)".hasSuffix("expected an event file, found a ZIP archive (or NPZ)")
        }
    }

    @Test func doesNotMindThoseThatSayNothing() throws {
        let notices = Notices()
        let (source, address) = try listening(notices: notices)
        for _ in 0..<3 { try Peer(connectingTo: address).leave() }
        #expect(try source.reads(until: "connections", is: 3))
        #expect(source.counted("refused_streams") == 0)
        #expect(notices.all.count == 3)
        // A silent one does not keep time from passing.
        let silent = try Peer(connectingTo: address)
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        let before = batch.upTo
        for _ in 0..<3 { #expect(try source.read(into: batch)) }
        #expect(batch.upTo > before)
        _ = silent
    }

    @Test func refusesAHeaderWithoutEnd() throws {
        let (source, address) = try listening()
        inThread {
            guard let peer = try? Peer(connectingTo: address) else { return }
            let line = Array("% comment \(String(repeating: "a", count: 900))\n".utf8)
            for _ in 0..<2_000 { peer.send(line) }
        }
        #expect(try source.reads(until: "refused_streams", is: 1, seconds: 9))
    }

    @Test func survivesNoise() throws {
        let (source, address) = try listening()
        var dice = SpikeTestSupport.Dice(state: 4)
        var streams: [[UInt8]] = []
        for format in EventFileWriter.formats {
            for _ in 0..<5 {
                var bytes = try file(format)
                for _ in 0..<dice.pick(1...40) { bytes[dice.pick(0...(bytes.count - 1))] = UInt8(dice.pick(0...255)) }
                streams.append(bytes)
            }
        }
        let noise = streams
        inThread {
            for bytes in noise { try? Peer(connectingTo: address).send(bytes) }
        }
        #expect(try source.reads(until: "connections", is: 5 * EventFileWriter.formats.count, seconds: 60))
    }

    @Test func tellsOfASenderThatHasGoneAndIsBack() throws {
        let (source, address) = try listening()
        let first = try Peer(connectingTo: address)
        try first.send(file(.es))
        #expect(try source.collect(250).count == 250)
        #expect(source.faults.take().isEmpty)
        first.leave()
        let gone = try source.faultsToCome()
        #expect(gone.map(\.kind) == [.dead] && gone.map(\.state) == [.onset])
        #expect(gone[0].place == "127.0.0.1:0" && gone[0].lostMilliseconds == nil)
        // One who connects and says nothing is not the sensor.
        let silent = try Peer(connectingTo: address)
        #expect(try source.collect(1, seconds: 0.2).isEmpty)
        silent.leave()
        let second = try Peer(connectingTo: address)
        try second.send(file(.es))
        let back = try source.faultsToCome()
        #expect(back.map(\.kind) == [.dead] && back.map(\.state) == [.clear])
        #expect(back[0].lostMilliseconds ?? 0 >= 200)
        #expect(back[0].at >= gone[0].at)
    }

    @Test func tellsOfAServerThatBreaksOff() throws {
        let server = try Server()
        let source = try connecting(to: server, canReopen: false)
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        let peer = try server.next()
        try peer.send(file(.dat))
        #expect(try source.collect(250).count == 250)
        peer.reset()
        #expect(throws: SpikelineError.self) { try source.collect(1) }
        let faults = source.faults.take()
        #expect(faults.map(\.kind) == [.dead] && faults.map(\.state) == [.onset])
    }

    @Test func tellsOfAServerThatIsNotThere() throws {
        let port = try Server().port
        let addresses = try SocketAddress.resolve("127.0.0.1:\(port)", option: "connect")
        let source = EventStreamSource(ConnectingLink(addresses, canReopen: true, giveUpSeconds: nil))
        let faults = try source.faultsToCome()
        #expect(faults.map(\.kind) == [.dead] && faults.map(\.state) == [.onset])
        // Further attempts are the same fault.
        #expect(try source.reads(until: "failed_attempts", is: 3))
        #expect(source.faults.take().isEmpty)
    }

    /// The end of a stream that no other follows is an end and no fault.
    @Test func anEndThatIsMeantIsNoFault() throws {
        let (source, address) = try listening(canReopen: false)
        let peer = try Peer(connectingTo: address)
        try peer.send(file(.evt3))
        peer.leave()
        #expect(try source.collect(.max).count == 250)
        #expect(source.faults.take().isEmpty)
    }

    @Test func tellsOfSilenceAndItsEnd() throws {
        let (source, address) = try listening(stalledAfterMs: 150)
        let peer = try Peer(connectingTo: address)
        // Nobody is missed who has not been there yet.
        #expect(try source.collect(1, seconds: 0.3).isEmpty)
        #expect(source.faults.take().isEmpty)
        let bytes = try file(.dat)
        peer.send(Array(bytes.dropLast(80)))
        let onset = try source.faultsToCome()
        #expect(onset.map(\.kind) == [.stalled] && onset.map(\.state) == [.onset])
        peer.send(Array(bytes.suffix(80)))
        let clear = try source.faultsToCome()
        #expect(clear.first?.kind == .stalled && clear.first?.state == .clear)
        #expect(clear.first?.lostMilliseconds ?? 0 >= 150)
    }

    @Test func tellsOfDamageInAStream() throws {
        let (source, address) = try listening()
        let peer = try Peer(connectingTo: address)
        peer.send(Array("t,x,y,p\n1,1,1,1\n2,1,1,1\n3,broken\n4,1,1,0\n".utf8))
        let faults = try source.faultsToCome()
        #expect(faults.map(\.kind) == [.damaged] && faults.map(\.state) == [.passed])
        #expect(faults[0].place.hasPrefix("127.0.0.1:0: byte 24: "), "\(faults[0].place)")
        #expect(source.counted("damaged_places") == 1)
        #expect(source.counters.counts.first { $0.name == "damaged_places" }?.isTrouble == true)
    }

    @Test func tellsOfAStreamThatIsNone() throws {
        let (source, address) = try listening()
        let wrong = try Peer(connectingTo: address)
        wrong.send(Array("GIF89a".utf8) + [UInt8](repeating: 0x80, count: 70_000))
        let faults = try source.faultsToCome()
        #expect(faults.map(\.kind) == [.damaged])
        #expect(faults[0].place == "127.0.0.1:0: expected an event file, found a GIF picture")
    }

    /// A step back of less than a second loses what is late; a longer one is a clock that began anew.
    @Test(arguments: [(400_000, "-0.400"), (4_900_000, "-4.900")]) func tellsOfTimeThatGoesBack(
        step: Int, seconds: String
    ) throws {
        let (source, address) = try listening()
        let peer = try Peer(connectingTo: address)
        peer.send(Array("t,x,y,p\n5000000,1,1,1\n\(5_000_000 - step),1,1,1\n5000100,1,1,1\n".utf8))
        let faults = try source.faultsToCome()
        #expect(faults.map(\.kind) == [.clockJump] && faults.map(\.state) == [.passed])
        #expect(faults[0].place == "127.0.0.1:0: time of the sensor, by \(seconds) s")
    }

    @Test func goesOnWhereTimesLeapWithinABatch() throws {
        let (source, address) = try listening(canReopen: false)
        let peer = try Peer(connectingTo: address)
        peer.send(Array("t,x,y,p\n5,1,1,1\n6,1,1,1\n9000000000000,1,1,1\n7,1,1,1\n8,1,1,0\n".utf8))
        peer.leave()
        var upTo = StreamTime.zero
        var times: [Int64] = []
        let batch = EventBatch()
        while true {
            batch.removeAll()
            guard try source.read(into: batch) else { break }
            times += batch.seen.map(\.time)
            upTo = batch.upTo
        }
        #expect(times == [5, 6, 9_000_000_000_000, 7, 8])
        #expect(source.counted("clock_jumps") == 2)
        #expect(upTo.seconds < 10)
    }
}

extension EventInput {
    /// All bytes to the end.
    fileprivate func all() throws -> [UInt8] {
        try fill(EventInput.longestPiece)
        return window.bytes(0..<count)
    }
}
