import Testing

@testable import SpikeContainers

/// Streams made with zlib 1.2.13 by Python's `zlib.compress`.
@Suite struct InflateTests {
    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).map { place in
            UInt8(hex.dropFirst(place).prefix(2), radix: 16) ?? 0
        }
    }

    private let dynamic = """
        78daddce090e44300000c08aa38a685c295a565ca9505ac4b1fcff5dfb8f9d170c804cdf0f8793a4ba5b569f0c071598f8eaefa3829cd201\
        6df3159ef30a7996f686e012cd4d7fe50e4a161a53455cbf7ca7610f2e79fab2edf6447f9ddad56d0a96452b1c0bf7d844ec15e29b9a2f2c\
        cdf3c1f3a718e0c2a53d56f51aebc0ebb0edd7f6757b0389cba3224cc6164cd4276f9e262b65641a81c822b666386cac4d69d402ffdafe01\
        cdae2e62
        """

    @Test func streamsOfAllKindsAreRead() throws {
        #expect(try Inflate.zlib(bytes("78da030000000001")[...], limit: 0) == [])
        #expect(
            try Inflate.zlib(bytes("7801010c00f3ff73746f7265642062797465731fcf04d9")[...], limit: 12)
                == Array("stored bytes".utf8))
        #expect(
            try Inflate.zlib(bytes("78da2b2ec8cc4e55284627016a5b08d1")[...], limit: 23)
                == Array("spike spike spike spike".utf8))
        let expected = (0..<400).map { (index: Int) -> UInt8 in UInt8((index * index * 7 + index / 3) % 61) }
        #expect(try Inflate.zlib(bytes(dynamic)[...], limit: 400) == expected)
    }

    @Test func nothingBeyondTheLimitIsUnpacked() {
        let zeros = "78daedc13101000000c2a0f54f6d0d0fa0" + String(repeating: "0", count: 171) + "80570386af0001"
        #expect(throws: ContainerDamage.self) { try Inflate.zlib(bytes(zeros)[...], limit: 99_999) }
        #expect(throws: ContainerDamage.self) { try Inflate.zlib(bytes(dynamic)[...], limit: 399) }
        #expect(throws: ContainerDamage.self) {
            try Inflate.zlib(bytes("7801010c00f3ff73746f7265642062797465731fcf04d9")[...], limit: 11)
        }
    }

    @Test func everyChangedOrMissingByteIsFound() throws {
        let whole = bytes(dynamic)
        let expected = try Inflate.zlib(whole[...], limit: 400)
        for index in whole.indices {
            #expect(throws: ContainerDamage.self, "cut to \(index)") { try Inflate.zlib(whole[..<index], limit: 400) }
            for bit in 0..<8 where index > 1 {
                var changed = whole
                changed[index] ^= 1 << UInt8(bit)
                let found = try? Inflate.zlib(changed[...], limit: 400)
                // The bits that fill up the last byte before the checksum mean nothing.
                #expect(found == nil || found == expected && index == whole.count - 5, "byte \(index)")
            }
        }
    }
}

extension Inflate {
    /// The contents of the zlib stream `data`, at most `limit` bytes.
    static func zlib(_ data: ArraySlice<UInt8>, limit: Int) throws(ContainerDamage) -> [UInt8] {
        var inflate = Inflate()
        var output = [UInt8](repeating: 0, count: limit)
        var target = output.mutableSpan
        let count = try inflate.zlib(data.span, into: &target, 0..<limit)
        output.removeLast(limit - count)
        return output
    }
}
