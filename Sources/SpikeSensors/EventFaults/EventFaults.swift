import SpikeSignals

/// What an event source tells of its sensor or recording: damage that was passed over, time that jumped, data that the
/// system lost.
struct EventFaults {
    /// Where it is told.
    let faults = SensorFaults()

    private let name: String
    private var damage = GatheredFaults(.damaged)
    private var jumps = GatheredFaults(.clockJump)
    private var losses = GatheredFaults(.xrun)
    /// How much of a log has been noted.
    private var damageSeen = 0

    /// The least step back that counts as a jump of the sensor's clock, in microseconds; `event_watchdog` has the same.
    static let jump: Int64 = 1_000

    /// The faults of what is called `name`.
    init(_ name: String) { self.name = name }

    /// Another stream with a log of its own begins.
    mutating func begin() { damageSeen = 0 }

    /// Notes the damage in `log` that is new.
    mutating func noteDamage(in log: EventLog) {
        let count = log.tally[.damage]
        guard count > damageSeen else { return }
        // The last is the case of more than 100 places, of which one between two looks is kept.
        let place = damageSeen < log.damage.count ? log.damage[damageSeen] : log.latest
        damage.note("\(name): \(place.map { "\($0)" } ?? "damage")", count: count - damageSeen)
        log.forgetLatest()
        damageSeen = count
    }

    /// Notes `count` times something that is no event data at all.
    mutating func noteDamage(_ what: @autoclosure () -> String, count: Int = 1) {
        damage.note(what(), count: count)
    }

    /// Notes a step of the sensor's clock by `microseconds`.
    mutating func noteJump(by microseconds: Int64, count: Int = 1) {
        let seconds = JSONValue.decimal(Double(microseconds) / 1e6, decimals: 3) ?? "?"
        jumps.note("\(name): time of the sensor, by \(seconds) s", count: count)
    }

    /// Notes what the system threw away because it was not fetched in time.
    mutating func noteLoss(_ what: @autoclosure () -> String, count: Int) {
        losses.note("\(name): \(what())", count: count)
    }

    /// Tells what was noted and is due at `now`, or all of it if nothing comes any more.
    mutating func tell(at now: StreamTime, isLast: Bool = false) {
        damage.tell(faults, at: now, isLast: isLast)
        jumps.tell(faults, at: now, isLast: isLast)
        losses.tell(faults, at: now, isLast: isLast)
    }
}

extension EventBatch {
    /// The steps back in time that are longer than ``EventFaults/jump`` and at most `most` microseconds: how many, and the
    /// longest. `last` is the time of the event before the batch.
    func jumpsBack(after last: Int64?, most: Int64 = .max) -> (count: Int, longest: Int64) {
        var (count, longest): (Int, Int64) = (0, 0)
        guard self.count > 0 else { return (0, 0) }
        var before = last ?? time(of: self[0])
        for event in self {
            let time = time(of: event)
            let step = before &- time
            if step > EventFaults.jump, step <= most {
                count += 1
                longest = Swift.max(longest, step)
            }
            before = time
        }
        return (count, longest)
    }
}
