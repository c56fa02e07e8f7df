import CALSA
import SpikeSignals

/// The hardware parameters of an open device, as terms.
@safe struct CaptureTermsOfDevice: CaptureTerms {
    private let handle: OpaquePointer
    private let parameters: OpaquePointer

    /// Comes to terms with an open device and hands them to it, so that it can be started.
    static func settle(
        _ handle: OpaquePointer, _ name: String, _ wishes: CaptureDevice.Wishes
    ) throws(SpikelineError) -> (setup: CaptureSetup, periodFrames: Int, bufferFrames: Int) {
        var allocated: OpaquePointer?
        guard unsafe snd_pcm_hw_params_malloc(&allocated) >= 0, let parameters = unsafe allocated else {
            throw SpikelineError("no memory for the terms of a device", at: name, cause: .lost)
        }
        defer { unsafe snd_pcm_hw_params_free(parameters) }
        try check(unsafe snd_pcm_hw_params_any(handle, parameters), name)
        // Our resampler is better than those that a sound server or a plug may have; where the device has the rate
        // that is wanted, nobody resamples.
        _ = unsafe snd_pcm_hw_params_set_rate_resample(handle, parameters, 0)
        try check(unsafe snd_pcm_hw_params_set_access(handle, parameters, SND_PCM_ACCESS_RW_INTERLEAVED), name)
        var terms = unsafe CaptureTermsOfDevice(handle: handle, parameters: parameters)
        let result = CaptureNegotiation.settle(
            &terms, rate: wishes.rate, channel: wishes.channel, formats: wishes.formats)
        guard case .success(let setup) = result else { throw terms.refusal(result, wishes, name) }
        let (period, buffer) = try terms.finish(setup, wishes, name)
        return (setup, period, buffer)
    }

    mutating func settle(_ format: CaptureFormat) -> Bool {
        unsafe snd_pcm_hw_params_set_format(handle, parameters, format.code) >= 0
    }

    mutating func settle(channels: Int) -> Bool {
        unsafe snd_pcm_hw_params_set_channels(handle, parameters, UInt32(channels)) >= 0
    }

    mutating func settle(rate: Int) -> Bool {
        unsafe snd_pcm_hw_params_set_rate(handle, parameters, UInt32(rate), 0) >= 0
    }

    /// Settles period and buffer and hands everything to the device; the frames of both.
    private func finish(
        _ setup: CaptureSetup, _ wishes: CaptureDevice.Wishes, _ name: String
    ) throws(SpikelineError) -> (period: Int, buffer: Int) {
        var period = snd_pcm_uframes_t(max(1, setup.rate * wishes.periodMs / 1_000))
        var direction: Int32 = 0
        _ = unsafe snd_pcm_hw_params_set_period_size_near(handle, parameters, &period, &direction)
        var buffer = snd_pcm_uframes_t(max(2, setup.rate * max(wishes.bufferMs, 2 * wishes.periodMs) / 1_000))
        _ = unsafe snd_pcm_hw_params_set_buffer_size_near(handle, parameters, &buffer)
        try CaptureTermsOfDevice.check(unsafe snd_pcm_hw_params(handle, parameters), name)
        // What is handed out at once is what was wished for, whatever unit the device works in.
        let wanted = min(max(1, setup.rate * wishes.periodMs / 1_000), max(1, Int(buffer) / 2))
        try wakeAfter(wanted, name)
        try CaptureTermsOfDevice.check(unsafe snd_pcm_prepare(handle), name)
        return (wanted, Int(buffer))
    }

    /// Who waits for the device is woken when `frames` are there.
    private func wakeAfter(_ frames: Int, _ name: String) throws(SpikelineError) {
        var allocated: OpaquePointer?
        guard unsafe snd_pcm_sw_params_malloc(&allocated) >= 0, let settings = unsafe allocated else { return }
        defer { unsafe snd_pcm_sw_params_free(settings) }
        try CaptureTermsOfDevice.check(unsafe snd_pcm_sw_params_current(handle, settings), name)
        _ = unsafe snd_pcm_sw_params_set_avail_min(handle, settings, snd_pcm_uframes_t(frames))
        try CaptureTermsOfDevice.check(unsafe snd_pcm_sw_params(handle, settings), name)
    }

    private static func check(_ code: Int32, _ name: String) throws(SpikelineError) {
        if code < 0 { throw CaptureError.opening(name, code) }
    }

    private func refusal(
        _ result: Result<CaptureSetup, CaptureNegotiation.Refusal>, _ wishes: CaptureDevice.Wishes, _ name: String
    ) -> SpikelineError {
        let what: String
        switch result {
        case .failure(.channels):
            if case .index(let index) = wishes.channel {
                what = "a channel \(index)"
            } else {
                what = "1 to \(CaptureNegotiation.mostChannels) channels"
            }
        case .failure(.format): what = "one of the formats " + wishes.formats.map(\.rawValue).joined(separator: ", ")
        default: what = "\(wishes.rate) Hz or a usual rate"
        }
        return SpikelineError(
            "expected a device with \(what), found one without", at: name,
            hint: "Choose another device (spikeline devices), or \"plughw:\" in place of \"hw:\"")
    }
}

extension CaptureFormat {
    /// What ALSA calls it.
    fileprivate var code: snd_pcm_format_t {
        switch self {
        case .s16: SND_PCM_FORMAT_S16_LE
        case .s24: SND_PCM_FORMAT_S24_LE
        case .packed24: SND_PCM_FORMAT_S24_3LE
        case .s32: SND_PCM_FORMAT_S32_LE
        case .float: SND_PCM_FORMAT_FLOAT_LE
        }
    }
}
