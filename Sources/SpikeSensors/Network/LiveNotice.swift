#if canImport(Glibc)
import Glibc
#endif

/// Tells people what happens to a live source while it runs: connected, lost, refused, a socket smaller than asked for.
///
/// Changes are told, not repetitions, so a peer cannot fill a log. How often something happened is in the counters.
typealias LiveNotice = @Sendable (_ message: String) -> Void

/// Where notices go.
enum LiveNotices {
    /// To standard error, as `spikeline: STAGE: MESSAGE`.
    static func standardError(stage: String) -> LiveNotice {
        { message in
            let line = Array("spikeline: \(stage): \(message)\n".utf8)
            _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
        }
    }
}
