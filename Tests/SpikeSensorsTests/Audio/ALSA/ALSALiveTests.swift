import SpikePipeline
import SpikeSignals
import SpikeTestSupport
import Synchronization
import Testing

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

/// Capture through ALSA from a real sound server, paced by its clock; also while somebody pulls the plug.
@Suite(.enabled(if: SoundServer.isThere, "\(SoundServer.lack ?? "")"), .serialized)
struct ALSALiveTests {
    init() { _ = SoundDevices.areSetUp }

    private func parameters(seconds: Double? = nil) -> ALSASource.Parameters {
        var parameters = ALSASource.Parameters()
        parameters.stopAfterSeconds = seconds
        return parameters
    }

    @Test func aServerKeepsTimeAndSilenceIsSilent() throws {
        let server = try SoundServer()
        _ = try server.plugIn()
        let source = try ALSASource(device: server.microphone, parameters: parameters(seconds: 4))
        let block = AudioBatch()
        var count = 0
        var first: Int64?
        while try source.read(into: block) {
            if block.count > 0, first == nil { first = MonotonicClock.nanoseconds() }
            count += block.count
            #expect(block.samples.allSatisfy { $0 == 0 })
            block.removeAll()
        }
        let seconds = Double(MonotonicClock.nanoseconds() - (first ?? 0)) / 1e9
        #expect(count == 64_000)
        #expect(seconds > 3 && seconds < 8, "\(seconds)")
    }

    @Test func pullingThePlugIsToldAndCaptureGoesOn() throws {
        let server = try SoundServer()
        let number = try server.plugIn()
        let notices = Mutex<[String]>([])
        let source = try ALSASource(server.microphone, parameters()) { message in
            notices.withLock { $0.append(message) }
        }
        let block = AudioBatch()
        var faults: [SensorFault] = []
        var upTo = StreamTime.zero
        var heard = 0
        /// Reads until `isDone`; time never steps back.
        func read(seconds: Double = 20, until isDone: () -> Bool) throws {
            let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
            while !isDone(), MonotonicClock.nanoseconds() < end {
                block.removeAll()
                guard try source.read(into: block) else { return }
                #expect(StreamTime(sample: block.firstSample, rate: 16_000) >= upTo)
                #expect(block.upTo >= upTo)
                upTo = block.upTo
                heard += block.count
                faults += source.faults.take()
            }
        }
        let began = MonotonicClock.nanoseconds()
        try read { heard > 16_000 }
        let before = upTo
        #expect(faults == [] && heard > 16_000)

        try server.pullOut(number)
        try read { !faults.isEmpty }
        #expect(faults.first?.kind == .dead && faults.first?.state == .onset)
        #expect(faults.first?.place == server.microphone)
        let atLoss = heard
        // Meanwhile time goes on, though nothing is heard.
        try read(seconds: 1.5) { false }
        #expect(heard == atLoss)
        #expect(upTo.seconds - before.seconds > 0.5)

        _ = try server.plugIn()
        try read { heard > atLoss + 16_000 }
        let seconds = Double(MonotonicClock.nanoseconds() - began) / 1e9
        #expect(heard > atLoss + 16_000)
        let back = try #require(faults.dropFirst().first { $0.kind == .dead })
        #expect(back.state == .clear)
        let lost = Double(try #require(back.lostMilliseconds)) / 1e3
        // Time without a microphone is lost; stream time is never ahead of the clock by more than a buffer.
        #expect(lost > 1.2 && upTo.seconds < seconds + 0.5, "\(lost) s lost, \(upTo.seconds) of \(seconds) s")
        // It is what was heard and what was lost, to the sample.
        let counts = Dictionary(uniqueKeysWithValues: source.counters.counts.map { ($0.name, $0.value) })
        let missing = Double(try #require(counts["lost_ms"])) / 1e3
        #expect(abs(upTo.seconds - Double(heard) / 16_000 - missing) < 0.002 && missing >= lost - 0.002)
        #expect(counts["disconnections"] == 1)
        #expect((counts["failed_opens"] ?? 0) >= 1)
        #expect(notices.withLock { $0 }.count == 2, "\(notices.withLock { $0 })")
    }

    /// A server that crashes takes everything with it; it comes back with the microphone.
    @Test func aServerThatCrashesIsWaitedFor() throws {
        let server = try SoundServer()
        _ = try server.plugIn()
        let source = try ALSASource(device: server.microphone, parameters: parameters())
        let block = AudioBatch()
        var heard = 0
        var faults: [String] = []
        func read(seconds: Double = 20, until isDone: () -> Bool) throws {
            let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
            while !isDone(), MonotonicClock.nanoseconds() < end {
                block.removeAll()
                _ = try source.read(into: block)
                heard += block.count
                faults += source.faults.take().map { "\($0.kind) \($0.state)" }
            }
        }
        try read { heard > 8_000 }
        server.stop()
        try read { !faults.isEmpty }
        #expect(faults == ["dead onset"])
        let before = heard
        try server.start()
        _ = try server.plugIn()
        try read { heard > before + 8_000 }
        #expect(heard > before + 8_000)
        #expect(faults == ["dead onset", "dead clear"])
    }

    @Test func withoutReopeningTheRunEndsWithCode3() throws {
        let server = try SoundServer()
        let number = try server.plugIn()
        var parameters = parameters()
        parameters.canReopen = false
        let source = try ALSASource(device: server.microphone, parameters: parameters)
        let block = AudioBatch()
        while block.count == 0 { _ = try source.read(into: block) }
        try server.pullOut(number)
        #expect {
            for _ in 0..<500 {
                block.removeAll()
                _ = try source.read(into: block)
            }
        } throws: { error in
            (error as? SpikelineError)?.cause == .lost && "\(error)".contains("the device is gone (")
        }
        #expect(source.faults.take().map(\.kind) == [.dead])
    }

    /// Servers keep what was not fetched, without an error; the reader has to notice by itself.
    @Test func aReaderThatSleepsIsNoticed() throws {
        let server = try SoundServer()
        _ = try server.plugIn()
        let source = try ALSASource(device: server.microphone, parameters: parameters())
        let block = AudioBatch()
        var heard = 0
        func read(seconds: Double) throws {
            let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
            while MonotonicClock.nanoseconds() < end {
                block.removeAll()
                _ = try source.read(into: block)
                heard += block.count
            }
        }
        while heard < 8_000 { try read(seconds: 0.1) }
        #expect(source.faults.take() == [])
        usleep(3_000_000)
        try read(seconds: 2)
        let kinds = source.faults.take().map { "\($0.kind) \($0.state)" }
        // The server has kept it all, or some of it is lost: then the clock jumps, or ALSA says that it overran.
        #expect(
            kinds.contains("stalled onset") || kinds.contains("clockJump passed") || kinds.contains("xrun passed"),
            "\(kinds)")
        // Sooner or later stream time is where the clock is.
        #expect(abs(source.lag) < 1_000_000_000)
    }

    @Test func aServerThatIsNotThereIsLost() throws {
        #expect {
            try ALSASource(device: "monitor:SERVER=/nowhere/native,DEVICE=spike.monitor")
        } throws: { error in
            (error as? SpikelineError)?.cause == .lost
        }
    }
}
