import SpikeSignals

/// Reads a recording of an event camera in any of the formats of ``EventFileFormat``, from a file, a pipe or a file that
/// grows, in batches that are used again and again.
///
/// ```swift
/// let reader = try EventFileReader(path: "recording.raw")
/// let batch = EventBatch()
/// while try reader.read(into: batch) {
///     for event in batch { ... }
///     batch.removeAll()
/// }
/// print(reader.log.tally[.timeWraps])
/// ```
/// The format is known by the content. Times are those of the file, in microseconds, unwrapped where a counter begins
/// anew, and never changed otherwise. The origin is the top left corner. Memory in use is a window of the file and a
/// batch, or a packet of the file if that is larger.
public final class EventFileReader {
    /// How a recording is to be read.
    public struct Options: Sendable {
        /// The format; nil: by the content.
        public var format: EventFileFormat?
        /// The size of the sensor where the file does not say it.
        public var size: SensorSize?
        /// Whether damage, times that step back and events outside the sensor are errors.
        public var isStrict = false
        /// Threads that decompress packets (AEDAT 4).
        public var threads = 1
        /// Whether to wait for more at the end of the file, and for how long without any (nil: for ever).
        public var follows = false
        /// With ``follows``: give up after so many milliseconds in which the file has not grown.
        public var idleMilliseconds: Int64?
        /// With ``follows``: asked now and then; true ends the recording.
        public var isStopped: @Sendable () -> Bool = { false }
        /// The columns of a text, as `t,x,y,p`; nil: by its header or content.
        public var columns: String?
        /// Whether times of files that give an offset apart (DSEC's `t_offset`, faery's `t0`) get it added.
        public var addsTimeOffset = false

        /// Whether wide vectors may be used where the processor has them; without, the Swift twins do it all.
        var isWide = WideLoops.areThere

        /// Everything by the content, lenient.
        public init() {}
    }

    /// The format of the recording.
    public let format: EventFileFormat
    /// The size of the sensor, if it is known.
    public let size: SensorSize?
    /// What the header says, in order.
    public let header: [(key: String, value: String)]
    /// How the recording is called in messages.
    public let name: String
    /// What the file says should be added to its times, in microseconds; see ``Options/addsTimeOffset``.
    public let timeOffset: Int64
    /// What was met besides events.
    public let log = EventLog()
    /// How many events have been delivered.
    public private(set) var eventsDelivered = 0

    /// How many bytes have come, used or not.
    var bytesReceived: Int64 { input.offset + Int64(input.count) }

    private let input: EventInput
    private let decoder: any EventDecoder
    private let isStrict: Bool
    private let isWide: Bool
    private let addedTime: Int64
    private var start: Int64?
    private var lastTime: Int64?
    private var need = 1
    private var upTo = StreamTime.zero
    private var failure: SpikelineError?

    /// Opens the recording at `path`, or standard input for `-`, and reads its header.
    public convenience init(path: String, options: Options = Options()) throws(SpikelineError) {
        let following =
            options.follows
            ? EventInput.Following(idleMilliseconds: options.idleMilliseconds, isStopped: options.isStopped) : nil
        try self.init(EventInput(path: path, following: following), options: options)
    }

    /// Reads a recording that is in memory; `name` is what messages call it.
    public convenience init(bytes: [UInt8], name: String, options: Options = Options()) throws(SpikelineError) {
        try self.init(EventInput(bytes: bytes, name: name), options: options)
    }

    convenience init(_ input: EventInput, options: Options) throws(SpikelineError) {
        try self.init(input, opened: EventFileOpening(input, options.format, options), options: options)
    }

    /// Reads what follows a header that has been read already.
    init(_ input: EventInput, opened: EventFileOpening, options: Options) {
        self.input = input
        name = input.name
        isStrict = options.isStrict
        isWide = options.isWide
        format = opened.format
        decoder = opened.decoder
        header = opened.header
        size = opened.size ?? options.size
        timeOffset = opened.timeOffset
        addedTime = options.addsTimeOffset ? opened.timeOffset : 0
    }

