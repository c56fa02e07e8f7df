import SpikeTestSupport
import Testing

@testable import SpikeContainers

/// The codecs by themselves, on streams made by hand; whole files are in ``HDF5ColumnTests``.
@Suite struct CodecTests {
    /// A codec that is called with a stream and the room for its contents.
    typealias Codec = @Sendable (Span<UInt8>, inout MutableSpan<UInt8>) throws(ContainerDamage) -> Int

    static let lzf: Codec = { (source, target) throws(ContainerDamage) in
        try LZF.decode(source, into: &target, 0..<target.count)
    }
    static let blosclz: Codec = { (source, target) throws(ContainerDamage) in
        try BloscLZ.decode(source, into: &target, 0..<target.count)
    }
    static let lz4: Codec = { (source, target) throws(ContainerDamage) in
        try LZ4Block.decodeFrame(source, into: &target, 0..<target.count)
    }
    static let zstandard: Codec = { (source, target) throws(ContainerDamage) in
        try Zstandard().decode(source, into: &target, 0..<target.count)
    }
    static let blosc: Codec = { (source, target) throws(ContainerDamage) in
        var blosc = Blosc()
        return try blosc.decode(source, into: &target, 0..<target.count)
    }
    static let events: Codec = { (source, target) throws(ContainerDamage) in
        try EventCompression.decode(source, into: &target, 0..<target.count)
    }
    static let zlib: Codec = { (source, target) throws(ContainerDamage) in
        var inflate = Inflate()
        return try inflate.zlib(source, into: &target, 0..<target.count)
    }

    /// The contents of `source`, or why it is refused.
    static func unpack(_ source: [UInt8], room: Int, _ codec: Codec) -> Result<[UInt8], ContainerDamage> {
        var output = [UInt8](repeating: 0xEE, count: room)
        do throws(ContainerDamage) {
            var target = output.mutableSpan
            let count = try codec(source.span, &target)
            return .success(Array(output.prefix(count)))
        } catch { return .failure(error) }
    }

    private func contents(_ source: [UInt8], room: Int = 64, _ codec: Codec) -> [UInt8]? {
        try? CodecTests.unpack(source, room: room, codec).get()
    }

    private func complaint(_ source: [UInt8], room: Int = 64, _ codec: Codec) -> String? {
        if case .failure(let damage) = CodecTests.unpack(source, room: room, codec) { damage.what } else { nil }
    }

    @Test func lzfCopiesAndRepeats() {
        #expect(contents([2, 1, 2, 3], CodecTests.lzf) == [1, 2, 3])
        #expect(contents([1, 1, 2, 0x20, 1], CodecTests.lzf) == [1, 2, 1, 2, 1])
        #expect(contents([0, 9, 0xE0, 3, 0], CodecTests.lzf) == [UInt8](repeating: 9, count: 13))
        #expect(complaint([1, 1], CodecTests.lzf) == "a chunk's data is cut off")
        #expect(complaint([0x20], CodecTests.lzf) == "a chunk's data is cut off")
        #expect(complaint([0, 1, 0x20, 1], CodecTests.lzf) == "a chunk's data is damaged")
        #expect(complaint([2, 1, 2, 3], room: 2, CodecTests.lzf) == "a chunk holds more than its shape")
        #expect(complaint([0, 9, 0xE0, 3, 0], room: 12, CodecTests.lzf) == "a chunk holds more than its shape")
    }

