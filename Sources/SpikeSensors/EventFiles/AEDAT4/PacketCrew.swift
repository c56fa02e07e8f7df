import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Threads that expand the packets of an AEDAT 4 file ahead of their reader, who gets them in the order of the file.
///
/// ```
///            first                        last
/// offered      7     8     9    10    11  12
///            ready  helper ready reader  waiting
/// ```
/// The reader is one of the threads: while its next packet is in the works, it takes the first that nobody has taken. So nobody
/// waits as long as there is something to do, however unequal packets are. A packet's bytes are copied when it is
/// offered, and the window of the file may move on.
///
/// A packet that expands to more than ``longestAhead`` is left to the reader, who expands it when it is the first: a few bytes may
/// stand for 256 MiB, and of such packets one at a time is enough.
final class PacketCrew {
    private let board: PacketBoard
    private let expander: PacketExpander
    /// The most bytes that a packet expands to ahead of the reader: 262,144 events.
    private static let longestAhead = 4 << 20
    /// What expands longer ones.
    private lazy var patient = PacketExpander(compression)
    private let compression: AEDAT4Header.Compression
    private let fewPackets: Int
    private let fewBytes: Int
    private let mostBytes: Int
    private var bytesHeld = 0
    /// Slots that hold nothing, the one that was used last at the end: its memory is in the processor's cache.
    private var free: [PacketSlot]

    /// A crew of `threads`, of which `threads - 1` are started now. If the system refuses some, the others do the work.
    init(threads: Int, _ compression: AEDAT4Header.Compression, isWide: Bool) {
        fewPackets = 3 * threads
        fewBytes = threads << 17
        mostBytes = threads << 24
        self.compression = compression
        free = (0..<(16 * threads)).map { _ in PacketSlot(isWide: isWide) }
        board = PacketBoard(free)
        expander = PacketExpander(compression, most: PacketCrew.longestAhead)
        for _ in 1..<max(threads, 2) {
            try? Worker.start { [board] in
                let expander = PacketExpander(compression, most: PacketCrew.longestAhead)
                while let slot = board.await() { board.finish(slot, with: expander) }
            }
        }
    }

    deinit { board.close() }

    /// Whether another packet may be offered: one at any rate, a few unless they are huge, and more while they are small, so that
    /// all that is under way stays in the processor's cache.
    var hasRoom: Bool {
        let count = board.offered - board.removed
        if count == 0 { return true }
        return count < fewPackets ? bytesHeld < mostBytes : !free.isEmpty && bytesHeld < fewBytes
    }

    /// Whether all that was offered has been removed.
    var isEmpty: Bool { board.offered == board.removed }

    /// Hands in the bytes of the packet at `place`, which follows those before it. There must be room.
    func offer(_ packed: EventBytes, at place: PacketPlace) {
        let slot = free.removeLast()
        slot.take(packed, at: place)
        bytesHeld += packed.count
        board.offer(slot)
    }

    /// The first packet that has been offered and not removed, when it is ready, and its place; nil if there is none.
    func first() -> (packet: AEDAT4Packet, place: PacketPlace)? {
        guard !isEmpty else { return nil }
        let slot = board.first
        while let other = board.help(for: slot) { board.finish(other, with: expander) }
        if slot.packet.isTooLong, !slot.isLastTry {
            slot.isLastTry = true
            slot.load(with: patient)
        }
        return (slot.packet, slot.place)
    }

    /// Passes over the first packet, whose memory is used again.
    func removeFirst() {
        let slot = board.removeFirst()
        bytesHeld -= slot.count
        slot.trim(above: PacketCrew.longestAhead)
        free.append(slot)
    }
}

/// Where a packet, or a part of one, lies in its file, and how long it is with its header.
struct PacketPlace {
    var start: Int64
    var bytes: Int
    /// The bytes of the header, which are the first.
    var headerBytes = AEDAT4Decoder.headerBytes
}

/// A packet on its way through a ``PacketCrew``.
@safe private final class PacketSlot {
    let packet: AEDAT4Packet
    private(set) var place = PacketPlace(start: 0, bytes: 0)
    /// Whether the packet has been expanded; touched inside the lock of the board.
    var isReady = false
    /// Whether the reader has expanded what was too long to be expanded ahead.
    var isLastTry = false

