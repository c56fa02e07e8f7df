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
        let record = SensorFaultRecord(
            fault: "stalled", place: "default\n", at: StreamTime(nanoseconds: 2_000_000), pipeline: "p", stage: "ear")
        #expect(
            Record.sensorFault(record).json == """
                {"v": 1, "kind": "sensor_fault", "fault": "stalled", "where": "default\\n", "at_s": 0.002, \
                "pipeline": "p", "stage": "ear"}
                """)
        #expect(Record.sensorFault(record).at == record.at)
    }
}
