import Glibc

@testable import SpikeSensors

/// A pair of sockets that keeps packets apart (unix(7), SOCK_SEQPACKET): each read gives what one write put in, however
/// much is asked for.
enum PacketSocket {
    /// The longest input: with all its packets it fits into the socket's buffer and into the window of an ``EventInput``.
    private static let longest = 32_768

    /// An input that gives `bytes` in up to 8 parts; nil if they are too long.
    static func input(_ bytes: [UInt8], _ dice: inout Dice) -> EventInput? {
        guard bytes.count <= longest else { return nil }
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { fatalError("there is no pair of sockets") }
        var start = 0
        for part in 1...8 where start < bytes.count {
            let rest = bytes.count - start
            let count = part == 8 ? rest : min(rest, 1 + dice.roll(max(1, bytes.count / 4)))
            let wrote = unsafe bytes[start..<(start + count)].withUnsafeBytes { part in
                unsafe write(ends[1], part.baseAddress, count)
            }
            guard wrote == count else { fatalError("the socket took \(wrote) of \(count) bytes") }
            start += count
        }
        close(ends[1])
        return EventInput(descriptor: ends[0], name: "input")
    }
}
