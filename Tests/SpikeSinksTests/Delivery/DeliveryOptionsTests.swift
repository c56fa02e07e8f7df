import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// Options of sinks that do not fit together, and secrets that are not there.
struct DeliveryOptionsTests {
    private let context = StageContext(pipeline: "p", stage: "home", folder: "/folder")

    private func options(_ values: [String: OptionValue]) throws -> DeliveryOptions {
        try DeliveryOptions(Options(values), context: context)
    }

    @Test("The outbox is beside the pipeline unless told otherwise")
    func outbox() throws {
        let queue: [String: OptionValue] = ["when_unavailable": .string("queue")]
        #expect(try options(queue).queueFile == "/folder/p-home.outbox")
        #expect(try options(queue.merging(["queue_file": .string("q")]) { $1 }).queueFile == "/folder/q")
        #expect(try options([:]).policy == .error)
        #expect(try options([:]).queueFile == nil)
    }

    @Test(
        "An option that has no effect is an error",
        arguments: [
            (
                ["queue_file": OptionValue.string("q")],
                #"stage "home": "queue_file" expects "when_unavailable: queue" beside it, found error"#
            ),
            (
                ["when_unavailable": .string("drop"), "give_up_after_s": .integer(3)],
                #"stage "home": "give_up_after_s" expects "when_unavailable: error", found drop"#
            ),
        ])
    func useless(values: [String: OptionValue], message: String) {
        #expect(complaint { _ = try options(values) }.text == message)
    }

    @Test(
        "What no sink can work with is refused before anything runs",
        arguments: [
            ("mqtt", ["url": "http://a"], "\"url\" expects mqtt://HOST[:PORT] or mqtts://HOST[:PORT], found"),
            ("mqtt", ["url": "mqtt://u:p@a"], "\"url\" expects no user and password, found some"),
            ("mqtt", ["url": "mqtt://a", "topic": "a/#"], "\"topic\" expects levels with slashes"),
            ("mqtt", ["url": "mqtt://a", "ca_file": "/etc/hosts"], "expect an encrypted connection"),
            ("mqtt", ["url": "mqtts://a", "ca_file": "/none"], "the file of \"ca_file\" cannot be read"),
            (
                "mqtt", ["url": "mqtts://a", "cert_file": "/etc/hosts"],
                "expected both of \"cert_file\" and \"key_file\""
            ),
            ("mqtt", ["url": "mqtt://a", "password_env": "SPIKE_NONE"], "the environment has no variable"),
            ("mqtt", ["url": "mqtt://a", "password_file": "/none"], "/none: the file cannot be opened"),
            ("mqtt", ["url": "mqtt://a", "password_file": "/dev/null"], "expected a secret, found nothing"),
            ("mqtt", ["url": "mqtt://a", "password_file": "/bin/sh"], "expected a secret of at most 4096 bytes"),
            ("mqtt", ["url": "mqtt://a", "password_env": "PATH"], "a password expects \"username\" beside it"),
            ("mqtt", ["url": "mqtt://a", "device_name": "x"], "expects \"home_assistant\" beside it, found none"),
            ("webhook", ["url": "ftp://a"], "\"url\" expects http://HOST... or https://HOST..., found"),
            ("webhook", ["url": "http://"], "\"url\" expects"),
            ("webhook", ["url": "http://a b"], "\"url\" expects"),
            ("webhook", ["url": "http://u:p@a/"], "\"url\" expects no user and password"),
            ("webhook", ["url": "http://a", "secret_file": "a", "secret_env": "b"], "found both"),
            ("sqlite", ["path": "/none/a"], "the database cannot be opened"),
            ("jsonl", ["path": "/none/a"], "the folder does not exist"),
        ])
    func refusals(type: String, texts: [String: String], message: String) throws {
        let sinks = [
            MQTTSink.descriptor, WebhookSink.descriptor, SQLiteLogSink.descriptor, JSONLinesSink.descriptor,
        ]
        let descriptor = try #require(sinks.first { $0.type == type })
        let (text, cause) = complaint {
            _ = try descriptor.make(Options(texts.mapValues { .string($0) }), context)
        }
        #expect(text.contains(message), "\(text)")
        #expect(cause == .input)
    }

    @Test("A secret ends at the line break of its file")
    func secret() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let file = unsafe open(folder + "/s", O_WRONLY | O_CREAT, 0o600)
        unsafe write(file, "a b \r\n", 6)
        close(file)
        let options = Options(["key_file": .string(folder + "/s")])
        #expect(try Secret.value("key", of: options, context: context) == "a b ")
    }
}
