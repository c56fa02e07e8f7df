import SpikeTestSupport
import Testing

@testable import SpikeSignals

@Suite("Integers as bytes") struct IntegerCodingTests {
    @Test("are little-endian, whatever their size and sign") func golden() {
        var writer = IntegerWriter()
        writer.append(UInt8(200))
        writer.append(Int16(-2))
        writer.append(UInt32(0x0102_0304))
        writer.append(Int64.min)
        writer.append([Int8(-1), 5])
        #expect(
            writer.bytes == [200, 0xFE, 0xFF, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0x80, 2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 5])
    }

    @Test("come back as they were, and nil where the bytes end") func round() {
        var dice = Dice(state: 1)
        let (longs, shorts) = ((0..<50).map { _ in Int64(bitPattern: dice.next()) }, [Int16](repeating: -7, count: 9))
        var writer = IntegerWriter()
        writer.append(longs)
        writer.append(shorts)
        writer.append(UInt64.max)
        for count in 0...writer.bytes.count {
            var reader = IntegerReader(Array(writer.bytes.prefix(count)))
            let first = reader.list(limit: 50, of: Int64.self)
            let second = first == nil ? nil : reader.list(limit: 9, of: Int16.self)
            let last = second == nil ? nil : reader.integer(UInt64.self)
            #expect((first == longs) == (count >= 408) && (first == nil) == (count < 408))
            #expect((second == shorts) == (count >= 408 + 26))
            #expect((last == .max) == (count == writer.bytes.count))
            #expect(last == nil || reader.isAtEnd)
        }
    }

    @Test("lists that are longer than they may be, or say so, are refused")
    func lists() {
        for count in [Int64(-1), .min, 4, 1 << 40, .max, 3] {
            var writer = IntegerWriter()
            writer.append(count)
            for value in [1, 2, 3] as [Int32] { writer.append(value) }
            var reader = IntegerReader(writer.bytes)
            #expect((reader.list(limit: 3, of: Int32.self) == [1, 2, 3]) == (count == 3), "\(count)")
            reader = IntegerReader(writer.bytes)
            #expect((reader.list(limit: .max / 8, of: Int32.self) == nil) == (count != 3), "\(count)")
        }
    }

    @Test("the checksum is FNV-1a") func checksum() {
        #expect(Checksum.of([]) == 0xCBF2_9CE4_8422_2325)
        #expect(Checksum.of("a".utf8) == 0xAF63_DC4C_8601_EC8C)
        #expect(Checksum.of("foobar".utf8) == 0x8594_4171_F739_67E8)
    }
}
