import SpikeSignals
import Testing

@testable import SpikeSinks

/// What Home Assistant is told.
struct HomeAssistantTests {
    /// What survives a run.
    private final class Store {
        var values: [String: String] = [:]
        var memory: HomeAssistant.Memory {
            HomeAssistant.Memory(recall: { self.values[$0] }, remember: { self.values[$0] = $1 })
        }
    }

    private let store = Store()

    private func home(_ announced: [String] = [], words: [String] = []) -> HomeAssistant {
        let names = HomeAssistant.Names(
            topic: "spikeline/p", availability: "spikeline/p/availability", node: "n", device: "Kitchen",
            expireAfterSeconds: 60)
        return HomeAssistant(names, announced: announced, words: words, memory: store.memory)
    }

    private func alarm(_ id: String, _ state: String) -> OutgoingRecord {
        var stamp = RecordStamp()
        return stamp.stamp(
            .object([
                ("kind", .string("anomaly")), ("id", .string(id)), ("state", .string(state)), ("wall", .string("w")),
            ]))
    }

    private func word(_ word: String) -> OutgoingRecord {
        var stamp = RecordStamp()
        return stamp.stamp(SampleRecords.keyword(1, word: word).jsonValue)
    }

    @Test("Words are an event entity that learns new words before they come")
    func keywords() throws {
        var home = home(["keyword"], words: ["yes"])
        let greeting = home.greeting()
        #expect(greeting.map(\.topic) == ["homeassistant/event/n/keyword/config"])
        #expect(greeting[0].isRetained)
        #expect(greeting[0].payload.contains(#""event_types": ["yes"]"#))
        #expect(greeting[0].payload.contains(#""unique_id": "n_keyword""#))
        #expect(greeting[0].payload.contains(#""availability_topic": "spikeline/p/availability""#))
        #expect(greeting[0].payload.contains(#""state_topic": "spikeline/p/keyword""#))
        #expect(home.announcements(before: word("yes")).isEmpty)
        #expect(home.announcements(before: word("no")).first?.payload.contains(#"["yes", "no"]"#) == true)
        #expect(home.states(after: word("no")).isEmpty)
        let next = self.home(["keyword"])
        #expect(next.greeting()[0].payload.contains(#""event_types": ["no"]"#) == false)
        #expect(next.greeting()[0].payload.contains(#"["yes", "no"]"#))
    }

    @Test("A gesture is on from onset to end, and one whose onset is not reported is on for a moment")
    func gestures() {
        var home = home()
        var stamp = RecordStamp()
        func states(_ state: GestureRecord.State) -> [Bool] {
            let record = stamp.stamp(SampleRecords.gesture(state).jsonValue)
            _ = home.announcements(before: record)
            let messages = home.states(after: record)
            #expect(messages.allSatisfy { $0.topic == "spikeline/p/gesture/state" && $0.isRetained })
            #expect(messages.allSatisfy { $0.payload.contains(record.json) })
            return messages.map { $0.payload.contains(#""state": "ON""#) }
        }
        #expect(states(.end) == [true, false])
        #expect(states(.onset) == [true])
        #expect(states(.end) == [false])
        let greeting = home.greeting()
        #expect(greeting.map(\.topic) == ["homeassistant/binary_sensor/n/gesture/config", "spikeline/p/gesture/state"])
        #expect(greeting[0].payload.contains(#""expire_after": 60"#))
        #expect(greeting[0].payload.contains(#""json_attributes_topic": "spikeline/p/gesture/state""#))
    }

    @Test("An anomaly is on while any alarm lasts, also after a restart")
    func alarms() {
        var home = home(["anomaly"])
        #expect(home.greeting().last?.payload == #"{"state": "OFF", "record": {}}"#)
        func isOn(_ id: String, _ state: String) -> Bool? {
            home.states(after: alarm(id, state)).last.map { $0.payload.contains(#""state": "ON""#) }
        }
        #expect(isOn("a", "onset") == true)
        #expect(isOn("b", "onset") == true)
        #expect(isOn("a", "update") == true)
        #expect(isOn("a", "clear") == true)
        home.keepState()
        home = self.home()
        #expect(home.greeting().map(\.topic).last == nil)
        home = self.home(["anomaly"])
        #expect(home.greeting().last?.payload.contains(#""state": "ON""#) == true)
        #expect(isOn("b", "clear") == false)
        #expect(home.greeting()[0].payload.contains(#""device_class": "problem""#))
    }

    @Test("Words and alarms without end are not kept in mind without end")
    func bound() {
        var home = home(["keyword"])
        for number in 0..<400 { _ = home.announcements(before: word("w\(number)")) }
        for number in 0..<400 { _ = home.states(after: alarm("a\(number)", "onset")) }
        #expect(home.greeting()[0].payload.components(of: "\"w").count == 257)
        home.keepState()
        #expect(store.values["anomaly"]?.split(separator: "\n").count == 257)
    }
}

extension String {
    /// The pieces between the places where `mark` stands.
    fileprivate func components(of mark: String) -> [Substring] {
        split(separator: mark, omittingEmptySubsequences: false)
    }
}
