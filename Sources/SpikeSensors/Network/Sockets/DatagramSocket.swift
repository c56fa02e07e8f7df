import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Receives datagrams, and knows how many the kernel threw away because its buffer was full.
///
/// With `SO_RXQ_OVFL` (socket(7)) every datagram carries the number of those lost before it since the socket was opened.
@safe final class DatagramSocket {
    /// A datagram: its bytes, which stay until the next one is received, and when it was taken from the kernel.
    struct Arrival {
        let bytes: EventBytes
        let time: Int64
        /// Whether it was longer than the buffer.
        let isCut: Bool
    }

    /// How many datagrams the kernel has thrown away, up to the last that was received.
    private(set) var lostInKernel = 0
    /// The size of the kernel's buffer in bytes, as granted.
    let bufferBytes: Int
    /// The port it listens at.
    let port: Int

    private let handle: SocketHandle
    private let address: SocketAddress
    private let buffer: UnsafeMutableRawPointer
    private let control: UnsafeMutableRawPointer
    private let vector: UnsafeMutablePointer<iovec>
    private let message: UnsafeMutablePointer<msghdr>
    private var lastLost: UInt32 = 0

    /// No datagram is longer: IP counts its length in 16 bits.
    static let longestDatagram = 65_536
    private static let controlBytes = 64

    /// Listens at `address` with a kernel buffer of `bufferBytes`, if the system grants so much.
    init(_ address: SocketAddress, bufferBytes: Int) throws(SpikelineError) {
        handle = try SocketHandle(SOCK_DGRAM, for: address)
        self.address = address
        let wanted = Int32(clamping: bufferBytes)
        // The first needs a capability and ignores net.core.rmem_max, the second is cut to it.
        if !handle.set(Int(SOL_SOCKET), SO_RCVBUFFORCE, wanted) { handle.set(Int(SOL_SOCKET), SO_RCVBUF, wanted) }
        // The kernel doubles what is asked for, to have room for its own records.
        self.bufferBytes = Int(handle.get(Int(SOL_SOCKET), SO_RCVBUF)) / 2
        handle.set(Int(SOL_SOCKET), SO_RXQ_OVFL, 1)
        try handle.bind(to: address)
        port = handle.port
        unsafe buffer = .allocate(byteCount: DatagramSocket.longestDatagram, alignment: 64)
        unsafe control = .allocate(byteCount: DatagramSocket.controlBytes, alignment: 16)
        unsafe vector = .allocate(capacity: 1)
        unsafe message = .allocate(capacity: 1)
        unsafe vector.initialize(to: iovec(iov_base: buffer, iov_len: DatagramSocket.longestDatagram))
        unsafe message.initialize(to: msghdr())
    }

    deinit {
        unsafe buffer.deallocate()
        unsafe control.deallocate()
        unsafe vector.deallocate()
        unsafe message.deallocate()
    }

    /// The next datagram, or nil if none has come by `deadline`.
    func receive(until deadline: Int64) throws(SpikelineError) -> Arrival? {
        while true {
            unsafe message.pointee.msg_iov = vector
            unsafe message.pointee.msg_iovlen = 1
            unsafe message.pointee.msg_control = control
            unsafe message.pointee.msg_controllen = DatagramSocket.controlBytes
            let count = unsafe recvmsg(handle.descriptor, message, Int32(MSG_DONTWAIT))
            let code = errno
            let now = MonotonicClock.nanoseconds()
            if count >= 0 {
                noteLost()
                let isCut = unsafe message.pointee.msg_flags & Int32(MSG_TRUNC) != 0
                let bytes = unsafe EventBytes(base: buffer, count: count, offset: 0, isLast: true)
                return Arrival(bytes: bytes, time: now, isCut: isCut)
            }
            switch code {
            case EINTR: continue
            case EAGAIN, ENOBUFS, ENOMEM:
                guard now < deadline else { return nil }
                _ = handle.isReady(Int32(POLLIN), until: deadline)
            default:
                throw SpikelineError(
                    "nothing can be received any more (\(SoundInput.systemText(code)))", at: address.text, cause: .lost)
            }
        }
    }

    /// Reads the kernel's number of lost datagrams, which wraps at 32 bits, from the control message (cmsg(3)):
    /// `length(size_t) level(32) type(32) number(32)`.
    private func noteLost() {
        let header = MemoryLayout<cmsghdr>.size
        guard unsafe message.pointee.msg_controllen >= header + 4 else { return }
        let record = unsafe control.loadUnaligned(as: cmsghdr.self)
        guard record.cmsg_level == SOL_SOCKET, record.cmsg_type == SO_RXQ_OVFL else { return }
        let lost = unsafe control.loadUnaligned(fromByteOffset: header, as: UInt32.self)
        lostInKernel += Int(lost &- lastLost)
        lastLost = lost
    }
}
