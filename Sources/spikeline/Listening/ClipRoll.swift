import SpikeSignals

/// The last seconds of a stream, out of which clips are cut as soon as their end has been heard.
///
/// ```
/// roll   ░░░░░░░░░░░░░░░░░░░░░░░░░░░░|  now
/// word               [from   to]        reported here ^ or a little later
/// clip         [pre-roll│      │post-roll]
/// ```
/// A clip is as long as the roll at most; where the roll no longer or not yet has its beginning, it begins later. Samples that
/// are missing in the stream end the clips that wait for more.
struct ClipRoll {
    /// A piece of the stream.
    struct Clip: Equatable {
        /// The number that it was asked for with.
        var ticket: Int
        /// The first sample, counted in the stream.
        var firstSample: Int64
        /// The samples, 16 bits.
        var samples: [Int16]
    }

    /// How much longer than both rolls the roll is: a word and the time until it is decided on, in milliseconds.
    static let wordMs = 4_000
    /// How many clips may wait for their end; what is asked for beyond that is refused.
    static let mostWaiting = 32

    private let rate: Int
    private let preRoll: Int64
    private let postRoll: Int64
    private var ring: [Int16]
    /// The sample of the stream that comes next, and the oldest that the roll has.
    private var next: Int64 = 0
    private var oldest: Int64 = 0
    private var waiting: [(ticket: Int, range: Range<Int64>)] = []

    /// An empty roll for a stream of `rate` samples per second.
    init(rate: Int, preRollMs: Int, postRollMs: Int) {
        self.rate = rate
        preRoll = Int64(rate * preRollMs / 1_000)
        postRoll = Int64(rate * postRollMs / 1_000)
        ring = Array(repeating: 0, count: rate * (preRollMs + postRollMs + ClipRoll.wordMs) / 1_000)
    }

    /// Takes in the next samples (24 bits in 32); the clips that are complete with them.
    mutating func add(_ samples: [Int32], at first: Int64) -> [Clip] {
        var clips: [Clip] = []
        if first != next {
            clips = finish()
            (next, oldest) = (first, first)
        }
        for sample in samples {
            let scaled = (sample + 128) >> 8
            ring[Int(next % Int64(ring.count))] = Int16(clamping: scaled)
            next += 1
        }
        oldest = max(oldest, next - Int64(ring.count))
        return clips + cut(endingBy: next)
    }

    /// Asks for the clip around what was heard from `from` to `to`; false if too many are waited for.
    mutating func ask(_ ticket: Int, from: StreamTime, to: StreamTime) -> Bool {
        guard waiting.count < ClipRoll.mostWaiting else { return false }
        let start = max(0, sample(from) - preRoll)
        let end = max(start + 1, min(sample(to) + postRoll, start + Int64(ring.count)))
        waiting.append((ticket, start..<end))
        return true
    }

    /// The stream is over or interrupted: the clips that wait, as far as they have been heard.
    mutating func finish() -> [Clip] { cut(endingBy: .max) }

    private func sample(_ time: StreamTime) -> Int64 { Int64((time.seconds * Double(rate)).rounded()) }

    private mutating func cut(endingBy limit: Int64) -> [Clip] {
        guard waiting.contains(where: { $0.range.upperBound <= limit }) else { return [] }
        let due = waiting.filter { $0.range.upperBound <= limit }
        waiting.removeAll { $0.range.upperBound <= limit }
        return due.compactMap { request in
            let (start, end) = (max(request.range.lowerBound, oldest), min(request.range.upperBound, next))
            guard start < end else { return nil }
            let samples = (start..<end).map { ring[Int($0 % Int64(ring.count))] }
            return Clip(ticket: request.ticket, firstSample: start, samples: samples)
        }
    }
}