    @Test func blosclzCopiesAndRepeats() {
        // The upper bits of the first byte do not count.
        #expect(contents([0x22, 1, 2, 3], CodecTests.blosclz) == [1, 2, 3])
        #expect(contents([1, 1, 2, 0x20, 1], CodecTests.blosclz) == [1, 2, 1, 2, 1])
        #expect(contents([0, 9, 0xE0, 255, 2, 0], room: 300, CodecTests.blosclz)?.count == 1 + 9 + 257)
        let far = [31] + [UInt8](1...32) + (0..<300).flatMap { _ in [31] + [UInt8](repeating: 7, count: 32) }
        // 8,191 + 1 * 256 + 0 + 1 back from byte 9,632.
        #expect(contents(far + [0x3F, 255, 1, 0], room: 10_000, CodecTests.blosclz)?.suffix(3) == [7, 7, 7])
        #expect(contents(far + [0x3F, 255, 5, 159], room: 10_000, CodecTests.blosclz)?.suffix(3) == [2, 3, 4])
        #expect(
            complaint([0, 9, 0xE0, 255, 2, 0], room: 266, CodecTests.blosclz) == "a chunk holds more than its shape")
        #expect(complaint([0, 9, 0xE0, 255], CodecTests.blosclz) == "a chunk's data is cut off")
        #expect(complaint([0, 9, 0x21, 0], CodecTests.blosclz) == "a chunk's data is damaged")
    }

    @Test func theFrameOfLZ4IsChecked() {
        let stored: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 3, 7, 8, 9]
        #expect(contents(stored, CodecTests.lz4) == [7, 8, 9])
        #expect(complaint(stored, room: 2, CodecTests.lz4) == "a chunk holds more than its shape")
        #expect(complaint(stored.dropLast(1), CodecTests.lz4) == "a chunk's LZ4 data is cut off")
        #expect(complaint(Array(stored.prefix(14)), CodecTests.lz4) == "a chunk's LZ4 data is cut off")
        #expect(
            complaint([0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 7, 8, 9], CodecTests.lz4)
                == "a chunk's LZ4 data is damaged")
        #expect(
            complaint([0xFF, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 3, 7, 8, 9], CodecTests.lz4)
                == "a chunk holds more than its shape")
        #expect(
            complaint([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF], CodecTests.lz4)
                == "a chunk's LZ4 data is damaged")
    }

    @Test func whatIsNoZstandardIsTold() {
        #expect(complaint([1, 2, 3, 4, 5], CodecTests.zstandard) == "a chunk's Zstandard data is damaged")
    }

    @Test func theHeadOfBloscIsChecked() {
        func head(version: UInt8 = 2, flags: UInt8, type: UInt8 = 1, bytes: UInt8, block: UInt8) -> [UInt8] {
            [version, 1, flags, type, bytes, 0, 0, 0, block, 0, 0, 0, 0, 0, 0, 0]
        }
        #expect(contents(head(flags: 2, bytes: 2, block: 2) + [5, 6], CodecTests.blosc) == [5, 6])
        #expect(
            complaint(head(flags: 2, bytes: 3, block: 2) + [5, 6], CodecTests.blosc) == "a chunk's data is cut off")
        #expect(complaint([2, 1, 2], CodecTests.blosc) == "a chunk's data is cut off")
        #expect(
            complaint(head(version: 5, flags: 2, bytes: 2, block: 2) + [5, 6], CodecTests.blosc)
                == "a chunk has version 5 of Blosc, expected 1 or 2")
        #expect(
            complaint(head(flags: 2, bytes: 65, block: 65), CodecTests.blosc) == "a chunk holds more than its shape")
        #expect(complaint(head(flags: 0, type: 0, bytes: 2, block: 2), CodecTests.blosc) == "a chunk's data is damaged")
        #expect(complaint(head(flags: 0, bytes: 2, block: 0), CodecTests.blosc) == "a chunk's data is damaged")
        let block: [UInt8] = [20, 0, 0, 0, 2, 0, 0, 0, 5, 6]
        #expect(contents(head(flags: 0, bytes: 2, block: 2) + block, CodecTests.blosc) == [5, 6])
        #expect(
            complaint(head(flags: 0x40, bytes: 3, block: 3) + block, CodecTests.blosc)
                == "its data went through Blosc with snappy, which is not supported")
        #expect(
            complaint(head(flags: 0xE0, bytes: 3, block: 3) + block, CodecTests.blosc)
                == "a chunk is of no known codec")
        #expect(
            complaint(head(flags: 0, bytes: 2, block: 2) + [99, 0, 0, 0], CodecTests.blosc)
                == "a chunk's data is cut off")
    }

    @Test func eventsAreCheckedAgainstTheirNumber() {
        func head(_ count: Int, _ packing: Int) -> [UInt8] {
            [UInt8(count << 2 & 0xFF | packing), UInt8(count >> 6 & 0xFF), UInt8(count >> 14 & 0xFF), 0]
                + [9, 0, 0, 0, 0, 0, 0, 0]
        }
        // Two events 3 later, then one 0x121 later; rows 5 and 6, columns 4, 5 and 8, all on.
        let good =
            head(3, 0) + [0x32, 0xF1, 0xF2, 0xF1, 0x01, 0xA2, 0, 0xC1, 0, 0x90, 0, 0, 1, 0x83] as [UInt8]
        #expect(
            contents(good, CodecTests.events) == [
                4, 0, 5, 0, 1, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 5, 0, 5, 0, 1, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0,
                8, 0, 6, 0, 1, 0, 0, 0, 45, 1, 0, 0, 0, 0, 0, 0,
            ])
        for count in 0..<good.count {
            #expect(complaint(Array(good.prefix(count)), CodecTests.events) == "a chunk's data is cut off", "\(count)")
        }
        #expect(complaint(good, room: 47, CodecTests.events) == "a chunk holds more than its shape")
        #expect(
            complaint(head(65_536, 0), room: 2_000_000, CodecTests.events) == "a chunk holds more than its shape")
        let damaged = "a chunk's events are damaged"
        #expect(complaint(head(1, 0) + [0x02], CodecTests.events) == damaged)
        #expect(complaint(head(1, 0) + [UInt8](repeating: 0xF1, count: 17), CodecTests.events) == damaged)
        #expect(complaint(head(1, 0) + [0x01, 0xA2, 0], CodecTests.events) == damaged)
        #expect(complaint(head(1, 0) + [0x01, 0xA1, 0, 0x80, 0, 0x82], CodecTests.events) == damaged)
    }

    @Test func checksumsAreThoseOfTheirInventors() {
        // From RFC 1950's successor libraries and the usual examples of Fletcher-32, words high byte first.
        #expect(Adler32.checksum(Array("Wikipedia".utf8).span) == 0x11E6_0398)
        #expect(Adler32.checksum([UInt8](repeating: 0xFF, count: 100_003).span) == naiveAdler(100_003))
        #expect(Fletcher32.checksum(Array("badcfe".utf8).span) == 0x5650_2D2A)
    }

    private func naiveAdler(_ count: Int) -> UInt32 {
        var (a, b) = (1, 0)
        for _ in 0..<count {
            a = (a + 255) % 65_521
            b = (b + a) % 65_521
        }
        return UInt32(b << 16 | a)
    }

    @Test(arguments: [1, 2, 3, 4, 8, 12, 16]) func shufflesAreUndone(elementBytes: Int) {
        var dice = Dice(state: 11)
        for count in [0, 1, 7, 64, 1_000, 1_024] {
            let data = (0..<count).map { _ in UInt8(dice.pick(0...255)) }
            var restored = [UInt8](repeating: 0, count: count)
            do {
                var target = restored.mutableSpan
                Shuffle.undoBytes(
                    shuffledBytes(data, elementBytes).span, elementBytes: elementBytes, into: &target, 0..<count)
            }
            #expect(restored == data)
            do {
                var target = restored.mutableSpan
                Shuffle.undoBits(
                    shuffledBits(data, elementBytes).span, elementBytes: elementBytes, into: &target, 0..<count)
            }
            #expect(restored == data)
        }
    }

    private func shuffledBytes(_ data: [UInt8], _ width: Int) -> [UInt8] {
        let elements = data.count / width
        let sorted = (0..<width).flatMap { byte in (0..<elements).map { data[$0 * width + byte] } }
        return sorted + data[(elements * width)...]
    }

    private func shuffledBits(_ data: [UInt8], _ width: Int) -> [UInt8] {
        let elements = data.count / width / 8 * 8
        var bits: [UInt8] = []
        for bit in 0..<(8 * width) {
            for group in 0..<(elements / 8) {
                bits.append(
                    (0..<8).reduce(0) { byte, place in
                        byte | (data[(8 * group + place) * width + bit / 8] >> UInt8(bit % 8) & 1) << UInt8(place)
                    })
            }
        }
        return bits + data[(elements * width)...]
    }

    @Test func randomStreamsNeverTrap() {
        var dice = Dice(state: 12)
        let codecs = [
            CodecTests.lzf, CodecTests.blosclz, CodecTests.lz4, CodecTests.zstandard, CodecTests.blosc,
            CodecTests.events,
            CodecTests.zlib,
        ]
        for _ in 0..<5_000 * Environment.fuzz {
            var bytes = (0..<dice.pick(0...60)).map { _ in UInt8(dice.pick(0...255)) }
            // Heads that lead further than chance does.
            switch dice.pick(0...3) {
            case 0: bytes = [0x78, 0x9C] + bytes
            case 1:
                bytes = [2, 1, UInt8(dice.pick(0...255)), UInt8(dice.pick(1...9)), 60, 0, 0, 0, 30, 0, 0, 0] + bytes
            case 2: bytes = [UInt8(dice.pick(0...255)), 0, 0, 0] + bytes
            default: break
            }
            for codec in codecs {
                if case .success(let contents) = CodecTests.unpack(bytes, room: 64, codec) {
                    #expect(contents.count <= 64)
                }
            }
        }
    }
}
