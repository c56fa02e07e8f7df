import Glibc
import Testing

@testable import SpikeEncoders

@Suite struct BinaryLogarithmTests {
    let table = BinaryLogarithm()

    @Test("logarithms are right to 2e-5 over the whole range") func logarithms() {
        var random = Random(seed: 1)
        for bits in 0..<64 {
            for _ in 0..<50 {
                let x = max(1, random.next() >> UInt64(bits))
                #expect(abs(Double(table.log2(x)) / 65_536 - Glibc.log2(Double(x))) < 2e-5)
            }
        }
        #expect(table.log2(0) == 0)
        #expect(table.log2(1 << 40) == 40 << 16)
    }

    @Test("powers are right to 1e-5, or one unit") func powers() {
        var random = Random(seed: 2)
        for _ in 0..<2_000 {
            let x = Int64(random.next() % UInt64(47 << 16)) - 17 << 16
            let exact = Glibc.exp2(Double(x) / 65_536) * 65_536
            #expect(abs(Double(table.exp2(x)) - exact) < max(1, exact * 1e-5))
        }
        #expect(table.exp2(-40 << 16) == 0)
        #expect(table.exp2(.min / 2) == 0)
        #expect(table.exp2(100 << 16) == 1 << 46)
    }
}
