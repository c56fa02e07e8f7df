import SpikeSignals

/// How a test of a pipeline went.
public struct PipelineTestResult: Sendable, CustomStringConvertible {
    /// What the test is called.
    public var name: String
    /// What was expected and did not come, or came and was not expected; empty if the test passed.
    public var failures: [String]
    /// What came, by stage, in the order of time.
    public var records: [StageRecord]

    /// How many events came, by stage.
    public var events: [String: Int] = [:]

    /// A record and the stage it came from.
    public struct StageRecord: Hashable, Sendable {
        /// The name of the stage.
        public var stage: String
        /// The record.
        public var record: Record
    }

    /// Whether everything expected came.
    public var hasPassed: Bool { failures.isEmpty }

    /// `PASS name`, or `FAIL name` and a line for each failure.
    public var description: String {
        ([(hasPassed ? "PASS " : "FAIL ") + name] + failures.map { "  " + $0 }).joined(separator: "\n")
    }

    /// The result as a JSON object: test, passed, failures and records.
    public var jsonValue: JSONValue {
        .object([
            ("test", .string(name)), ("passed", .bool(hasPassed)), ("failures", .array(failures.map { .string($0) })),
            ("records", .array(records.map(\.record.jsonValue))),
        ])
    }
}
