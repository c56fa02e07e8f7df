import SpikeTestSupport
import Testing

@testable import SpikeContainers

@Suite struct DeflateTests {
    @Test func everythingIsUnpackedAgain() throws {
        var dice = Dice(state: 9)
        for size in [0, 1, 2, 3, 4, 5, 100, 259, 70_000] {
            for kinds in [1, 2, 3, 17, 256] {
                let data = (0..<size).map { _ in UInt8(dice.pick(0...(kinds - 1))) }
                #expect(try Inflate.zlib(Deflate.zlib(data)[...], limit: size) == data, "\(size) of \(kinds)")
            }
        }
        let far = [UInt8](repeating: 7, count: 40) + (0..<32_800).map { UInt8(truncatingIfNeeded: $0 * $0 / 97) }
        #expect(try Inflate.zlib(Deflate.zlib(far + far)[...], limit: 2 * far.count) == far + far)
    }

    @Test func repetitionsAreFound() {
        #expect(Deflate.zlib([UInt8](repeating: 0, count: 100_000)).count < 500)
        #expect(Deflate.zlib((0..<10_000).map { [1, 2, 3, 4, 9][$0 % 5] }).count < 120)
    }

    @Test func codesAreOptimalAndNotTooLong() {
        // Huffman's code for 1, 1, 2, 3, 5 has the lengths 4, 4, 3, 2, 1.
        #expect(PrefixCode(counts: [1, 1, 2, 3, 5, 0], longest: 15).lengths == [4, 4, 3, 2, 1, 0])
        // Fibonacci counts make the longest codes.
        var fibonacci = [1, 1]
        while fibonacci.count < 30 { fibonacci.append(fibonacci[fibonacci.count - 1] + fibonacci[fibonacci.count - 2]) }
        let lengths = PrefixCode(counts: fibonacci, longest: 15).lengths
        #expect(lengths.max() == 15)
        #expect(lengths.reduce(0) { $0 + 1 << (15 - $1) } == 1 << 15)
        #expect(PrefixCode(counts: [0, 8, 0], longest: 7).lengths == [0, 1, 0])
    }
}
