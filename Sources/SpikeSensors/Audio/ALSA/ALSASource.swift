import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Captures sound from a microphone or any other capture device of ALSA, and goes on when it is unplugged and comes back.
///
/// ```
/// stream time  0      1      2      3      4
/// samples      ██████████████░░░░░░░░███████   the device was gone: time goes on by our clock, without samples
/// faults                     dead    dead
///                            onset   clear, lost_ms 1200
/// ```
/// - The device delivers what ``CaptureNegotiation`` comes to; other rates than the wanted one are resampled.
/// - Stream time is counted in samples. Where samples are missing (overrun, device gone, time that the device left out),
///   the sample clock goes on by the time that was lost, measured by ``CaptureClock``.
/// - A device that cannot be opened at the start is an error. One that is lost later is opened again after 0.25 s, then
///   after ever longer pauses up to 8 s, for as long as it takes, unless ``Parameters/canReopen`` is false.
/// - Nothing is allocated per block once warm.
public final class ALSASource: Source {
    /// What one chooses about a microphone.
    public struct Parameters: Hashable, Sendable {
        /// Which channel is delivered.
        public var channel = AudioChannel.mix
        /// Samples per second of the blocks, 4,000 to 384,000; resampled if the device has another rate.
        public var sampleRateHz = 16_000
        /// The length of a block in milliseconds, 1 to 1,000.
        public var periodMs = 20
        /// The length of the device's buffer in milliseconds: how long the reader may be held up.
        public var bufferMs = 500
        /// Whether a device that is lost is opened again.
        public var canReopen = true
        /// After how many seconds of stream time the stream ends; nil: never.
        public var stopAfterSeconds: Double?
        /// How the device may write samples, the best first.
        var formats = CaptureNegotiation.formats

        /// The mean of all channels at 16 kHz in blocks of 20 ms, for ever.
        public init() {}
    }

    /// Why samples are missing, until the next ones have come.
    private enum Trouble {
        case none
        case overrun
        case stalled
        case dead
    }

    /// For how long a device may give nothing until it counts as stalled, and as dead, in nanoseconds.
    static let longestSilence: Int64 = 1_000_000_000
    static let longestStall: Int64 = 5_000_000_000
    /// For how long it may give nothing after it was started: servers take their time, in nanoseconds.
    static let longestStart: Int64 = 3_000_000_000
    /// The longest wait for a block; then an empty one is delivered, in nanoseconds.
    private static let longestWait: Int64 = 100_000_000

    /// Sound comes at the pace of the device.
    public let isLive = true
    /// What was counted besides samples.
    public let counters = StageCounters(CaptureTally.names)
    /// Overruns, disconnections, stalls and jumps.
    public let faults = SensorFaults()

    private let name: String
    private let parameters: Parameters
    private let wishes: CaptureDevice.Wishes
    private let notice: LiveNotice?
    private var device: CaptureDevice?
    private var converter: CaptureConverter
    private var clock = CaptureClock(now: 0)
    private var meter: LevelMeter
    private var tally = CaptureTally()
    private var backoff = Backoff(shortest: 250_000_000, longest: 8_000_000_000)
    private var reopenAt: Int64 = 0
    private var hasStarted = false
    /// The sample of the stream that comes next.
    private var nextSample: Int64 = 0
    private var trouble = Trouble.none
    /// The sample at which the trouble began.
    private var troubleSample: Int64 = 0
    /// Whether samples have ever come.
    private var hasHeard = false
    /// Whether it was told that the reader is late.
    private var isReaderLate = false
    /// When samples came last.
    private var heardAt: Int64 = 0
    /// The samples of the stream that were lost.
    private var lostSamples: Int64 = 0
    /// What converters that are no more have clipped.
    private var clippedBefore = 0

    /// Opens the device called `name` and comes to terms with it; it starts with the first read.
    public convenience init(device name: String, parameters: Parameters = Parameters()) throws(SpikelineError) {
        try self.init(name, parameters, notice: nil)
    }

    init(_ name: String, _ parameters: Parameters, notice: LiveNotice?) throws(SpikelineError) {
        self.name = name
        self.parameters = parameters
        self.notice = notice
        wishes = CaptureDevice.Wishes(
            rate: parameters.sampleRateHz, channel: parameters.channel, periodMs: parameters.periodMs,
            bufferMs: parameters.bufferMs, formats: parameters.formats)
        let device = try CaptureDevice(name, wishes)
        converter = try CaptureConverter(
            device.setup, frames: device.periodFrames, channel: parameters.channel, rate: parameters.sampleRateHz)
        self.device = device
        meter = LevelMeter(rate: parameters.sampleRateHz)
        note(device.setup)
    }

