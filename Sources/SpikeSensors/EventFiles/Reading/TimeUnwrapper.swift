/// Goes on counting where a time counter of few bits begins anew.
///
///     step back by half the counter's range or more                  the counter began anew: add its range
///     step forward to within 65.5 ms of the whole range             a step back across the beginning: subtract it
///     every other step, forward or back                              as it stands
///
/// Cameras repeat their upper time word all the time and now and then an old one after a new one, so a small step back
/// must not count as a new beginning; the rule of half the range is that of Prophesee's OpenEB (`evt3_decoder.h`).
struct TimeUnwrapper {
    private let range: Int64
    private var last: Int64 = 0
    private var epoch: Int64 = 0

    /// How far a step back across the beginning may be: 65.5 ms.
    static let jitter: Int64 = 1 << 16

    /// A counter of microseconds that has `bits` bits.
    init(bits: Int64) { range = 1 << bits }

    /// Starts at `value`, without a wrap.
    mutating func start(at value: Int64) { last = value }

    /// Goes on from `time`, which has been counted by other means.
    mutating func settle(at time: Int64) {
        last = time & (range - 1)
        epoch = time &- last
    }

    /// The time for the counter's next `value`, and whether the counter began anew.
    mutating func time(_ value: Int64) -> (time: Int64, didWrap: Bool) {
        let step = value &- last
        last = value
        if step <= -(range / 2) {
            epoch &+= range
            return (epoch &+ value, true)
        }
        if step >= range &- TimeUnwrapper.jitter { epoch &-= range }
        return (epoch &+ value, false)
    }
}
