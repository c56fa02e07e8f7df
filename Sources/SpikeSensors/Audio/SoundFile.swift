import CSndfile
import SpikeSignals
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// An open sound file of any format that libsndfile decodes (WAV, RF64, W64, AIFF, CAF, AU, FLAC, Ogg Vorbis and Opus,
/// MP3, NIST Sphere and more), read frame by frame as floats with full scale ±1.
///
/// Memory in use does not depend on what the file says of itself. A frame has one sample per channel.
@safe final class SoundFile {
    /// How the file is called in messages.
    let name: String
    /// Frames per second.
    let sampleRate: Int
    /// Samples per frame, 1 to 1,024.
    let channels: Int
    /// How many frames the file promises, or nil if it does not say.
    let promisedFrames: Int64?
    /// How many frames have been read.
    private(set) var framesRead: Int64 = 0
    /// What is wrong with the file, once that is known: known at the latest when ``read(frames:into:)`` returns 0.
    private(set) var damage: SpikelineError?

    private let handle: OpaquePointer
    private let format: Int32
    /// What libsndfile said when it last delivered less than it was asked for.
    private var decoderError: String?

    /// libsndfile keeps the cause of a failed open in one place per process.
    private static let opening = Mutex(())

    /// Opens the file at `path`, or standard input for `-`.
    init(path: String) throws(SpikelineError) {
        name = SoundInput.name(of: path)
        let descriptor = try SoundInput.open(path)
        var info = SF_INFO()
        var text = ""
        let opened = unsafe Self.opening.withLock { _ -> OpaquePointer? in
            // libsndfile closes the descriptor, also when it cannot open the file.
            let handle = unsafe sf_open_fd(descriptor, Int32(SFM_READ), &info, 1)
            if unsafe handle == nil { text = unsafe String(cString: sf_strerror(nil)) }
            return unsafe handle
        }
        guard let opened = unsafe opened else { throw Self.unreadable(text, name: name) }
        unsafe handle = opened
        format = info.format
        sampleRate = Int(info.samplerate)
        channels = Int(info.channels)
        promisedFrames = info.frames > 0 && info.frames < Int64.max ? Int64(info.frames) : nil
        damage = unsafe SoundFileLog.damage(of: opened, format: format, frames: Int64(info.frames), name: name)
        try check(frames: Int64(info.frames))
    }

    deinit { _ = unsafe sf_close(handle) }

    private func check(frames: Int64) throws(SpikelineError) {
        guard (1...1_024).contains(channels) else {
            throw SpikelineError("expected 1 to 1,024 channels, found \(channels.grouped)", at: name)
        }
        guard (100...384_000).contains(sampleRate) else {
            throw SpikelineError(
                "expected a sample rate from 100 to 384,000 Hz, found \(sampleRate.grouped) Hz", at: name,
                hint: "The header is wrong, or the file needs converting first")
        }
        guard frames > 0 else {
            throw damage
                ?? SpikelineError("expected sound, found a header and 0 frames", at: name, hint: "Record it again")
        }
    }

    private static func unreadable(_ text: String, name: String) -> SpikelineError {
        let reason = text.hasSuffix(".") ? String(text.dropLast()) : text
        return SpikelineError(
            "expected a sound file (WAV, FLAC, Ogg, AIFF, ...), found something else or only its beginning "
                + "(libsndfile: \(reason))", at: name,
            hint: "Play it elsewhere to see whether it is whole, or convert it to WAV")
    }

    /// Reads up to `frames` frames into `buffer`, interleaved; 0 when there are no more.
    ///
    /// `buffer` has room for `frames * channels` samples. Frames beyond the promised ones do not exist.
    func read(frames: Int, into buffer: inout [Float]) -> Int {
        let room = min(frames, buffer.count / channels)
        let wanted = promisedFrames.map { Int(min(Int64(room), $0 - framesRead)) } ?? room
        guard wanted > 0 else { return 0 }
        let count = Int(unsafe sf_readf_float(handle, &buffer, sf_count_t(wanted)))
        // The next call forgets the error of this one.
        if count < wanted, unsafe sf_error(handle) != 0 { decoderError = unsafe String(cString: sf_strerror(handle)) }
        if count > 0 {
            framesRead += Int64(count)
            return min(count, wanted)
        }
        if damage == nil { damage = endOfFrames() }
        return 0
    }

    /// What is wrong when no frame comes although the promised ones have not all been read.
    private func endOfFrames() -> SpikelineError? {
        let decoder = decoderError.map { " (libsndfile: \($0))" } ?? ""
        // The length of an MP3 is an estimate.
        let promise = format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_MPEG) ? nil : promisedFrames
        guard promise != nil || !decoder.isEmpty else { return nil }
        let expected = promise.map { "expected \($0.grouped) frames" } ?? "expected more frames"
        let seconds = JSONValue.decimal(Double(framesRead) / Double(sampleRate), decimals: 3) ?? "?"
        return SpikelineError(
            "\(expected), found \(framesRead.grouped) (\(seconds) s); the rest is cut off or damaged\(decoder)",
            at: name, hint: DamageHint.text)
    }
}

/// What to do about a damaged recording.
enum DamageHint {
    static let text = "Copy or record it again, or set when_damaged: keep to use what comes before"
}
