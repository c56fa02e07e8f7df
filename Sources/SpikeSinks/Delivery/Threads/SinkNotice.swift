#if canImport(Glibc)
import Glibc
#endif

/// Tells people what happens to a sink while it runs: its peer is away, it is back, records wait.
///
/// Changes are told, not repetitions, so a peer cannot fill a log. How often something happened is in the counters.
package typealias SinkNotice = @Sendable (_ message: String) -> Void

/// Where notices go.
package enum SinkNotices {
    /// To standard error, as `spikeline: STAGE: MESSAGE`.
    package static func standardError(stage: String) -> SinkNotice {
        { message in
            let line = Array("spikeline: \(stage): \(message)\n".utf8)
            _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
        }
    }
}
