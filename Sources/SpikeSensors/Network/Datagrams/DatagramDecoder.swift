import SpikeSignals

/// How far a datagram has been decoded.
enum DatagramOutcome: Equatable {
    /// It is used up.
    case done
    /// The batch takes no more; go on with the next one.
    case batchIsFull
    /// The next event is at a sensor time that does not go on from the last; set the clock and go on.
    case clockJump(Int64)
}

/// What is known of the times of a datagram before it is decoded.
struct DatagramTimes {
    /// The sensor time for events that say none.
    var arrival: Int64
    /// The sensor times that go on from the last one; nil if none is known yet.
    var accepted: ClosedRange<Int64>?
    /// The sensor time before which an event is late.
    var lateBefore: Int64
}

/// What became of a datagram, or of a part of it.
struct DatagramStep {
    /// How far it has been decoded.
    var outcome = DatagramOutcome.done
    /// The sensor time of the last event appended.
    var last: Int64?
    /// The sensor time of the earliest event left out because it was late.
    var earliestLate: Int64?
}

/// Turns datagrams into events, whatever their layout.
protocol DatagramDecoding: AnyObject {
    /// What was met besides events.
    var tally: DatagramTally { get set }
    /// Begins with the next datagram.
    func begin(_ bytes: EventBytes)
    /// Appends the events of the datagram that has been begun, until it is used up or the batch must be handed on.
    func decode(_ bytes: EventBytes, into batch: EventBatch, times: DatagramTimes) -> DatagramStep
}

/// Decodes datagrams of one layout.
final class DatagramDecoder<Layout: DatagramLayout>: DatagramDecoding {
    var tally = DatagramTally()

    private let layout: Layout
    private let right: Int
    private let bottom: Int
    private var unwrapper: TimeUnwrapper
    private var hasBegun = false
    private var sequence: UInt32?
    private var index = 0

    /// A decoder for a sensor of that size, or of any if it is not known.
    init(_ layout: Layout, size: SensorSize?) {
        self.layout = layout
        right = size?.width ?? 32_768
        bottom = size?.height ?? 32_768
        unwrapper = TimeUnwrapper(bits: layout.counterBits ?? 62)
    }

    func begin(_ bytes: EventBytes) {
        tally[.datagrams] += 1
        guard bytes.count > 0, let head = layout.head(bytes) else {
            tally[.malformed] += 1
            index = bytes.count
            return
        }
        index = head.bytes
        if let number = head.sequence { follow(number) }
    }

    func decode(_ bytes: EventBytes, into batch: EventBatch, times: DatagramTimes) -> DatagramStep {
        var step = DatagramStep()
        while index < bytes.count {
            guard let event = layout.event(bytes, at: index) else {
                tally[.malformed] += 1
                index = bytes.count
                break
            }
            if isWanted(event) {
                step.outcome = take(event, into: batch, times, &step)
                guard step.outcome == .done else { return step }
            }
            index += event.bytes
        }
        return step
    }

    /// Appends an event in the order of time; anything but ``DatagramOutcome/done`` leaves all as it was.
    @inline(__always)
    private func take(
        _ event: DatagramEvent, into batch: EventBatch, _ times: DatagramTimes, _ step: inout DatagramStep
    ) -> DatagramOutcome {
        var next = unwrapper
        let (time, didWrap) = self.time(of: event, &next, times)
        if event.time != nil, times.accepted?.contains(time) != true { return .clockJump(time) }
        if time < step.last ?? times.lateBefore {
            tally[.eventsOutOfOrder] += 1
            step.earliestLate = min(step.earliestLate ?? time, time)
        } else {
            guard batch.append(time: time, x: UInt16(event.x), y: UInt16(event.y), isOn: event.isOn) else {
                return .batchIsFull
            }
            step.last = time
        }
        if didWrap { tally[.timeWraps] += 1 }
        if event.time != nil { (unwrapper, hasBegun) = (next, true) }
        return .done
    }

    /// Whether an event is one of a pixel of the sensor at a possible time; else it is counted.
    private func isWanted(_ event: DatagramEvent) -> Bool {
        if !event.isPixel {
            tally[.triggers] += 1
        } else if event.x >= right || event.y >= bottom {
            tally[.outsideSensor] += 1
        } else if let time = event.time, time > UInt64(EventBatch.sensorTimes.upperBound) {
            tally[.invalidEvents] += 1
        } else {
            return true
        }
        return false
    }

    /// The time of an event, unwrapped.
    private func time(
        of event: DatagramEvent, _ next: inout TimeUnwrapper, _ times: DatagramTimes
    ) -> (time: Int64, didWrap: Bool) {
        guard let counter = event.time else { return (times.arrival, false) }
        let value = Int64(counter)
        guard layout.counterBits != nil else { return (value, false) }
        if !hasBegun { next.start(at: value) }
        return next.time(value)
    }

    /// Counts the datagrams that are missing before number `number`; numbers wrap at 2^31, or at 2^32.
    private func follow(_ number: UInt32) {
        defer { sequence = number }
        guard let sequence else { return }
        let step = number &- sequence
        if step == 1 || (number == 0 && sequence == UInt32(Int32.max)) { return }
        if step > 1, step < 1 << 20 { tally[.missing] += Int(step) - 1 } else { tally[.outOfOrder] += 1 }
    }
}
