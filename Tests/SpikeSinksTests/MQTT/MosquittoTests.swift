import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// The sink `mqtt` with Debian's broker.
@Suite(.enabled(if: Broker.isInstalled, "mosquitto, mosquitto-clients and openssl are not installed"))
struct MosquittoTests {
    private let folder: String

    init() throws { folder = try Scratch.folder() }

    private func sink(_ broker: Broker, _ values: [String: OptionValue] = [:]) throws -> AnySink {
        let scheme = broker.certificates == nil ? "mqtt" : "mqtts"
        var options: [String: OptionValue] = [
            "url": .string("\(scheme)://127.0.0.1:\(broker.port)"), "retry_max_s": .number(0.2),
            "client_id": .string("under-test"), "timeout_s": .integer(5),
        ]
        options.merge(values) { $1 }
        let context = StageContext(pipeline: "p", stage: "home", folder: folder)
        guard case .sink(let sink) = try MQTTSink.descriptor.make(Options(options), context) else {
            throw SpikelineError("not a sink")
        }
        return sink
    }

    private func file(_ name: String, _ text: String) -> OptionValue {
        let file = unsafe open(folder + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe write(file, text, text.utf8.count)
        close(file)
        return .string(folder + "/" + name)
    }

    private func count(_ name: String, of sink: AnySink) -> Int? {
        sink.counters.counts.first { $0.name == name }?.value
    }

    private func words(_ broker: Broker) -> [Int] {
        broker.messages.filter { $0.topic == "spikeline/p/keyword" }.compactMap { message in
            message.payload.split(separator: "\"seq\": ").last.flatMap { Int($0.prefix { $0.isNumber }) }
        }
    }

    @Test("Records arrive as JSON between online and offline", arguments: [false, true])
    func delivery(encrypted: Bool) throws {
        defer { Scratch.remove(folder) }
        let broker = try Broker(encrypted: encrypted)
        try broker.start()
        try broker.subscribe()
        var options: [String: OptionValue] = [:]
        if let authority = broker.certificates?.authority { options["ca_file"] = .string(authority) }
        let sink = try sink(broker, options)
        try sink.consume(SampleRecords.batch(1...120))
        try sink.finish()
        #expect(Tool.wait { broker.messages.last?.payload == "offline" })
        #expect(words(broker) == Array(1...120))
        let messages = broker.messages
        #expect(messages.first?.topic == "spikeline/p/availability")
        #expect(messages.first?.payload == "online")
        #expect(messages[1].payload.hasPrefix(#"{"v": 1, "kind": "keyword", "word": "yes", "score": 0.930"#))
        #expect(messages.last?.topic == "spikeline/p/availability")
        #expect(count("delivered", of: sink) == 120)
    }

    @Test("A wrong password ends the run with exit code 3, the right one does not", arguments: ["wrong", "right"])
    func password(text: String) throws {
        defer { Scratch.remove(folder) }
        let broker = try Broker(password: "right")
        try broker.start()
        let sink = try sink(
            broker, ["username": .string("spike"), "password_file": file("password", text + "\n")])
        let found = complaint {
            try sink.consume(SampleRecords.batch(1...3))
            try sink.finish()
        }
        if text == "right" {
            #expect(found.text == "no error")
        } else {
            #expect(found.text.contains("the broker refuses us: "))
            #expect(found.text.hasSuffix("Check \"username\" and \"password_file\" or \"password_env\""))
            #expect(found.cause == .lost)
        }
    }

    @Test("A broker whose certificate nobody vouches for gets nothing")
    func untrusted() throws {
        defer { Scratch.remove(folder) }
        let broker = try Broker(encrypted: true)
        try broker.start()
        try broker.subscribe()
        let sink = try sink(broker)
        let found = complaint {
            try sink.consume(SampleRecords.batch(1...3))
            try sink.finish()
        }
        #expect(found.text.contains("no TLS connection"), "\(found.text)")
        #expect(found.text.contains("certificate verify failed"), "\(found.text)")
        #expect(found.cause == .lost)
        #expect(words(broker).isEmpty)
    }

    @Test("A broker that was stopped or killed, for a while or before the first record, misses nothing")
    func restarts() throws {
        defer { Scratch.remove(folder) }
        let broker = try Broker()
        try broker.start()
        try broker.subscribe()
        broker.stop()
        let sink = try sink(broker, ["when_unavailable": .string("queue"), "flush_s": .integer(20)])
        var next = 1
        func send(_ count: Int) throws {
            for number in next..<next + count {
                try sink.consume(SampleRecords.batch([number]))
                usleep(2_000)
            }
            next += count
        }
        try send(20)
        for signal in [SIGTERM, SIGKILL, SIGKILL] {
            try broker.start()
            broker.waitForSubscriber()
            try send(30)
            broker.stop(signal: signal)
            try send(30)
        }
        #expect((count("waiting", of: sink) ?? 0) >= 30)
        try broker.start()
        broker.waitForSubscriber()
        #expect(Tool.wait { count("waiting", of: sink) == 0 })
        try sink.finish()
        #expect(Tool.wait { Set(words(broker)).count == next - 1 })
        #expect(Set(words(broker)) == Set(1..<next))
    }

    @Test("When we are gone without a word the broker says so")
    func lastWill() throws {
        defer { Scratch.remove(folder) }
        let broker = try Broker()
        try broker.start()
        let settings = try MQTTSettings(
            broker: BrokerAddress("mqtt://127.0.0.1:\(broker.port)", at: ""), clientID: "c",
            availabilityTopic: "spikeline/p/availability")
        try broker.subscribe()
        do {
            let client = try MQTTClient(settings)
            #expect(client.connect(until: Deadline()) == nil)
        }
        #expect(Tool.wait { broker.messages.last?.payload == "offline" })
    }

    @Test("Home Assistant finds entities and states, also when it comes later and after a restart")
    func homeAssistant() throws {
        defer { Scratch.remove(folder) }
        let broker = try Broker()
        try broker.start()
        let options: [String: OptionValue] = [
            "when_unavailable": .string("queue"), "home_assistant": .list([.string("keyword"), .string("gesture")]),
        ]
        do {
            let sink = try sink(broker, options)
            try sink.consume(
                SampleRecords.batch([SampleRecords.keyword(1, word: "go"), SampleRecords.gesture(.onset)]))
            try sink.finish()
        }
        try broker.subscribe()
        #expect(Tool.wait { broker.messages.count >= 4 })
        var kept = Dictionary(broker.messages.filter(\.isRetained).map { ($0.topic, $0.payload) }) { $1 }
        #expect(kept["homeassistant/event/under-test/keyword/config"]?.contains(#"["go"]"#) == true)
        #expect(kept["homeassistant/binary_sensor/under-test/gesture/config"] != nil)
        #expect(kept["spikeline/p/gesture/state"]?.hasPrefix(#"{"state": "ON""#) == true)
        #expect(kept["spikeline/p/availability"] == "offline")
        #expect(kept["spikeline/p/keyword"] == nil)

        let sink = try sink(broker, options)
        try sink.consume(RecordBatch())
        #expect(Tool.wait { broker.messages.last?.topic == "spikeline/p/gesture/state" })
        try broker.subscribe()
        #expect(Tool.wait { broker.messages.count >= 4 })
        kept = Dictionary(broker.messages.map { ($0.topic, $0.payload) }) { $1 }
        #expect(kept["spikeline/p/availability"] == "online")
        #expect(kept["homeassistant/event/under-test/keyword/config"]?.contains(#"["go"]"#) == true)
        #expect(kept["spikeline/p/gesture/state"] == #"{"state": "OFF", "record": {}}"#)
        try sink.finish()
    }
}
