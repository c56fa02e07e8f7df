import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Waits for programs that connect by TCP or a Unix socket, for services that talk with several at once.
package final class StreamListener {
    /// Where it listens, with the port that it got.
    package let name: String
    /// Whether only programs on this machine can connect.
    package let isLocal: Bool
    /// The port; 0 for a Unix socket.
    package var port: Int { link.port }
    private let link: ListeningLink

    /// Listens at `address`: `127.0.0.1:10400`, `:10400` (this machine only), `[::1]:0` or `unix:/run/x.sock`.
    ///
    /// - Throws: if the address cannot be used; `option` names where it was given.
    package init(_ address: String, option: String) throws(SpikelineError) {
        guard let first = try SocketAddress.resolve(address, option: option).first else {
            throw SpikelineError("the host has no address", at: address)
        }
        isLocal = first.isLocal
        link = try ListeningLink(first, canReopen: true, mostWaiting: 64)
        name = link.port == 0 ? address : "\(address.prefix { $0 != ":" || address.hasPrefix("[") }):\(link.port)"
    }

    /// Whether only programs on this machine could connect to `address`.
    package static func isLocal(_ address: String, option: String) throws(SpikelineError) -> Bool {
        try SocketAddress.resolve(address, option: option).allSatisfy(\.isLocal)
    }

    /// The next program that connects, or nil if none does within so many milliseconds.
    package func accept(withinMilliseconds limit: Int64) throws(SpikelineError) -> StreamConnection? {
        let deadline = MonotonicClock.nanoseconds() + limit * 1_000_000
        return try link.open(until: deadline).map { StreamConnection($0) }
    }
}

/// A program that has connected; closed with the last reference.
package final class StreamConnection: Sendable {
    /// What became of a wait for bytes.
    package enum Arrival: Equatable {
        /// So many bytes came.
        case bytes(Int)
        /// None came in time.
        case nothing
        /// The other side has closed, or is lost.
        case end
    }

    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Reads what is there into the start of `buffer`, waiting at most so many milliseconds.
    package func read(into buffer: inout [UInt8], withinMilliseconds limit: Int64) -> Arrival {
        let deadline = MonotonicClock.nanoseconds() + limit * 1_000_000
        guard SocketHandle.isReady(descriptor, Int32(POLLIN), until: deadline) else { return .nothing }
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count > 0 { return .bytes(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }

    /// Writes all of `bytes`; false if the other side is gone or does not take them within so many milliseconds.
    package func write(_ bytes: [UInt8], withinMilliseconds limit: Int64) -> Bool {
        let deadline = MonotonicClock.nanoseconds() + limit * 1_000_000
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                return unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                done += count
            } else if count < 0, errno == EAGAIN || errno == EINTR {
                guard SocketHandle.isReady(descriptor, Int32(POLLOUT), until: deadline) else { return false }
            } else {
                return false
            }
        }
        return true
    }
}
