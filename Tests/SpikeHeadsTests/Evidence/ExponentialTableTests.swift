import Testing

@testable import SpikeHeads

#if canImport(Glibc)
import Glibc
#endif

@Suite struct ExponentialTableTests {
    @Test(arguments: [0, 3, 8, 10, 12, 20, 24]) func staysWithinTheStatedError(scaleBits: Int) {
        let table = ExponentialTable(scaleBits: scaleBits)
        let limit = Int64(24) << scaleBits
        let step = max(1, limit / 20_011)
        for potential in stride(from: -limit, through: limit, by: Int(step)) {
            let exact = exp2(Double(potential) / Double(Int64(1) << scaleBits) + 24)
            let found = Double(table.evidence(Int32(potential)))
            #expect(abs(found - exact) <= 6e-8 * exact + 1, "potential \(potential)")
        }
    }

    @Test func wholeOctavesAreExact() {
        let table = ExponentialTable(scaleBits: 8)
        for octave in -24...24 { #expect(table.evidence(Int32(octave * 256)) == 1 << UInt64(octave + 24)) }
    }

    @Test func potentialsBeyondTheRangeAreClamped() {
        let table = ExponentialTable(scaleBits: 8)
        #expect(table.evidence(24 * 256 + 1) == 1 << 48)
        #expect(table.evidence(.max) == 1 << 48)
        #expect(table.evidence(-24 * 256 - 1) == 1)
        #expect(table.evidence(.min) == 1)
    }

    @Test func neverFallsAsThePotentialRises() {
        let table = ExponentialTable(scaleBits: 12)
        var last: UInt64 = 0
        for potential in Int32(-24 * 4_096)...(24 * 4_096) {
            let evidence = table.evidence(potential)
            #expect(evidence >= last)
            last = evidence
        }
    }
}
