import SpikeSignals
import Testing

@testable import SpikeSinks

/// The URLs of brokers.
struct BrokerAddressTests {
    @Test(
        "A URL names host, port and whether the connection is encrypted",
        arguments: [
            ("mqtt://127.0.0.1", "mqtt://127.0.0.1:1883"), ("mqtts://a.b/", "mqtts://a.b:8883"),
            ("mqtt://a:65535", "mqtt://a:65535"), ("mqtts://[::1]:7", "mqtts://[::1]:7"),
            ("mqtt://[::1]", "mqtt://[::1]:1883"),
        ])
    func good(url: String, text: String) throws {
        #expect(try BrokerAddress(url, at: "").text == text)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "a", "tcp://a", "mqtt://", "mqtt://a:0", "mqtt://a:65536", "mqtt://a:b", "mqtt://a:1:2", "mqtt://[::1",
            "mqtt://[::1]x", "mqtt://a/b", "mqtt://a b", "mqtt://:1",
        ])
    func bad(url: String) {
        #expect(complaint { _ = try BrokerAddress(url, at: "") }.text.contains("expects mqtt://HOST[:PORT]"))
    }

    @Test("A level of a topic holds nothing that has a meaning there")
    func level() {
        #expect("sensor_fault".asTopicLevel == "sensor_fault")
        #expect("a/b+c#d\u{0}e".asTopicLevel == "a_b_c_d_e")
        #expect("".asTopicLevel == "_")
    }
}