    private var packed: UnsafeMutableRawPointer
    private var capacity = PacketSlot.usualBytes
    private static let usualBytes = 1 << 16
    /// The bytes of the packet.
    private(set) var count = 0

    init(isWide: Bool) {
        packet = AEDAT4Packet(isWide: isWide)
        unsafe packed = .allocate(byteCount: capacity, alignment: 64)
    }

    deinit { unsafe packed.deallocate() }

    func take(_ bytes: EventBytes, at place: PacketPlace) {
        if bytes.count > capacity {
            unsafe packed.deallocate()
            capacity = bytes.count
            unsafe packed = .allocate(byteCount: capacity, alignment: 64)
        }
        unsafe packed.copyMemory(from: bytes.base, byteCount: bytes.count)
        (count, self.place, isReady, isLastTry) = (bytes.count, place, false, false)
    }

    /// Gives memory beyond that of packets of so many bytes back.
    func trim(above bytes: Int) {
        packet.trim(above: bytes / AEDAT4Packet.eventBytes)
        guard capacity > bytes else { return }
        unsafe packed.deallocate()
        capacity = PacketSlot.usualBytes
        unsafe packed = .allocate(byteCount: capacity, alignment: 64)
    }

    func load(with expander: PacketExpander) {
        packet.load(unsafe EventBytes(base: packed, count: count, offset: place.start, isLast: true), with: expander)
    }
}

/// What the threads of a ``PacketCrew`` share; it lives as long as one of them.
// Unchecked: `offered` and `removed` are the reader's; `queue`, `taken`, `onOffer` and the slots' `isReady` are touched inside
// the lock. All else of a slot is the reader's before it is offered and after it is ready, and in between that of who
// took it.
@safe private final class PacketBoard: @unchecked Sendable {
    /// How many packets have been offered, and how many of them are no longer needed.
    private(set) var offered = 0
    private(set) var removed = 0

    /// Packet n is at place n modulo the number of slots.
    private var queue: [PacketSlot]
    private var taken = 0
    private var onOffer = 0
    private var idle = 0
    private var isReaderWaiting = false
    private var isClosing = false
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let ready = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// A board for at most as many packets as there are `slots`.
    init(_ slots: [PacketSlot]) {
        queue = slots
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(work, nil)
        unsafe pthread_cond_init(ready, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(work)
        unsafe pthread_cond_destroy(ready)
        unsafe pthread_mutex_destroy(mutex)
        unsafe work.deallocate()
        unsafe ready.deallocate()
        unsafe mutex.deallocate()
    }

    /// Lets the threads end.
    func close() {
        locked {
            isClosing = true
            unsafe pthread_cond_broadcast(work)
        }
    }

    /// Hands in a slot with a packet, to be taken by any thread.
    func offer(_ slot: PacketSlot) {
        offered += 1
        locked {
            queue[onOffer % queue.count] = slot
            onOffer += 1
            if idle > 0 { unsafe pthread_cond_signal(work) }
        }
    }

    /// The slot of the first packet that is still needed. There must be one.
    var first: PacketSlot { locked { queue[removed % queue.count] } }

    /// The slot of the first packet, which is ready and no longer needed.
    func removeFirst() -> PacketSlot {
        let slot = first
        removed += 1
        return slot
    }

    /// The next slot that nobody has taken, as soon as there is one; nil at the end.
    func await() -> PacketSlot? {
        locked {
            while taken == onOffer, !isClosing {
                idle += 1
                unsafe pthread_cond_wait(work, mutex)
                idle -= 1
            }
            return isClosing ? nil : takeNext()
        }
    }

    /// A slot that the reader should see to while it waits for `slot`; nil when that is ready.
    func help(for slot: PacketSlot) -> PacketSlot? {
        locked {
            while !slot.isReady {
                if taken < onOffer { return takeNext() }
                isReaderWaiting = true
                unsafe pthread_cond_wait(ready, mutex)
                isReaderWaiting = false
            }
            return nil
        }
    }

    /// Expands the packet of `slot`, which the caller has taken.
    func finish(_ slot: PacketSlot, with expander: PacketExpander) {
        slot.load(with: expander)
        locked {
            slot.isReady = true
            if isReaderWaiting { unsafe pthread_cond_signal(ready) }
        }
    }

    private func takeNext() -> PacketSlot {
        taken += 1
        return queue[(taken - 1) % queue.count]
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }
}
