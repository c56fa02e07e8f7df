import SpikeSignals
import Testing

@testable import SpikeInterchange

@Suite struct ModelSealTests {
    @Test func theChecksumIsThatOfZlib() {
        // The check value of CRC-32 in the catalogue of parametrised CRC algorithms.
        #expect(ModelSeal.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    }

    @Test func theSealIsReadable() throws {
        let sealed = ModelSeal.bytes(sealing: Array("123456789".utf8))
        #expect(sealed.count == 521)
        let lines = String(decoding: sealed.prefix(512), as: UTF8.self).split(separator: "\n")
        #expect(lines == ["Spikeline model 1 (NIR graph in HDF5 from byte 512)", "bytes 9", "crc32 cbf43926"])
        #expect(try ModelSeal.open(sealed, name: "m") == Array("123456789".utf8))
    }

    @Test func aWrongSealIsRefused() {
        for index in 0..<521 {
            var sealed = ModelSeal.bytes(sealing: Array("123456789".utf8))
            sealed[index] ^= 4
            #expect(throws: SpikelineError.self, "byte \(index)") { try ModelSeal.open(sealed, name: "m") }
        }
    }
}
