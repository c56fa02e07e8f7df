import Testing

@testable import SpikeContainers

@Suite struct Lookup3Tests {
    @Test func theChecksumIsThatOfTheOriginal() {
        // From driver5 of Bob Jenkins' lookup3.c.
        #expect(Lookup3.checksum([]) == 0xDEAD_BEEF)
        #expect(Lookup3.checksum(Array("Four score and seven years ago".utf8)) == 0x1777_0551)
    }
}
