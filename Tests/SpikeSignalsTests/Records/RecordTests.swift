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

    @Test("an anomaly has its fields in order, and an end only when it is over")
    func anomaly() {
        let band = ChannelLegend.Place.band(low: 2_953.4, centre: 3_100, high: 3_251.6, axis: 1)
        let cell = ChannelLegend.Place.cell(.init(x: 16, y: 32, width: 16, height: 8), isOn: false)
        var record = AnomalyRecord(
            id: "mill/watch/2", state: .clear, score: 5.25, threshold: 2.6666, targetFalseAlarmsPerDay: 0.5,
            isProvisional: true,
            causes: [
                .init(place: band, isMore: true, weight: 0.75, scaleMilliseconds: 640),
                .init(place: cell, isMore: false, weight: 0.125, scaleMilliseconds: 40),
            ], at: StreamTime(nanoseconds: 42_500_000_000), from: StreamTime(nanoseconds: 38_120_000_000),
            to: StreamTime(nanoseconds: 40_500_000_000), pipeline: "mill", stage: "watch", sequence: 9)
        #expect(
            Record.anomaly(record).json == """
                {"v": 1, "kind": "anomaly", "id": "mill/watch/2", "state": "clear", "score": 5.250, \
                "threshold": 2.667, "target_false_alarms_per_day": 0.500, "provisional": true, "phase": "armed", \
                "causes": [{"band_hz": [2953, 3252], "centre_hz": 3100, "axis": 1, "direction": "more", \
                "weight": 0.750, "scale_ms": 640}, {"cell": [16, 32, 16, 8], "polarity": "off", \
                "direction": "less", "weight": 0.125, "scale_ms": 40}], "at_s": 42.500, "from_s": 38.120, \
                "to_s": 40.500, "pipeline": "mill", "stage": "watch", "seq": 9}
                """)
        (record.state, record.to, record.isProvisional, record.causes) = (.onset, nil, false, [])
        let json = Record.anomaly(record).json
        #expect(json.contains("\"state\": \"onset\"") && json.contains("\"to_s\": null"))
        #expect(json.contains("\"provisional\": false") && json.contains("\"causes\": []"))
        #expect(Record.anomaly(record).at == record.at)
    }

    @Test("a phase has its fields in order")
    func phase() {
        let record = PhaseRecord(
            phase: "armed", at: StreamTime(nanoseconds: 31_280_000_000), learnedSeconds: 20.04, pipeline: "p",
            stage: "watch")
        #expect(
            Record.phase(record).json == """
                {"v": 1, "kind": "phase", "phase": "armed", "at_s": 31.280, "learned_s": 20.0, "pipeline": "p", \
                "stage": "watch"}
                """)
        #expect(Record.phase(record).at == record.at)
    }
}
