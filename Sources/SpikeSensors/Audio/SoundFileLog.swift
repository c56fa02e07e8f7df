import CSndfile
import SpikeSignals

/// Finds damage that libsndfile notices while it opens a file and mends silently.
///
/// A chunk of samples that claims more bytes than the file has is shortened, with a line in the library's log:
/// `data : 96000 (should be 19956)` (WAV, RF64, W64, CAF), `SSND : 96000 (should be 19946)` (AIFF). An Ogg file that
/// stops without its last page has an unknown length.
enum SoundFileLog {
    /// The damage that is known from the start, if any.
    static func damage(of handle: OpaquePointer, format: Int32, frames: Int64, name: String) -> SpikelineError? {
        if format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_OGG) {
            guard frames == Int64.max else { return nil }
            return SpikelineError(
                "the Ogg stream stops without its last page; the rest is cut off", at: name, hint: DamageHint.text)
        }
        guard let (declared, present) = unsafe shortened(in: text(of: handle)) else { return nil }
        return SpikelineError(
            "expected \(declared.grouped) bytes of samples, found \(present.grouped); the rest is cut off", at: name,
            hint: DamageHint.text)
    }

    /// The library's log of opening `handle`, at most 4 KiB of it.
    private static func text(of handle: OpaquePointer) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let size = Int32(buffer.count)
        let count = unsafe Int(sf_command(handle, Int32(SFC_GET_LOG_INFO), &buffer, size))
        return String(decoding: buffer.prefix(max(0, count)).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Declared and present bytes of the sample chunk, if the log says that it was shortened.
    ///
    /// Programs that write to a pipe do not know the length and put 0 or nearly 2^31 or 2^32; that is no damage.
    static func shortened(in log: String) -> (declared: Int64, present: Int64)? {
        for line in log.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { " :()".contains($0) })
            guard words.count == 5, words[0] == "data" || words[0] == "SSND", words[2] == "should", words[3] == "be",
                let declared = Int64(words[1]), let present = Int64(words[4]), present < declared,
                declared < 0x7FFF_0000
            else { continue }
            return (declared, present)
        }
        return nil
    }
}
