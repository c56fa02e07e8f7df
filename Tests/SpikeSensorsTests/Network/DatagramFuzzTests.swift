import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Whatever comes in a datagram: no trap, every event accounted for, order kept.
@Suite struct DatagramFuzzTests {
    @Test(arguments: EventDatagramFormat.allCases) func survivesAnything(format: EventDatagramFormat) {
        var dice = SpikeTestSupport.Dice(state: 20)
        for round in 0..<10 {
            let settings = JAERLayout.Settings(
                chip: JAERChip.allCases[dice.pick(0...4)], hasNumbers: dice.pick(0...1) == 1,
                addressBytes: dice.pick(1...2) * 2, hasTimes: dice.pick(0...3) > 0, isTimeFirst: dice.pick(0...1) == 1,
                isLowestByteFirst: dice.pick(0...1) == 1)
            let size = round % 2 == 0 ? nil : SensorSize(columns: dice.pick(1...32_768), rows: dice.pick(1...32_768))
            let decoder = format.makeDecoder(jaer: settings, size: size)
            var stream = FuzzStream(decoder: decoder)
            for _ in 0..<5_000 { stream.feed(datagram(&dice)) }
            #expect(decoder.tally[.datagrams] == 5_000)
            #expect(stream.isOrdered)
            #expect(stream.isInside(size))
        }
    }

    /// Mostly noise, sometimes noise with small numbers that makes sense.
    private func datagram(_ dice: inout SpikeTestSupport.Dice) -> [UInt8] {
        let length = dice.pick(0...20) == 0 ? dice.pick(0...2_000) : dice.pick(0...80)
        let mask: UInt8 = [0xFF, 0x0F, 0x01, 0x80][dice.pick(0...3)]
        return (0..<length).map { _ in UInt8(truncatingIfNeeded: dice.next()) & mask }
    }
}

/// Feeds a decoder as ``EventDatagramSource`` does, with a clock of its own.
private struct FuzzStream {
    let decoder: any DatagramDecoding
    private let batch = EventBatch()
    private var clock = LiveClock(lagMilliseconds: 5, now: 0)
    private var now: Int64 = 0
    private var right = 0
    private var bottom = 0
    private(set) var isOrdered = true

    init(decoder: any DatagramDecoding) { self.decoder = decoder }

    func isInside(_ size: SensorSize?) -> Bool { right < size?.width ?? 32_768 && bottom < size?.height ?? 32_768 }

    mutating func feed(_ bytes: [UInt8]) {
        now += 300_000
        bytes.withPiece { piece in
            decoder.begin(piece)
            // Each pass uses up an event or hands a batch on, so this ends.
            for _ in 0..<(4 * bytes.count + 4) {
                let times = DatagramTimes(
                    arrival: clock.sensorTime(at: now), accepted: clock.accepted(at: now), lateBefore: clock.lateBefore)
                let step = decoder.decode(piece, into: batch, times: times)
                if let late = step.earliestLate { clock.fallBehind(for: late, at: now) }
                if let last = step.last { clock.advance(to: last, at: now) }
                switch step.outcome {
                case .done: return
                case .batchIsFull: handOn()
                case .clockJump(let time):
                    if batch.count > 0 { handOn() } else { clock.restart(from: time, at: now) }
                }
            }
            isOrdered = false
        }
        if bytes.count % 3 == 0 { handOn() }
    }

    private mutating func handOn() {
        batch.startTime = clock.startTime
        var last = StreamTime(nanoseconds: .min)
        for event in batch {
            (right, bottom) = (max(right, Int(event.x)), max(bottom, Int(event.y)))
            let time = batch.streamTime(of: event)
            if time < last { isOrdered = false }
            last = time
        }
        clock.pass(at: now)
        if last > clock.upTo { isOrdered = false }
        batch.removeAll()
    }
}
