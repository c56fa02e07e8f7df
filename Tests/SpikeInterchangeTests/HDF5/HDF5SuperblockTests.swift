import Testing

@testable import SpikeInterchange

@Suite struct HDF5SuperblockTests {
    @Test func theChecksumIsLookup3() {
        // From driver5 of Bob Jenkins' lookup3.c.
        #expect(HDF5Superblock.lookup3([]) == 0xDEAD_BEEF)
        #expect(HDF5Superblock.lookup3(Array("Four score and seven years ago".utf8)) == 0x1777_0551)
    }

    @Test func otherVersionsAreLeftAlone() {
        for version in [UInt8(0), 2, 4] {
            var image = [UInt8](repeating: 8, count: 60)
            image[8] = version
            let before = image
            HDF5Superblock.repairChecksum(of: &image)
            #expect(image == before)
        }
    }
}
