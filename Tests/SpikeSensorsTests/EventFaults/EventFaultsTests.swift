import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// What is gathered of faults that come and go, and when it is told.
@Suite struct EventFaultsTests {
    private func time(_ milliseconds: Int64) -> StreamTime { StreamTime(nanoseconds: milliseconds * 1_000_000) }

    @Test func theFirstIsToldAtOnceAndFurtherOnesOnceASecond() {
        let faults = SensorFaults()
        var gathered = GatheredFaults(.damaged)
        var told: [SensorFault] = []
        for step in 0..<25 {
            gathered.note("place \(step)")
            gathered.tell(faults, at: time(100 * Int64(step)))
            told += faults.take()
        }
        #expect(told.map(\.place) == ["place 0", "place 1 (and 9 more)", "place 11 (and 9 more)"])
        #expect(told.map(\.at) == [time(0), time(1_000), time(2_000)])
        #expect(told.allSatisfy { $0.kind == .damaged && $0.state == .passed && $0.lostMilliseconds == nil })
        gathered.tell(faults, at: time(2_400), isLast: true)
        #expect(faults.take().map(\.place) == ["place 21 (and 3 more)"])
        gathered.tell(faults, at: time(9_000), isLast: true)
        #expect(faults.take().isEmpty)
    }

    @Test func countsAndTimesAtTheirEndsDoNotTrap() {
        let faults = SensorFaults()
        var gathered = GatheredFaults(.xrun)
        gathered.tell(faults, at: .zero)
        gathered.note("lost", count: .max)
        gathered.note("lost", count: .max)
        gathered.tell(faults, at: StreamTime(nanoseconds: .min))
        gathered.note("lost", count: 0)
        gathered.note("lost", count: -1)
        gathered.tell(faults, at: StreamTime(nanoseconds: .max))
        #expect(faults.take().count <= 1)
        var notes = EventFaults("camera")
        notes.noteJump(by: .min)
        notes.noteJump(by: .max)
        notes.tell(at: .end)
        #expect(notes.faults.take().map(\.kind) == [.clockJump])
    }

    /// Of a log with more damage than it tells, nothing is noted twice.
    @Test func damageIsNotedOnce() {
        let log = EventLog()
        var notes = EventFaults("a.raw")
        for index in 0..<(EventLog.mostDamage + 5) { log.note("bad", at: Int64(index)) }
        notes.noteDamage(in: log)
        notes.noteDamage(in: log)
        notes.tell(at: .zero)
        #expect(notes.faults.take().map(\.place) == ["a.raw: byte 0: bad (and 104 more)"])
        log.note("worse", at: 1_000)
        notes.noteDamage(in: log)
        notes.tell(at: .zero, isLast: true)
        #expect(notes.faults.take().map(\.place) == ["a.raw: byte 1,000: worse"])
    }

    /// Steps against the plain way of finding them, over the borders of batches.
    @Test func stepsBackAreThoseOfMoreThanAMillisecond() {
        var dice = Dice(state: 8)
        var sum = 0
        for _ in 0..<100 {
            let times = (0..<dice.pick(1...200)).map { _ in Int64(dice.pick(0...6_000)) }
            let most = Int64(dice.pick(1_500...6_000))
            let last = dice.pick(0...1) == 0 ? nil : Int64(dice.pick(0...6_000))
            let batch = EventBatch()
            for time in times { #expect(batch.append(time: time, x: 0, y: 0, isOn: true)) }
            let steps = zip([last ?? times[0]] + times, times).map { $0 - $1 }.filter { $0 > 1_000 && $0 <= most }
            let found = batch.jumpsBack(after: last, most: most)
            #expect(found.count == steps.count && found.longest == steps.max() ?? 0)
            sum += found.count
        }
        #expect(sum > 100)
        #expect(EventBatch().jumpsBack(after: 5_000).count == 0)
    }
}
