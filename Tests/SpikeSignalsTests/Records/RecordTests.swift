import SpikeSignals
import Testing

/// Field names and their order are a contract with whoever reads the lines.
@Suite struct RecordTests {
    @Test func keyword() {
        var record = KeywordRecord(
            word: "yes", score: 0.98765, at: StreamTime(nanoseconds: 1_250_000_000),
            from: StreamTime(nanoseconds: 500_000_000), to: StreamTime(nanoseconds: 1_000_499_999),
            levelDecibels: -23.45, pipeline: "keywords", stage: "words", sequence: 3)
        #expect(
            Record.keyword(record).json == """
                {"v": 1, "kind": "keyword", "word": "yes", "score": 0.988, "at_s": 1.250, "from_s": 0.500, \
                "to_s": 1.000, "level_db": -23.5, "pipeline": "keywords", "stage": "words", "seq": 3}
                """)
        record.levelDecibels = nil
        #expect(Record.keyword(record).json.contains("\"level_db\": null"))
        #expect(Record.keyword(record).at == record.at)
    }

    @Test func sensorFault() {
        var record = SensorFaultRecord(
            fault: "stalled", place: "default\n", at: StreamTime(nanoseconds: 2_000_000), pipeline: "p", stage: "ear")
        #expect(
            Record.sensorFault(record).json == """
                {"v": 1, "kind": "sensor_fault", "fault": "stalled", "state": "onset", "where": "default\\n", \
                "at_s": 0.002, "lost_ms": null, "pipeline": "p", "stage": "ear"}
                """)
        record = SensorFaultRecord(
            SensorFault(.clockJump, .passed, place: "default", at: record.at, lostMilliseconds: 1_200), pipeline: "p",
            stage: "ear")
        #expect(
            Record.sensorFault(record).json == """
                {"v": 1, "kind": "sensor_fault", "fault": "clock_jump", "state": "passed", "where": "default", \
                "at_s": 0.002, "lost_ms": 1200, "pipeline": "p", "stage": "ear"}
                """)
        #expect(Record.sensorFault(record).at == record.at)
    }

    @Test("a gesture has its fields in order, without an end while it goes on")
    func gesture() {
        var record = GestureRecord(
            gesture: "arm_roll", state: .end, score: 0.9, at: StreamTime(nanoseconds: 2_500_000_000),
            from: StreamTime(nanoseconds: 1_000_000_000), to: StreamTime(nanoseconds: 2_250_000_000), events: 1_234,
            pipeline: "gesture", stage: "hands", sequence: 7)
        #expect(
            Record.gesture(record).json == """
                {"v": 1, "kind": "gesture", "gesture": "arm_roll", "state": "end", "score": 0.900, "at_s": 2.500, \
                "from_s": 1.000, "to_s": 2.250, "events": 1234, "pipeline": "gesture", "stage": "hands", "seq": 7}
                """)
        (record.state, record.to) = (.onset, nil)
        #expect(Record.gesture(record).json.contains("\"state\": \"onset\", \"score\": 0.900, \"at_s\": 2.500"))
        #expect(Record.gesture(record).json.contains("\"to_s\": null"))
        #expect(Record.gesture(record).at == record.at)
    }
}
