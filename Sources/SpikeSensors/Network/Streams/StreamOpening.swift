import SpikeSignals

/// Finds out what a stream is and reads its header, as its bytes come in, without ever waiting beyond a deadline.
///
/// Headers are read as those of files are, from a copy of what has come so far; if that is too short, they are read again
/// when there is more. A stream has to make clear what it is within ``longestHeader`` bytes and ``longestWait``.
final class StreamOpening {
    /// How many bytes a header may have.
    static let longestHeader = 1 << 20
    /// How long a header may take from its first byte on, in nanoseconds.
    static let longestWait: Int64 = 10_000_000_000
    /// How long to gather bytes before the format is judged by the content, in nanoseconds.
    static let settling: Int64 = 250_000_000

    private let input: EventInput
    private let options: EventFileReader.Options
    private var firstByteAt: Int64?
    private var triedBytes = 0

    /// Opens the stream of `descriptor`, which it closes in the end.
    init(descriptor: Int32, name: String, options: EventFileReader.Options) {
        input = EventInput(descriptor: descriptor, name: name, isLive: true)
        self.options = options
    }

    /// Whether anything has come.
    var hasBegun: Bool { firstByteAt != nil }

    /// A reader for the rest of the stream; nil if that needs more bytes than have come by `deadline`.
    ///
    /// - Throws: if the stream is of no known format, or ends or stops inside its header.
    func reader(until deadline: Int64) throws(SpikelineError) -> EventFileReader? {
        while try gather(until: deadline) {
            let window = input.window
            triedBytes = window.count
            let copy = EventInput(bytes: window.bytes(0..<window.count), name: input.name, isOpenEnded: !input.hasEnded)
            do throws(SpikelineError) {
                let opened = try EventFileOpening(copy, options.format, options)
                guard EventFileFormat.streamed.contains(opened.format) else {
                    throw SpikelineError(
                        "\(opened.format.title) is read here and there, which a stream does not allow", at: input.name)
                }
                input.consume(Int(copy.offset))
                return EventFileReader(input, opened: opened, options: options)
            } catch {
                let isShort = copy.isStarved || triedBytes < EventFileFormat.detectionBytes
                guard isShort, !input.hasEnded else { throw error }
            }
        }
        return nil
    }

    /// Waits until there is more than was tried, and enough to judge; false if that is not so by `deadline`.
    private func gather(until deadline: Int64) throws(SpikelineError) -> Bool {
        while true {
            if firstByteAt == nil, input.count > 0 { firstByteAt = MonotonicClock.nanoseconds() }
            let now = MonotonicClock.nanoseconds()
            if triedBytes > 0 { try checkPatience() }
            if input.hasEnded { return true }
            let judgeAt = firstByteAt.map { $0 + StreamOpening.settling } ?? .max
            let isEnough = input.count >= EventFileFormat.detectionBytes || options.format != nil || now >= judgeAt
            if input.count > triedBytes, isEnough { return true }
            guard now < deadline else { return false }
            // Tried again once a deadline or with twice the bytes, so that a trickle costs little.
            let wanted = options.format == nil ? EventFileFormat.detectionBytes : 1
            _ = try input.fill(max(wanted, 2 * triedBytes), until: now < judgeAt ? min(deadline, judgeAt) : deadline)
        }
    }

    private func checkPatience() throws(SpikelineError) {
        guard let firstByteAt else { return }
        let isLate = MonotonicClock.nanoseconds() - firstByteAt > StreamOpening.longestWait
        guard isLate || input.count >= StreamOpening.longestHeader else { return }
        throw SpikelineError(
            "expected an event stream, found no header that makes sense in \(input.count.grouped) bytes"
                + (isLate ? " and \(StreamOpening.longestWait / 1_000_000_000) s" : ""), at: input.name)
    }
}
