import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

@Suite("The order of a run") struct RunOrderTests {
    private func message(_ number: UInt64, run: UInt64 = 9) -> LiveMessage {
        LiveMessage(.spikes, run: run, number: number)
    }

    /// A stream of `count` messages in which some were sent again and so come late, twice, or both.
    private func shuffled(_ count: UInt64, _ dice: inout Dice) -> [UInt64] {
        var stream: [UInt64] = [1]
        var late: [UInt64] = []
        for number in 2...count {
            if dice.pick(0...6) == 0 { late.append(number) } else { stream.append(number) }
            if dice.pick(0...9) == 0 { stream.append(UInt64(dice.pick(1...Int(number)))) }
            if dice.pick(0...5) == 0, !late.isEmpty { stream.append(late.removeFirst()) }
            // Twice what has been sent may come at any time.
        }
        return stream + late
    }

    @Test("is restored, each message once", arguments: 0..<50)
    func restored(seed: UInt64) {
        var dice = Dice(state: seed)
        let stream = shuffled(300, &dice)
        var order = RunOrder(after: 0)
        var given: [UInt64] = []
        for (index, number) in stream.enumerated() {
            given += order.take(message(number), at: UInt64(index + 1)).map(\.number)
        }
        #expect(given == Array(1...300))
        #expect(order.lost == 0 && order.repeated == stream.count - 300)
        #expect(order.position == UInt64(stream.count))
    }

    @Test("goes on from any place where it was kept", arguments: 0..<50)
    func resumed(seed: UInt64) {
        var dice = Dice(state: seed)
        // Two runs, one after the other.
        let stream =
            shuffled(120, &dice).map { ($0, UInt64(7)) } + shuffled(120, &dice).map { ($0, UInt64(8)) }
        var whole = RunOrder(after: 0)
        let expected = stream.enumerated().flatMap { whole.take(message($1.0, run: $1.1), at: UInt64($0 + 1)) }
        let cut = dice.pick(0...stream.count - 1)
        var first = RunOrder(after: 0)
        var found = stream.prefix(cut).enumerated().flatMap {
            first.take(message($1.0, run: $1.1), at: UInt64($0 + 1))
        }
        var second = RunOrder(after: first.position, run: first.run, runBefore: first.runBefore, next: first.next)
        for index in Int(first.position)..<stream.count {
            found += second.take(message(stream[index].0, run: stream[index].1), at: UInt64(index + 1))
        }
        #expect(found == expected && expected.count == 240)
    }

    @Test("goes on without what the server has discarded, once more is held than a sender has under way")
    func discarded() {
        var order = RunOrder(after: 0)
        #expect(order.take(message(41), at: 90).map(\.number) == [41])
        var given: [UInt64] = []
        for number in 45..<45 + UInt64(RunOrder.mostHeld) {
            given += order.take(message(number), at: number + 100).map(\.number)
            if number < 44 + UInt64(RunOrder.mostHeld) {
                // Nothing is settled beyond the first that is held.
                #expect(given.isEmpty && order.position == 144)
            }
        }
        #expect(given == Array(45..<45 + UInt64(RunOrder.mostHeld)) && order.lost == 3)
    }

    @Test("nobody gives up a message while its sender keeps within reach of it", arguments: [10, 200_000])
    func reach(size: Int) {
        var order = RunOrder(after: 0)
        let body = [UInt8](repeating: 7, count: size)
        func large(_ number: UInt64) -> LiveMessage { LiveMessage(.spikes, run: 9, number: number, body: body) }
        _ = order.take(large(1), at: 1)
        var number: UInt64 = 2
        // Message 2 was lost on the way; the sender has sent it, and goes on.
        var bytes = 0
        while true {
            bytes += large(number + 1).bytes.count
            guard RunOrder.isWithinReach(messages: number + 1 - 2, bytes: bytes) else { break }
            number += 1
            #expect(order.take(large(number), at: number).isEmpty)
        }
        #expect(number > 300)
        #expect(order.take(large(2), at: number + 1).map(\.number) == Array(2...number) && order.lost == 0)
    }

    @Test("holds at most so many bytes")
    func bytes() {
        var order = RunOrder(after: 0)
        let body = [UInt8](repeating: 7, count: 1_000_000)
        _ = order.take(message(1), at: 1)
        var given = 0
        for number in UInt64(3)...80 {
            given += order.take(LiveMessage(.spikes, run: 9, number: number, body: body), at: number).count
        }
        #expect(given == 78 && order.lost == 1)
    }

    @Test("claims of gaps without end are counted without end")
    func hugeGaps() {
        var order = RunOrder(after: 0)
        for run in UInt64(1)...8 { #expect(order.take(message(1 << 62, run: run), at: run).count == 1) }
        #expect(order.lost == Int.max)
        for number in [UInt64(1), 1 << 62] { _ = order.take(message(number, run: 99), at: 9) }
        #expect(order.lost == Int.max && order.next == 2)
    }

    @Test("ends where another run begins; what is left of the old one is left out")
    func runs() {
        var order = RunOrder(after: 0)
        _ = order.take(message(1, run: 1), at: 1)
        _ = order.take(message(4, run: 1), at: 2)
        // The missing ones will not come any more: what is held is given first.
        let due = order.take(message(1, run: 2), at: 3)
        #expect(due.map(\.run) == [1, 2] && due.map(\.number) == [4, 1] && order.lost == 2)
        #expect(order.take(message(5, run: 1), at: 4).isEmpty && order.run == 2)
        #expect(order.take(message(2, run: 2), at: 5).count == 1 && order.position == 5)
    }
}
