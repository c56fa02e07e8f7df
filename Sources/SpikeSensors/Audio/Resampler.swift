import CSamplerate
import SpikeSignals

/// Changes the sample rate of a mono stream by band-limited interpolation (libsamplerate, `SRC_SINC_MEDIUM_QUALITY`).
///
/// The library states for this converter a signal-to-noise ratio of 121 dB and a passband of 90 % of the lower of the
/// two Nyquist frequencies (J. O. Smith, "Digital Audio Resampling", and libsamplerate 0.2 `src_get_description`).
/// The filter's delay is taken out: output `k` is the input at time `k / to`, and the samples outside the recording
/// count as zero. `n` samples in give exactly
///
///     ceil(n * to / from)
///
/// samples out, one for each output instant before the end of the input.
@safe final class Resampler {
    private let state: OpaquePointer
    private let from: Int
    private let to: Int
    private var samplesIn: Int64 = 0
    private var samplesOut: Int64 = 0

    /// A converter from `from` to `to` samples per second; the two differ by a factor of 256 at most.
    init(from: Int, to: Int) throws(SpikelineError) {
        var code: Int32 = 0
        guard let state = unsafe src_new(Int32(SRC_SINC_MEDIUM_QUALITY), 1, &code) else {
            throw SpikelineError(
                "cannot convert from \(from) to \(to) Hz (\(unsafe String(cString: src_strerror(code))))",
                at: "resampler", cause: .defect)
        }
        unsafe self.state = state
        self.from = from
        self.to = to
    }

    deinit { _ = unsafe src_delete(state) }

    /// Begins anew: what comes next does not follow what came before.
    func reset() {
        _ = unsafe src_reset(state)
        (samplesIn, samplesOut) = (0, 0)
    }

    /// Converts `input[range]` into the first samples of `output`.
    ///
    /// - Parameter isLast: nothing follows `range`; call again with what is left of it until `made` is 0.
    /// - Returns: how many samples were taken from the range, and how many were made. Neither need be all.
    func convert(
        _ input: [Float], _ range: Range<Int>, isLast: Bool, into output: inout [Float], room: Int
    ) throws(SpikelineError) -> (used: Int, made: Int) {
        let room = isLast ? min(room, remaining(after: range.count)) : room
        guard room > 0 else { return (range.count, 0) }
        var data = unsafe SRC_DATA()
        let code = unsafe input.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe data.data_in = input.baseAddress.map { unsafe $0 + range.lowerBound }
                unsafe data.data_out = output.baseAddress
                unsafe data.input_frames = range.count
                unsafe data.output_frames = min(room, output.count)
                unsafe data.end_of_input = isLast ? 1 : 0
                unsafe data.src_ratio = Double(to) / Double(from)
                return unsafe src_process(state, &data)
            }
        }
        guard code == 0 else {
            throw SpikelineError(
                "cannot convert (\(unsafe String(cString: src_strerror(code))))", at: "resampler", cause: .defect)
        }
        let used = unsafe data.input_frames_used
        var made = unsafe data.output_frames_gen
        samplesIn += Int64(used)
        if isLast, made == 0, used == 0 {
            // The library stopped a sample early: the stream fades into the zeros that follow it.
            made = min(room, output.count)
            for index in 0..<made { output[index] = 0 }
        }
        samplesOut += Int64(made)
        return (used, made)
    }

    /// How many samples are still to come if `count` more come in.
    private func remaining(after count: Int) -> Int {
        let (whole, rest) = (samplesIn + Int64(count)).quotientAndRemainder(dividingBy: Int64(from))
        let total = whole * Int64(to) + (rest * Int64(to) + Int64(from) - 1) / Int64(from)
        return Int(max(0, total - samplesOut))
    }
}
