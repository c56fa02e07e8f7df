import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// The hash that signs requests.
struct SHA256Tests {
    @Test("HMAC-SHA256 gives what RFC 4231 says")
    func rfc4231() {
        func check(_ key: [UInt8], _ text: String, _ expected: String) {
            let hash = SpikeSinks.SHA256.authenticate(Array(text.utf8), key: key)
            #expect(SpikeSinks.SHA256.hexadecimal(hash) == expected)
        }
        check(
            Array(repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        check(
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        check(
            Array(repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test("Messages of every length around a block give what FIPS 180-4 says")
    func lengths() {
        func hash(_ count: Int) -> String {
            SpikeSinks.SHA256.hexadecimal(SpikeSinks.SHA256.hash(Array(repeating: UInt8(ascii: "a"), count: count)))
        }
        #expect(hash(0) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hash(55) == "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318")
        #expect(hash(56) == "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a")
        #expect(hash(64) == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb")
        #expect(hash(1_000_000) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
}
