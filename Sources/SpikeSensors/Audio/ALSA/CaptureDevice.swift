import CALSA
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// An open capture device of ALSA: negotiated, and read period by period without ever waiting longer than told.
///
/// ```
/// bytes  |■■■■■■■■■■■■|■■■■■■■■·············|      ■ held: fetched and not handed out
///         the period   what waits   room
/// ```
/// All that the device has is fetched at once, also beyond the period: the PulseAudio plugin holds on to a fragment that was
/// fetched in part, and if its server ends meanwhile, closing the device would wait for ever. After an overrun what is held,
/// less than a period, is dropped, as the samples that follow do not go on from it.
@safe final class CaptureDevice {
    /// What a read came to.
    enum Outcome: Equatable {
        /// A period is complete.
        case period
        /// Nothing more until the deadline.
        case nothing
        /// The device was not read in time and has lost samples; call ``recover()``.
        case overrun
        /// The device is gone, by this code of the system.
        case lost(Int32)
    }

    /// What is wished for.
    struct Wishes: Hashable, Sendable {
        /// Frames per second.
        var rate = 16_000
        /// Which channel.
        var channel = AudioChannel.mix
        /// The length of a period and of the device's buffer, in milliseconds.
        var periodMs = 20
        var bufferMs = 500
        /// How samples may be written, the best first.
        var formats = CaptureNegotiation.formats
    }

    /// What the device delivers.
    let setup: CaptureSetup
    /// The frames of a period.
    let periodFrames: Int
    /// What was fetched; it begins with the period that was completed last.
    private(set) var bytes: [UInt8]
    /// How many frames were fetched and not handed out.
    private(set) var held = 0
    /// Whether the period that was completed last was not there yet when it was asked for.
    private(set) var hasWaited = false

    private let handle: OpaquePointer
    private let bufferFrames: Int
    private var descriptors: [pollfd]
    /// Whether the period in `bytes` has been handed out.
    private var isStale = true

    /// Opens the device called `name` and comes to terms with it; it does not run yet.
    init(_ name: String, _ wishes: Wishes) throws(SpikelineError) {
        _ = CaptureDevice.quiet
        var opened: OpaquePointer?
        let code = unsafe snd_pcm_open(&opened, name, SND_PCM_STREAM_CAPTURE, Int32(SND_PCM_NONBLOCK))
        guard code >= 0, let handle = unsafe opened else { throw CaptureError.opening(name, code) }
        do throws(SpikelineError) {
            (setup, periodFrames, bufferFrames) = unsafe try CaptureTermsOfDevice.settle(handle, name, wishes)
        } catch {
            _ = unsafe snd_pcm_close(handle)
            throw error
        }
        unsafe self.handle = handle
        bytes = Array(repeating: 0, count: (periodFrames + bufferFrames) * setup.frameBytes)
        descriptors = Array(repeating: pollfd(), count: max(1, Int(unsafe snd_pcm_poll_descriptors_count(handle))))
    }

    deinit { _ = unsafe snd_pcm_close(handle) }

    /// ALSA's own messages are kept away from standard error, once for the process.
    static let quiet: Void = calsa_silence()

    /// Starts it; a capture device does not start by itself. The code of the system if it cannot.
    func start() -> Int32? {
        let code = unsafe snd_pcm_start(handle)
        return code < 0 ? -code : nil
    }

    /// Makes it run again after an overrun; the code of the system if it cannot.
    func recover() -> Int32? {
        held = 0
        begin()
        let code = unsafe snd_pcm_prepare(handle)
        return code < 0 ? -code : start()
    }

    /// Reads on until the period is complete, or until `deadline` (nanoseconds of the monotonic clock).
    func read(until deadline: Int64) -> Outcome {
        if isStale { begin() }
        while true {
            let outcome = fetch()
            if held >= periodFrames {
                isStale = true
                return .period
            }
            if let outcome { return outcome }
            hasWaited = true
            let now = MonotonicClock.nanoseconds()
            guard now < deadline else { return .nothing }
            if let code = wait(until: deadline, from: now), let outcome = self.outcome(ofCode: code) { return outcome }
        }
    }

    /// Fetches all that the device has and there is room for, a period at a time, as the plugin `file` gives nothing to who
    /// asks for more than its buffer; what is wrong with the device, if anything is.
    private func fetch() -> Outcome? {
        let capacity = periodFrames + bufferFrames
        while held < capacity {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe snd_pcm_readi(
                    handle, buffer.baseAddress.map { unsafe $0 + held * setup.frameBytes },
                    snd_pcm_uframes_t(min(capacity - held, periodFrames)))
            }
            if count > 0 {
                held += count
            } else if count == 0 || count == -Int(EAGAIN) {
                return nil
            } else if let outcome = outcome(ofCode: Int32(-count)) {
                return outcome
            }
        }
        return nil
    }

    /// Waits until there is something to read, at most until `deadline`; the code of the system if the device has failed.
    ///
    /// `snd_pcm_wait` is no use: a plugin may wake it for nothing, and then it waits again for the whole time, without end.
    private func wait(until deadline: Int64, from now: Int64) -> Int32? {
        let count = unsafe snd_pcm_poll_descriptors(handle, &descriptors, UInt32(descriptors.count))
        guard count > 0 else { return EIO }
        if unsafe poll(&descriptors, nfds_t(count), MonotonicClock.pollTime(to: deadline, from: now)) <= 0 {
            return nil
        }
        var events: UInt16 = 0
        let code = unsafe snd_pcm_poll_descriptors_revents(handle, &descriptors, UInt32(count), &events)
        if code < 0 { return -code }
        if Int32(events) & (POLLERR | POLLNVAL) != 0 { return failure }
        if Int32(events) & POLLIN == 0 { MonotonicClock.sleep(until: min(deadline, now + CaptureDevice.nap)) }
        return nil
    }

    /// How long to sleep after having been woken for nothing, in nanoseconds.
    private static let nap: Int64 = 2_000_000

    /// What the state of a device that reports an error means, as a code of the system.
    private var failure: Int32 {
        switch unsafe snd_pcm_state(handle) {
        case SND_PCM_STATE_XRUN: EPIPE
        case SND_PCM_STATE_SUSPENDED: ESTRPIPE
        case SND_PCM_STATE_DISCONNECTED: ENODEV
        default: EIO
        }
    }

    /// The next period begins: what waits moves to the front. Some devices leave the buffer as it is, so the rest of it
    /// must not hold old sound.
    private func begin() {
        let start = min(held, periodFrames) * setup.frameBytes
        let end = held * setup.frameBytes
        for index in start..<end { bytes[index - start] = bytes[index] }
        for index in (end - start)..<bytes.count { bytes[index] = 0 }
        held = (end - start) / setup.frameBytes
        isStale = false
        hasWaited = false
    }

    /// What a code of the system means; nil: try again.
    private func outcome(ofCode code: Int32) -> Outcome? {
        switch code {
        case EINTR, EAGAIN: nil
        case EPIPE, ESTRPIPE: .overrun
        default: .lost(code)
        }
    }
}
