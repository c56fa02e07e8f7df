import SpikeTestSupport
import Testing

/// The digest that goldens are compared with, against the examples of NIST (FIPS 180-4, "SHA-256 Example").
struct SHA256Tests {
    static let vectors: [(bytes: [UInt8], digest: String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            [UInt8](repeating: 0x61, count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test(arguments: vectors.indices) func knownVector(index: Int) {
        let vector = SHA256Tests.vectors[index]
        #expect(SHA256.hex(vector.bytes) == vector.digest)
    }

    @Test func numbersAreTheirBytesLowestFirst() {
        var digest = SHA256()
        digest.update(number: -2)
        digest.update(number: 0x0102_0304_0506_0708)
        let bytes: [UInt8] = [254, 255, 255, 255, 255, 255, 255, 255, 8, 7, 6, 5, 4, 3, 2, 1]
        #expect(digest.finish() == SHA256.hex(bytes))
    }
}
