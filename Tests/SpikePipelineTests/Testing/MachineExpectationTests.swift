import SpikeSignals
import Testing

@testable import SpikePipeline

/// Tests of pipelines that expect alerts, phases and sensor faults.
@Suite struct MachineExpectationTests {
    private typealias StageRecord = PipelineTestResult.StageRecord

    private static func anomaly(_ state: AnomalyRecord.State, at seconds: Int64) -> StageRecord {
        let record = AnomalyRecord(
            id: "p/watch/1", state: state, score: 2, threshold: 1, targetFalseAlarmsPerDay: 1, isProvisional: true,
            causes: [], at: StreamTime(nanoseconds: seconds * 1_000_000_000), from: .zero, to: nil, pipeline: "p",
            stage: "watch", sequence: 1)
        return StageRecord(stage: "watch", record: .anomaly(record))
    }

    private static let records: [StageRecord] = [
        StageRecord(
            stage: "watch",
            record: .phase(
                PhaseRecord(
                    phase: "armed", at: StreamTime(nanoseconds: 4_000_000_000), learnedSeconds: 3, pipeline: "p",
                    stage: "watch"))),
        anomaly(.onset, at: 10), anomaly(.update, at: 12), anomaly(.clear, at: 14),
        StageRecord(
            stage: "dog",
            record: .sensorFault(
                SensorFaultRecord(
                    fault: "dead", place: "channel 1", at: StreamTime(nanoseconds: 9_000_000_000), pipeline: "p",
                    stage: "dog"))),
    ]

    /// What is wrong with ``records`` for a test whose `expect` these lines are; "wrong: ..." if they cannot be read.
    private func failures(_ lines: String..., nothingElse: Bool = false) -> [String] {
        let text = SourceText(
            """
            sources:
              shaker: {type: microphone}
            transforms:
              watch: {type: spot, inputs: [shaker]}
              dog: {type: spot, inputs: [shaker]}
            sinks:
              out: {type: collect, inputs: [watch, dog]}
            tests:
              - name: t
                insert: {at: watch, file: a.wav}
                expect_nothing_else: \(nothingElse)
                expect:
            """ + lines.map { "\n      - \($0)" }.joined(), name: "toy.yaml")
        let document = PipelineDocument(text)
        let errors = document.log.diagnostics
        guard errors.isEmpty, let test = document.tests.first else { return errors.map { "wrong: " + $0.message } }
        var matcher = ExpectationMatcher(Self.records)
        return matcher.failures(of: test, outlets: ["watch", "dog"])
    }

    @Test func whatCameIsFound() {
        let all = failures(
            "{from: watch, anomaly: onset, between_ms: [9000, 11000]}", "{from: watch, anomaly: update, count: 1}",
            "{from: watch, anomaly: clear}", "{from: watch, phase: armed}", "{from: dog, fault: dead, count: 1}",
            "{from: watch, phase: learning, count: 0}", nothingElse: true)
        #expect(all == [])
    }

    @Test func whatDidNotComeIsTold() {
        #expect(
            failures("{from: watch, anomaly: onset, between_ms: [0, 9000]}") == [
                "expected anomaly onset from \"watch\" between 0 and 9000 ms; came: phase \"armed\" at 4000 ms, "
                    + "anomaly onset at 10000 ms, anomaly update at 12000 ms, anomaly clear at 14000 ms"
            ])
        #expect(
            failures("{from: dog, fault: clipped}") == [
                "expected fault \"clipped\" from \"dog\"; came: fault \"dead\" at 9000 ms"
            ])
        #expect(failures("{from: dog, phase: armed}").first?.hasPrefix("expected phase \"armed\" from \"dog\"") == true)
        #expect(failures("{from: watch, anomaly: clear, count: 2}").first?.contains(", found 1; came: ") == true)
        // A name means one kind only.
        #expect(failures("{from: watch, word: armed}").count == 1 && failures("{from: dog, gesture: dead}").count == 1)
        let rest = failures(
            "{from: watch, anomaly: onset}", "{from: watch, phase: armed}", "{from: dog, fault: dead}",
            nothingElse: true)
        #expect(
            rest == [
                "expected nothing else; came from \"watch\": anomaly update at 12000 ms",
                "expected nothing else; came from \"watch\": anomaly clear at 14000 ms",
            ])
    }

    @Test func whatCannotBeReadIsTold() {
        #expect(
            failures("{from: watch, events: [1, 2], anomaly: onset, phase: armed, fault: dead}") == [
                "wrong: an expectation of \"events\" has no \"anomaly\"",
                "wrong: an expectation of \"events\" has no \"phase\"",
                "wrong: an expectation of \"events\" has no \"fault\"",
            ])
        #expect(failures("{from: watch, anomaly: [1]}").first?.hasPrefix("wrong: ") == true)
        #expect(failures("{from: watch, anomoly: onset}").contains { $0.contains("no \"anomoly\"") })
        #expect(
            failures("{from: watch, anomaly: onset, phase: armed}").first?.hasPrefix("wrong: ") == true,
            "two kinds at once")
        #expect(failures("{from: watch, anomaly: raised}").first?.hasPrefix("wrong: ") == true, "no such state")
    }
}
