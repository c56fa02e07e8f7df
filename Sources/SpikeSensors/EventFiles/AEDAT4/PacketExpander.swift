import CLZ4
import CZstd
import SpikeSignals

/// Undoes the compression of AEDAT 4 packets; keeps its working memory from packet to packet.
@safe final class PacketExpander {
    private let compression: AEDAT4Header.Compression
    /// The most bytes that a packet may expand to here.
    private let most: Int
    private var lz4: OpaquePointer?
    private var zstd: OpaquePointer?
    private var buffer: UnsafeMutableRawPointer
    private var capacity = 1 << 18

    /// The longest packet, expanded: 16 million events.
    static let longest = 256 << 20

    /// Expands packets of at most `most` bytes, a power of two from 2^18 to ``longest``.
    init(_ compression: AEDAT4Header.Compression, most: Int = longest) {
        self.compression = compression
        self.most = most
        unsafe buffer = .allocate(byteCount: capacity, alignment: 16)
        switch compression {
        case .none: break
        case .lz4:
            var context: OpaquePointer?
            _ = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
            unsafe lz4 = context
        case .zstd: unsafe zstd = ZSTD_createDCtx()
        }
    }

    deinit {
        unsafe buffer.deallocate()
        _ = unsafe LZ4F_freeDecompressionContext(lz4)
        _ = unsafe ZSTD_freeDCtx(zstd)
    }

    /// Why a packet could not be expanded.
    struct Failure: Error {
        let what: String
        /// Whether the packet is longer than this expander takes.
        var isTooLong = false
    }

    /// The packet in `packed`, expanded; valid until the next call. Without compression it is `packed` itself.
    func expand(_ packed: EventBytes) throws(Failure) -> EventBytes {
        let count: Int
        switch compression {
        case .none: return packed
        case .lz4: count = try expandLZ4(packed)
        case .zstd: count = try expandZstd(packed)
        }
        return unsafe EventBytes(base: buffer, count: count, offset: packed.offset, isLast: true)
    }

    /// Where the bytes lie that ``expand(_:)`` gave for `packed`, which may have moved since then.
    func expanded(_ packed: EventBytes) -> UnsafeRawPointer {
        unsafe compression == .none ? packed.base : UnsafeRawPointer(buffer)
    }

    /// The library's own check of the content takes a third of the time and more: ``XXHash32`` does the same in less than half of that.
    private func expandLZ4(_ packed: EventBytes) throws(Failure) -> Int {
        unsafe LZ4F_resetDecompressionContext(lz4)
        // The flags of a frame follow its signature. Bit 2: a checksum of the content is the last of it; bit 4: each block has
        // one, too, and then the library checks both.
        let isChecked = packed.count > 4 && packed.number(4, as: UInt8.self) & 0x14 == 4
        var options = LZ4F_decompressOptions_t()
        // `skipChecksums`, which versions before 1.9.4 do not know: they check, too.
        unsafe withUnsafeMutableBytes(of: &options) {
            unsafe $0.storeBytes(of: isChecked ? 1 : 0, toByteOffset: 4, as: UInt32.self)
        }
        var made = 0
        var used = 0
        while true {
            var room = capacity - made
            var left = packed.count - used
            let wanted = unsafe LZ4F_decompress(lz4, buffer + made, &room, packed.base + used, &left, &options)
            if LZ4F_isError(wanted) != 0 {
                throw Failure(what: "LZ4 says \(unsafe String(cString: LZ4F_getErrorName(wanted)))")
            }
            made += room
            used += left
            if wanted == 0 {
                if isChecked, packed.number(used - 4, as: UInt32.self) != (unsafe XXHash32.hash(buffer, count: made)) {
                    throw Failure(what: "its LZ4 checksum is another than that of its content")
                }
                return made
            }
            if made == capacity {
                try grow()
            } else if used == packed.count {
                throw Failure(what: "its LZ4 data ends too early")
            }
        }
    }

    private func expandZstd(_ packed: EventBytes) throws(Failure) -> Int {
        let promised = unsafe ZSTD_getFrameContentSize(packed.base, packed.count)
        // The two highest numbers say that the frame does not tell.
        if promised > UInt64(most), most < PacketExpander.longest, promised < .max - 1 { throw tooLong }
        if promised <= UInt64(PacketExpander.longest), promised <= UInt64(max(packed.count, 1 << 12)) << 7 {
            while capacity < Int(promised) { try grow() }
            let made = unsafe ZSTD_decompressDCtx(zstd, buffer, capacity, packed.base, packed.count)
            if ZSTD_isError(made) == 0 { return made }
            throw Failure(what: "ZSTD says \(unsafe String(cString: ZSTD_getErrorName(made)))")
        }
        _ = unsafe ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only)
        var input = unsafe ZSTD_inBuffer(src: packed.base, size: packed.count, pos: 0)
        var made = 0
        while true {
            var output = unsafe ZSTD_outBuffer(dst: buffer, size: capacity, pos: made)
            let wanted = unsafe ZSTD_decompressStream(zstd, &output, &input)
            if ZSTD_isError(wanted) != 0 {
                throw Failure(what: "ZSTD says \(unsafe String(cString: ZSTD_getErrorName(wanted)))")
            }
            made = unsafe output.pos
            if wanted == 0 { return made }
            if made == capacity {
                try grow()
            } else if unsafe input.pos == input.size {
                throw Failure(what: "its ZSTD data ends too early")
            }
        }
    }

    private var tooLong: Failure {
        Failure(what: "it has more than \(most.grouped) bytes when expanded", isTooLong: true)
    }

    /// Doubles the buffer, which keeps what it holds.
    private func grow() throws(Failure) {
        guard capacity < most else { throw tooLong }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: 2 * capacity, alignment: 16)
        unsafe larger.copyMemory(from: buffer, byteCount: capacity)
        unsafe buffer.deallocate()
        unsafe buffer = larger
        capacity *= 2
    }
}
