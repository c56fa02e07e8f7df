import SpikeTestSupport

@testable import SpikeSensors

/// Random streams of events with all that happens to cameras.
struct EventStreams {
    /// Columns and rows that events may have, from 0.
    var columns = 640
    var rows = 480
    /// The time of the first event.
    var start: Int64 = 0
    /// One event in so many comes after a pause, and how long that is at most.
    var pauses: (oneIn: Int, longest: Int) = (200, 2_000_000)
    /// One event in so many is earlier than the one before, and by how much at most; 0: none.
    var stepsBack: (oneIn: Int, longest: Int) = (0, 0)

    /// About `count` events: single ones, many at the same time, and rows whose columns ascend.
    func events(_ count: Int, _ dice: inout Dice) -> [PlainEvent] {
        var events: [PlainEvent] = []
        var time = start
        while events.count < count {
            if dice.pick(1...pauses.oneIn) == 1 { time += Int64(dice.pick(0...pauses.longest)) }
            if stepsBack.oneIn > 0, dice.pick(1...stepsBack.oneIn) == 1 {
                time -= Int64(dice.pick(1...stepsBack.longest))
            }
            switch dice.pick(0...5) {
            case 0: append(row: dice.pick(0...rows - 1), at: time, to: &events, &dice)
            case 1:
                for _ in 0..<dice.pick(2...20) { events.append(event(time, &dice)) }
            case 2:
                events.append(event(time, &dice))
                events.append(events[events.count - 1])
            default: events.append(event(time, &dice))
            }
            time += Int64([0, 0, 1, 1, 7, 63, 64, 700, 4_095, 4_096][dice.pick(0...9)])
        }
        return events
    }

    private func event(_ time: Int64, _ dice: inout Dice) -> PlainEvent {
        let isAtEdge = dice.pick(0...15) == 0
        let x = isAtEdge ? [0, columns - 1][dice.pick(0...1)] : dice.pick(0...columns - 1)
        let y = isAtEdge ? [0, rows - 1][dice.pick(0...1)] : dice.pick(0...rows - 1)
        return PlainEvent(time, x, y, Bool.random(using: &dice))
    }

    /// Many events of one row, polarity and time, most columns of a stretch.
    private func append(row: Int, at time: Int64, to events: inout [PlainEvent], _ dice: inout Dice) {
        let isOn = Bool.random(using: &dice)
        let share = dice.pick(1...9)
        let first = dice.pick(0...columns - 1)
        for x in first..<min(columns, first + dice.pick(1...90)) where dice.pick(1...9) <= share {
            events.append(PlainEvent(time, x, row, isOn))
        }
    }
}
