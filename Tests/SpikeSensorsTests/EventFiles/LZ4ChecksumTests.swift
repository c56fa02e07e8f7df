import CLZ4
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// The checksum that LZ4 frames carry of their content, and what happens to a packet that does not fit to it.
@Suite struct LZ4ChecksumTests {
    /// Values of the reference implementation, as its `xxhsum -H0` prints them.
    @Test(arguments: [
        ("", 0x02CC_5D05), ("a", 0x550D_7456), ("abc", 0x32D1_53FF),
        ("Nobody inspects the spammish repetition", 0xE229_3B2F),
    ])
    func hashesAreThoseOfTheReference(text: String, expected: UInt32) {
        #expect(hash(Array(text.utf8)) == expected)
    }

    /// The library writes the checksum behind what it packs: lengths from nothing to many blocks.
    @Test func hashesAreThoseOfTheLibrary() throws {
        var dice = Dice(state: 6)
        for count in Array(0...70) + [1_000, 65_536, 65_537, 300_001] {
            let content = (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next() & 0x0F) }
            let frame = try packed(content, content: true, blocks: false)
            let stored = frame.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(hash(content) == stored, "\(count)")
            #expect(expanded(frame) == content)
        }
    }

    /// A changed bit anywhere in the content or in a checksum is damage, whoever looks at it: here, or the library.
    @Test(arguments: [(true, false), (true, true), (false, true)])
    func whatDoesNotFitIsDamage(content: Bool, blocks: Bool) throws {
        var dice = Dice(state: 9)
        // Nothing to pack, so that the content lies in the frame as it is.
        let bytes = (0..<5_000).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        let frame = try packed(bytes, content: content, blocks: blocks)
        #expect(expanded(frame) == bytes)
        for _ in 0..<200 {
            var changed = frame
            // Behind the header and the length of the first block, before the end mark.
            let last = frame.count - (content ? 8 : 4)
            let place = dice.pick(0...3) == 0 && content ? frame.count - 1 - dice.pick(0...3) : dice.pick(15...last - 1)
            changed[place] ^= 1 << UInt8(dice.pick(0...7))
            #expect(expanded(changed) == nil, "byte \(place) of \(frame.count)")
        }
    }

    @Test func withoutChecksumsThereIsNothingToCheck() throws {
        let bytes = [UInt8](repeating: 5, count: 5_000)
        #expect(expanded(try packed(bytes, content: false, blocks: false)) == bytes)
    }

    private func hash(_ bytes: [UInt8]) -> UInt32 {
        // One byte more, so that there is an address without any.
        unsafe (bytes + [0]).withUnsafeBytes { raw in
            unsafe raw.baseAddress.map { unsafe XXHash32.hash($0, count: bytes.count) } ?? 0
        }
    }

    private func packed(_ content: [UInt8], content isChecked: Bool, blocks: Bool) throws -> [UInt8] {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.contentChecksumFlag = isChecked ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum
        preferences.frameInfo.blockChecksumFlag = blocks ? LZ4F_blockChecksumEnabled : LZ4F_noBlockChecksum
        var frame = [UInt8](repeating: 0, count: unsafe LZ4F_compressFrameBound(content.count, &preferences))
        let count = unsafe LZ4F_compressFrame(&frame, frame.count, content, content.count, &preferences)
        try #require(LZ4F_isError(count) == 0)
        return Array(frame.prefix(count))
    }

    private func expanded(_ frame: [UInt8]) -> [UInt8]? {
        let expander = PacketExpander(.lz4)
        return unsafe frame.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            let packed = unsafe EventBytes(base: base, count: bytes.count, offset: 0, isLast: true)
            guard let whole = try? expander.expand(packed) else { return nil }
            return (0..<whole.count).map { whole.number($0, as: UInt8.self) }
        }
    }
}