    /// Appends the next events to the empty `batch`: a full one, except at the end or where a live input has no more at
    /// the moment.
    ///
    /// - Returns: false when the recording has ended and nothing was appended.
    /// - Throws: with ``Options/isStrict``, at the first damage, after the events before it have been delivered.
    public func read(into batch: EventBatch) throws(SpikelineError) -> Bool {
        try read(into: batch, until: .max)
    }

    /// As ``read(into:)``, but a file that is followed is waited for until `deadline` of ``MonotonicClock`` at the latest;
    /// then nothing is appended and more may follow.
    func read(into batch: EventBatch, until deadline: Int64) throws(SpikelineError) -> Bool {
        if isStrict, let complaint = complaint { throw complaint }
        frame(batch)
        while true {
            let mayWait = batch.count == 0 && !decoder.holdsEvents
            let wish = input.isLive ? need : max(need, decoder.wishedBytes)
            let isThere = try input.fill(wish, mayWait: mayWait, deadline: deadline)
            if decode(into: batch) { break }
            guard input.isLive, !isThere else { continue }
            if batch.count > 0 { break }
            if mayWait, !input.hasEnded, MonotonicClock.nanoseconds() >= deadline { return true }
        }
        guard batch.count > 0 else {
            if isStrict, let complaint { throw complaint }
            return false
        }
        settle(batch)
        return true
    }

    /// Appends what comes by `deadline` (of ``MonotonicClock``) to the empty `batch`, until it is full.
    ///
    /// - Returns: false when the stream has ended and nothing was appended; a batch may be empty otherwise, too.
    /// - Throws: when the input fails, after the events before that have been delivered.
    func gather(into batch: EventBatch, until deadline: Int64) throws(SpikelineError) -> Bool {
        if let failure { throw failure }
        frame(batch)
        do {
            while true {
                let isReady = decoder.holdsEvents ? true : try input.fill(need, until: deadline)
                guard isReady || input.hasEnded else { break }
                if decode(into: batch) || MonotonicClock.nanoseconds() >= deadline { break }
            }
        } catch {
            failure = error
            if batch.count == 0 { throw error }
        }
        if batch.count > 0 { settle(batch) }
        return batch.count > 0 || !input.hasEnded
    }

    /// Decodes what is in the window; true if the batch must be handed on or nothing more will come.
    private func decode(into batch: EventBatch) -> Bool {
        let step = decoder.decode(input.window, into: batch, log: log)
        input.consume(step.used)
        need = 1
        if step.isBatchDone, batch.count > 0 { return true }
        if input.hasEnded, step.used == 0 || input.count == 0 { return true }
        if step.used == 0 { need = max(input.count + 1, decoder.minimumBytes) }
        return false
    }

    /// Gives the empty batch the size of the sensor and the times so far.
    private func frame(_ batch: EventBatch) {
        batch.width = size?.width ?? 0
        batch.height = size?.height ?? 0
        batch.startTime = start ?? 0
        batch.upTo = upTo
        log.audited = 0
    }

    /// Checks the finished batch and sets its times.
    private func settle(_ batch: EventBatch) {
        batch.timeBase &+= addedTime
        let first = batch.time(of: batch[0])
        if start == nil {
            start = first
            batch.startTime = first
        }
        EventAudit.check(batch, after: lastTime, log: log, isWide: isWide)
        let last = batch.time(of: batch[batch.count - 1])
        lastTime = last
        eventsDelivered += batch.count
        upTo = max(upTo, batch.streamTime(sensor: last))
        batch.upTo = upTo
    }

    /// The first thing that strict reading does not allow.
    private var complaint: SpikelineError? {
        if let damage = log.damage.first {
            return SpikelineError(
                "\(damage)", at: name, hint: "Without --strict, or with when_damaged: keep, the rest is read")
        }
        for item in [EventTally.Item.timeStepsBack, .outsideSensor, .eventsBeforeTimeBase, .invalidEvents]
        where log.tally[item] > 0 {
            let what = item.name.split(separator: "_").joined(separator: " ")
            // HDF5 is not read from front to back.
            let place =
                format == .hdf5 ? "event \(eventsDelivered.grouped)" : "byte \(input.offset.grouped)"
            return SpikelineError(
                "expected no \(what), found \(log.tally[item].grouped) up to \(place)", at: name,
                hint: "Without --strict, or with when_damaged: keep, they are counted")
        }
        return nil
    }
}