    /// How far stream time is behind the clock now, in nanoseconds.
    var lag: Int64 { clock.lateness(at: MonotonicClock.nanoseconds()) }

    /// What the device delivers; nil while it is gone.
    var setup: CaptureSetup? { device?.setup }

    /// Appends the next block; an empty one after 100 ms without samples.
    ///
    /// - Throws: when the device is lost and is not to be opened again.
    public func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        output.sampleRate = parameters.sampleRateHz
        if isOver { return false }
        let begin = MonotonicClock.nanoseconds()
        if !hasStarted { start(at: begin) }
        defer { publish() }
        let deadline = begin + ALSASource.longestWait
        while true {
            guard let device else {
                try reopen(until: deadline)
                if device == nil { break }
                continue
            }
            switch device.read(until: deadline) {
            case .period:
                try take(device, into: output)
                return true
            case .nothing:
                try checkSilence(at: MonotonicClock.nanoseconds())
                return quietBlock(output)
            case .overrun: try recover(device)
            case .lost(let code): try lose(code)
            }
        }
        return quietBlock(output)
    }

    private var isOver: Bool {
        parameters.stopAfterSeconds.map { Double(nextSample) >= $0 * Double(parameters.sampleRateHz) } ?? false
    }

    private var now: StreamTime { StreamTime(sample: nextSample, rate: parameters.sampleRateHz) }

    private func start(at time: Int64) {
        hasStarted = true
        clock = CaptureClock(now: time)
        heardAt = time
        if let code = device?.start() {
            // What cannot start is found out by reading.
            notice?("\(name) does not start (\(CaptureError.text(code)))")
        }
    }

    // MARK: Samples

    /// Delivers the period that `device` has completed.
    private func take(_ device: CaptureDevice, into output: AudioBatch) throws(SpikelineError) {
        let arrived = MonotonicClock.nanoseconds()
        let duration = StreamTime(sample: Int64(device.periodFrames), rate: device.setup.rate).nanoseconds
        let judgement = clock.add(duration, at: arrived, hasWaited: device.hasWaited)
        heardAt = arrived
        hasHeard = true
        settle(judgement, at: arrived)
        output.firstSample = nextSample
        output.samples.reserveCapacity(parameters.sampleRateHz * parameters.periodMs / 500 + 64)
        try converter.append(device.bytes, frames: device.periodFrames, to: &output.samples)
        if let seconds = parameters.stopAfterSeconds {
            let left = Int64((seconds * Double(parameters.sampleRateHz)).rounded(.up)) - nextSample
            if Int64(output.count) > left { output.samples.removeLast(output.count - Int(max(0, left))) }
        }
        nextSample += Int64(output.count)
        output.updateUpTo()
        meter.add(output.samples)
    }

    /// Tells what is over or has happened now that samples have come, and moves stream time over what is missing.
    private func settle(_ judgement: CaptureClock.Judgement, at time: Int64) {
        switch trouble {
        case .none:
            switch judgement {
            case .onTime: break
            case .behind:
                tally[.readerStalls] += 1
                isReaderLate = true
                report(.stalled, .onset)
            case .caughtUp: endLateness(lost: 0)
            case .jumped:
                tally[.clockJumps] += 1
                troubleSample = nextSample
                closeGap(at: time)
                report(.clockJump, .passed, lost: lostMilliseconds)
            }
            return
        case .overrun:
            closeGap(at: time)
            report(.xrun, .passed, lost: lostMilliseconds)
        case .stalled:
            // What waited in the device may still come; if not, the clock will see it.
            report(.stalled, .clear)
        case .dead:
            closeGap(at: time)
            report(.dead, .clear, lost: lostMilliseconds)
            notice?("\(name) is back after \(lostMilliseconds) ms")
            backoff.reset()
        }
        trouble = .none
    }

    /// Stream time goes on to where the clock says that it is, by whole samples: a device that is away is asked for many
    /// times, and what is rounded off must not add up.
    private func closeGap(at time: Int64) {
        endLateness(lost: nil)
        let samples = clock.lateness(at: time) / 1_000 * Int64(parameters.sampleRateHz) / 1_000_000
        clock.skip(StreamTime(sample: samples, rate: parameters.sampleRateHz).nanoseconds)
        converter.reset()
        nextSample += samples
        lostSamples += samples
        tally[.lostMilliseconds] = Int(lostSamples * 1_000 / Int64(parameters.sampleRateHz))
    }

    /// The reader is in time again, or what it missed is given up.
    private func endLateness(lost: Int?) {
        if isReaderLate { report(.stalled, .clear, lost: lost) }
        isReaderLate = false
    }

    /// The stream time without samples since the trouble began.
    private var lostMilliseconds: Int {
        Int((nextSample - troubleSample) * 1_000 / Int64(parameters.sampleRateHz))
    }

    private func report(_ kind: SensorFault.Kind, _ state: SensorFault.State, lost: Int? = nil) {
        faults.report(SensorFault(kind, state, place: name, at: now, lostMilliseconds: lost))
    }

    /// An empty block. While the device is gone stream time goes on by the clock, a block behind.
    private func quietBlock(_ output: AudioBatch) -> Bool {
        if case .dead = trouble {
            let behind = Int64(parameters.periodMs + parameters.bufferMs) * 1_000_000
            let time = MonotonicClock.nanoseconds() - behind
            if clock.lateness(at: time) > 0 { closeGap(at: time) }
        }
        output.firstSample = nextSample
        output.updateUpTo()
        return true
    }

    // MARK: Faults

    /// The device has lost samples: drops the period that was begun and makes it run again.
    private func recover(_ device: CaptureDevice) throws(SpikelineError) {
        tally[.xruns] += 1
        tally[.droppedFrames] += device.held
        if case .none = trouble { (trouble, troubleSample) = (.overrun, nextSample) }
        if let code = device.recover() { try lose(code) }
    }

    /// A device that gives nothing is stalled, and after a while given up.
    private func checkSilence(at time: Int64) throws(SpikelineError) {
        let silence = time - heardAt
        if silence >= ALSASource.longestStall { return try lose(ETIMEDOUT) }
        let longest = hasHeard ? ALSASource.longestSilence : ALSASource.longestStart
        guard silence >= longest, case .none = trouble else { return }
        (trouble, troubleSample) = (.stalled, nextSample)
        tally[.deviceStalls] += 1
        report(.stalled, .onset)
    }

    /// The device is gone: closes it.
    private func lose(_ code: Int32) throws(SpikelineError) {
        device = nil
        tally[.disconnections] += 1
        switch trouble {
        case .dead: break
        case .stalled: report(.stalled, .clear)
        case .none, .overrun: troubleSample = nextSample
        }
        if case .dead = trouble {} else { report(.dead, .onset) }
        trouble = .dead
        reopenAt = MonotonicClock.nanoseconds() + backoff.next()
        guard parameters.canReopen else { throw CaptureError.gone(name, code) }
        notice?("\(name) is gone (\(CaptureError.text(code))); trying again until it is back")
    }

    /// Waits until it is time and tries to open the device again, at most until `deadline`.
    private func reopen(until deadline: Int64) throws(SpikelineError) {
        MonotonicClock.sleep(until: min(deadline, reopenAt))
        guard MonotonicClock.nanoseconds() >= reopenAt else { return }
        do {
            let again = try CaptureDevice(name, wishes)
            clippedBefore += converter.clipped
            converter = try CaptureConverter(
                again.setup, frames: again.periodFrames, channel: parameters.channel, rate: parameters.sampleRateHz)
            note(again.setup)
            device = again
            heardAt = MonotonicClock.nanoseconds()
            if let code = again.start() { try lose(code) }
        } catch {
            tally[.failedOpens] += 1
            reopenAt = MonotonicClock.nanoseconds() + backoff.next()
        }
    }

    private func note(_ setup: CaptureSetup) {
        tally[.deviceRate] = setup.rate
        tally[.deviceChannels] = setup.channels
    }

    private func publish() {
        tally[.clippedSamples] = clippedBefore + converter.clipped
        tally[.mostLateMilliseconds] = Int(clock.mostLate / 1_000_000)
        tally[.driftPerMillion] = clock.driftPerMillion
        tally[.level] = meter.level
        tally[.peak] = meter.peak
        counters.update { counts in
            for index in counts.indices { counts[index] = tally.counts[index] }
        }
    }
}
