import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Events out of order and outside the sensor, against the plain way of counting them.
struct EventOrderTests {
    /// Batches of times around different bases, some of whose events step back.
    private func batches(_ dice: inout Dice) -> [EventBatch] {
        var time = Int64([0, -4_000_000_000, 5_000_000_000, 1_700_000_000_000_000][dice.pick(0...3)])
        return (0..<30).map { _ in
            let batch = EventBatch()
            (batch.width, batch.height) = (100, 50)
            for _ in 0..<dice.pick(1...400) {
                time += Int64(dice.pick(0...50))
                let late = dice.pick(0...20) == 0 ? Int64(dice.pick(0...3_000)) : 0
                let isOutside = dice.pick(0...30) == 0
                _ = batch.append(
                    time: time - late, x: UInt16(dice.pick(0...(isOutside ? 65_535 : 99))),
                    y: UInt16(dice.pick(0...(isOutside ? 32_767 : 49))), isOn: true)
            }
            return batch
        }
    }

    @Test func lateEventsAreLeftOut() {
        var dice = Dice(state: 1)
        var (sum, wrong) = (0, 0)
        for _ in 0..<50 {
            var order = EventOrder()
            var latest = Int64.min
            for batch in batches(&dice) {
                var wanted: [PlainEvent] = []
                for event in batch where batch.time(of: event) >= latest {
                    latest = batch.time(of: event)
                    wanted.append(PlainEvent(event, of: batch))
                }
                let count = batch.count
                let dropped = order.keepOrdered(batch)
                let isRight = batch.map { PlainEvent($0, of: batch) } == wanted && dropped == count - wanted.count
                wrong += isRight ? 0 : 1
                sum += dropped
            }
        }
        #expect(wrong == 0 && sum > 1_000)
    }

    @Test("Bases far apart, and the ends of what a batch spans")
    func ends() {
        var order = EventOrder()
        let batch = EventBatch()
        func kept(_ base: Int64, _ offsets: [Int64]) -> [Int64] {
            batch.removeAll()
            _ = batch.append(time: base, x: 0, y: 0, isOn: true)
            for offset in offsets { _ = batch.append(time: base + offset, x: 0, y: 0, isOn: true) }
            _ = order.keepOrdered(batch)
            return batch.map { batch.time(of: $0) - base }
        }
        let (low, high) = (Int64(Int32.min), Int64(Int32.max))
        #expect(kept(1 << 53, [low, high, high, low, 0]) == [0, high, high])
        #expect(kept(1 << 53, [high - 1, high, high + 1]) == [high])
        #expect(kept(0, [5, high]) == [])
        #expect(kept(-(1 << 53), [1]) == [])
        #expect(kept(1 << 54, [1]) == [0, 1])
    }

    @Test func auditCountsLikeThePlainWay() {
        var dice = Dice(state: 2)
        for round in 0..<50 {
            let log = EventLog()
            var last: Int64?
            var (stepsBack, outside) = (0, 0)
            for batch in batches(&dice) {
                if round % 5 == 0 { (batch.width, batch.height) = (0, 0) }
                let before = last
                for event in batch {
                    let time = batch.time(of: event)
                    if let last, time < last { stepsBack += 1 }
                    last = time
                    if batch.width > 0, event.x >= 100 || event.y >= 50 { outside += 1 }
                }
                EventAudit.check(batch, after: before, log: log)
            }
            #expect(log.tally[.timeStepsBack] == stepsBack && stepsBack > 0)
            #expect(log.tally[.outsideSensor] == outside && (outside > 0) == (round % 5 != 0))
        }
    }

    @Test func auditAtTheEndsOfABatch() {
        let batch = EventBatch()
        (batch.width, batch.height) = (32_768, 32_768)
        let log = EventLog()
        let times: [Int64] = [0, Int64(Int32.min), Int64(Int32.max), Int64(Int32.max) - 1]
        for time in times { _ = batch.append(time: time, x: 32_767, y: 32_767, isOn: false) }
        EventAudit.check(batch, after: nil, log: log)
        #expect(log.tally[.timeStepsBack] == 2 && log.tally[.outsideSensor] == 0)
        batch.removeAll()
        _ = batch.append(time: 3, x: 32_768, y: 0, isOn: false)
        EventAudit.check(batch, after: 4, log: log)
        #expect(log.tally[.timeStepsBack] == 3 && log.tally[.outsideSensor] == 1)
    }

    @Test func aSourceOfAPipelineGivesEventsInOrder() throws {
        let folder = TemporaryFolder()
        let path = folder.write(
            Array("t,x,y,p\n10,1,2,1\n30,1,2,0\n20,3,4,1\n30,5,6,1\n5,7,8,0\n31,9,9,1\n".utf8), to: "a.csv")
        let source = try EventFileSource(path: path)
        let batch = EventBatch()
        #expect(try source.read(into: batch))
        #expect(batch.map { batch.time(of: $0) } == [10, 30, 30, 31])
        #expect(batch.upTo == StreamTime(nanoseconds: 21_000))
        #expect(source.eventsOutOfOrder == 2 && source.reader.log.tally[.timeStepsBack] == 2)
        batch.removeAll()
        #expect(try !source.read(into: batch))
    }
}
