import SpikeSignals

@testable import SpikeSensors

/// All that reading gave, in a form that can be compared.
struct Outcome: Equatable {
    /// The events, and a hash of all their times and pixels in order.
    private(set) var events = 0
    private(set) var hash: UInt64 = 0
    /// Events earlier than the one before and outside the sensor, counted here and independently by the reader.
    private(set) var stepsBack = 0
    private(set) var outside = 0
    /// What the reader counted and noted.
    var tally = EventTally()
    var damage: [EventDamage] = []
    /// Why there is nothing to read.
    var refusal: String?

    private var last: Int64 = -1 << 54

    /// Takes the events of `batch`, but for those in `padding`, and checks what every batch promises.
    mutating func take(_ batch: EventBatch, padding: Range<Int> = 0..<0, size: SensorSize?) {
        let count = batch.count
        guard count > 0, count <= EventBatch.capacity else { fatalError("a batch of \(count) events") }
        take(batch, 0..<(padding.isEmpty ? count : padding.lowerBound), size)
        if !padding.isEmpty { take(batch, padding.upperBound..<count, size) }
    }

    /// Without comparisons in the loop, as libFuzzer watches each of them.
    private mutating func take(_ batch: EventBatch, _ part: Range<Int>, _ size: SensorSize?) {
        let right = UInt64(size?.width ?? 65_536) &- 1
        let bottom = UInt64(size?.height ?? 32_768) &- 1
        var strange: UInt64 = 0
        for index in part {
            let word = unsafe batch.words[index]
            let time = batch.timeBase &+ Int64(bitPattern: word) >> 32
            // The reader promises times of EventBatch.sensorTimes: from -2^53 to 2^53.
            strange |= UInt64(bitPattern: time &+ 1 << 53) >> 55
            stepsBack &+= Int(truncatingIfNeeded: UInt64(bitPattern: time &- last) >> 63)
            let beyond = (right &- (word & 0xFFFF)) | (bottom &- (word >> 16 & 0x7FFF))
            outside &+= Int(truncatingIfNeeded: beyond >> 63)
            last = time
            let mixed = UInt64(bitPattern: time) &* 0x9E37_79B9_7F4A_7C15 ^ (word & 0xFFFF_FFFF)
            hash = (hash ^ mixed) &* 0x100_0000_01B3
            hash ^= hash >> 29
        }
        guard strange == 0 else { fatalError("an event has a time that no sensor has") }
        events += part.count
    }

    /// Takes what `log` has, when all has been read.
    mutating func finish(_ log: EventLog) {
        tally = log.tally
        damage = log.damage
    }
}
