import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

@Suite struct EventLinkTests {
    private func soon(_ milliseconds: Int64 = 50) -> Int64 { MonotonicClock.nanoseconds() + milliseconds * 1_000_000 }

    @Test func waitsLongerAfterEachFailure() {
        var backoff = Backoff()
        #expect((0..<8).map { _ in backoff.next() / 1_000_000 } == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        backoff.reset()
        #expect(backoff.next() == backoff.shortest)
    }

    @Test func triesAgainUntilThereIsAServer() throws {
        var server: Server? = try Server()
        let port = try #require(server?.port)
        server = nil
        let notices = Notices()
        let address = "127.0.0.1:\(port)"
        let link = ConnectingLink(
            try SocketAddress.resolve(address, option: "connect"), canReopen: true, giveUpSeconds: nil,
            notice: notices.notice)
        #expect(try link.open(until: soon(400)) == nil)
        #expect(link.failedAttempts >= 2 && link.failedAttempts <= 3)
        #expect(
            notices.all == ["no connection to \(address) (Connection refused); trying again until there is one"])
        server = try Server(port: port)
        let descriptor = try #require(try link.open(until: soon(5_000)))
        #expect(notices.all.last == "connected to \(address)")
        close(descriptor)
    }

    @Test func givesUpAfterTheTimeThatIsSaid() throws {
        let port = try Server().port
        let address = "127.0.0.1:\(port)"
        let link = ConnectingLink(
            try SocketAddress.resolve(address, option: "connect"), canReopen: true, giveUpSeconds: 1)
        let begin = MonotonicClock.nanoseconds()
        #expect {
            while try link.open(until: soon()) == nil {}
        } throws: { error in
            (error as? SpikelineError)?.cause == .lost
                && "\(error)" == "\(address): no connection for 1 s (Connection refused). "
                    + "Start the program that sends, or let give_up_after_s be longer"
        }
        let elapsed = MonotonicClock.nanoseconds() - begin
        #expect(elapsed >= 1_000_000_000 && elapsed < 3_000_000_000)
    }

    @Test func doesNotWaitBeyondADeadline() throws {
        let listening = try ListeningLink(
            SocketAddress.resolve("127.0.0.1:0", option: "listen")[0], canReopen: true)
        let begin = MonotonicClock.nanoseconds()
        #expect(try listening.open(until: soon()) == nil)
        #expect(MonotonicClock.nanoseconds() - begin < 1_000_000_000)
    }

    @Test func saysThatAPortIsInUse() throws {
        let server = try Server()
        let address = try SocketAddress.resolve("127.0.0.1:\(server.port)", option: "listen")[0]
        #expect {
            try ListeningLink(address, canReopen: true)
        } throws: {
            "\($0)" == "127.0.0.1:\(server.port): the address is in use by another program. "
                + "End that program, or choose another port"
        }
    }

    @Test func listensAtAPathAndReplacesWhatIsLeftOver() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/camera.sock"
        let address = try SocketAddress.resolve("unix:" + path, option: "listen")[0]
        // A socket that nobody listens at any more.
        do {
            let dead = try SocketHandle(SOCK_STREAM, for: address)
            try dead.bind(to: address)
        }
        #expect(Scratch.names(folder) == ["camera.sock"])
        do {
            let link = try ListeningLink(address, canReopen: true)
            #expect(throws: SpikelineError.self) { try ListeningLink(address, canReopen: true) }
            let peer = try Peer(connectingTo: "unix:" + path)
            let descriptor = try #require(try link.open(until: soon(1_000)))
            close(descriptor)
            peer.leave()
        }
        #expect(Scratch.names(folder).isEmpty)
    }

    @Test func keepsAFileThatStandsWhereTheSocketShould() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/notes.txt"
        close(unsafe open(path, O_CREAT | O_WRONLY, 0o600))
        #expect {
            try ListeningLink(SocketAddress.resolve("unix:" + path, option: "listen")[0], canReopen: true)
        } throws: {
            "\($0)"
                == "unix:\(path): the address is in use by another program. End that program, or choose another path"
        }
        #expect(Scratch.names(folder) == ["notes.txt"])
    }
}

@Suite struct PipeLinkTests {
    @Test func readsOneWriterAfterTheOther() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/pipe"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        let source = EventStreamSource(try PipeLink(path: path, canReopen: true))
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        for round in 1...2 {
            let writer = unsafe open(path, O_WRONLY)
            let text = Array("t,x,y,p\n\(round),1,1,1\n\(round + 1),2,2,0\n".utf8)
            #expect(unsafe write(writer, text, text.count) == text.count)
            close(writer)
            #expect(try source.collect(2).map(\.time) == [Int64(round), Int64(round) + 1])
        }
        #expect(source.counted("connections") ?? 0 >= 2)
    }

    @Test func endsWithTheFirstWriterUnlessToldOtherwise() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/pipe"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        let source = EventStreamSource(try PipeLink(path: path, canReopen: false))
        let writer = unsafe open(path, O_RDWR)
        let text = Array("t,x,y,p\n1,1,1,1\n".utf8)
        #expect(unsafe write(writer, text, text.count) == text.count)
        #expect(try source.collect(1).count == 1)
        close(writer)
        #expect(try source.collect(1).isEmpty)
        let batch = EventBatch()
        #expect(try source.read(into: batch) == false)
    }

    @Test(arguments: [("", "a folder"), ("/file", "a file")]) func refusesWhatIsNoPipe(name: String, found: String)
        throws
    {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        close(unsafe open(folder + "/file", O_CREAT | O_WRONLY, 0o600))
        #expect {
            try PipeLink(path: folder + name, canReopen: false)
        } throws: {
            "\($0)" == "\(folder)\(name): expected a named pipe or device, found \(found). "
                + "Make a pipe with mkfifo; a recording is read by a source for files"
        }
    }

    @Test func saysWhenThereIsNone() {
        #expect {
            try PipeLink(path: "/no/such/pipe", canReopen: false)
        } throws: {
            "\($0)" == "/no/such/pipe: there is no such file. Check the path"
        }
    }
}
