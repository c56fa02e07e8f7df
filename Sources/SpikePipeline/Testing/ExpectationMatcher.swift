import SpikeSignals

/// Compares the records that came with those a test expects.
struct ExpectationMatcher {
    /// The records that came, by stage, in the order of time.
    let records: [PipelineTestResult.StageRecord]
    /// How many events came, by stage.
    let events: [String: Int]
    /// For each record whether an expectation asked for it.
    private var isClaimed: [Bool]

    /// How many records a message lists.
    static let listed = 8

    init(_ records: [PipelineTestResult.StageRecord], events: [String: Int] = [:]) {
        self.records = records
        self.events = events
        isClaimed = Array(repeating: false, count: records.count)
    }

    /// What is wrong, in the order of the expectations and then of the records.
    ///
    /// An expectation without `count` claims one record that no other such expectation claims. Those that end first
    /// choose first and take the earliest record that fits, which finds an assignment whenever there is one.
    ///
    /// - Parameter outlets: the stages whose unclaimed records fail a test that expects nothing else.
    mutating func failures(of test: PipelineTest, outlets: Set<String>) -> [String] {
        var failures: [Int: String] = [:]
        let hurried = test.expectations.indices.sorted {
            (end(test.expectations[$0]), $0) < (end(test.expectations[$1]), $1)
        }
        var taken = isClaimed
        for index in hurried where test.expectations[index].count == nil {
            let expectation = test.expectations[index]
            if case .events(let range) = expectation.what {
                let found = events[expectation.from] ?? 0
                if range.contains(found) { continue }
                failures[index] = "expected \(text(of: expectation)), found \(found)"
                continue
            }
            if let found = records.indices.first(where: { !taken[$0] && matches(records[$0], expectation) }) {
                taken[found] = true
            } else {
                failures[index] = "expected \(text(of: expectation)); came: \(came(from: expectation.from))"
            }
        }
        for (index, expectation) in test.expectations.enumerated() {
            guard let count = expectation.count else { continue }
            let found = records.indices.filter { matches(records[$0], expectation) }
            for record in found { taken[record] = true }
            if found.count == count { continue }
            failures[index] =
                "expected \(text(of: expectation)), found \(found.count); came: \(came(from: expectation.from))"
        }
        isClaimed = taken
        let missing = failures.sorted { $0.key < $1.key }.map(\.value)
        return missing + (test.expectsNothingElse ? unexpected(outlets, of: test) : [])
    }

    private func unexpected(_ outlets: Set<String>, of test: PipelineTest) -> [String] {
        // A record that a later stage passed on is the record that was asked for where it was made.
        let claimed = Set(records.indices.filter { isClaimed[$0] }.map { records[$0].record })
        let extra = records.indices.filter {
            outlets.contains(records[$0].stage) && !claimed.contains(records[$0].record)
        }
        let nothing = test.expectations.isEmpty ? "expected nothing" : "expected nothing else"
        let lines = extra.prefix(ExpectationMatcher.listed).map {
            "\(nothing); came from \"\(records[$0].stage)\": \(text(of: records[$0].record))"
        }
        let rest = extra.count - lines.count
        return rest > 0 ? lines + ["and \(rest) more"] : lines
    }

    private func end(_ expectation: PipelineTest.Expectation) -> Double {
        expectation.betweenMilliseconds?.upperBound ?? .infinity
    }

    private func matches(
        _ record: PipelineTestResult.StageRecord, _ expectation: PipelineTest.Expectation
    ) -> Bool {
        guard record.stage == expectation.from else { return false }
        let isWanted =
            switch (record.record, expectation.what) {
            case (.keyword(let keyword), .word(let name)): keyword.word == name
            case (.gesture(let gesture), .gesture(let name)): gesture.gesture == name
            case (.anomaly(let anomaly), .anomaly(let state)): anomaly.state.rawValue == state
            case (.phase(let phase), .phase(let name)): phase.phase == name
            case (.sensorFault(let fault), .fault(let name)): fault.fault == name
            default: false
            }
        return isWanted
            && expectation.betweenMilliseconds?.contains(record.record.at.seconds * 1000) ?? true
    }

    private func text(of expectation: PipelineTest.Expectation) -> String {
        let count = expectation.count.map { "\($0) of " } ?? ""
        let time = expectation.betweenMilliseconds.map {
            " between \(milliseconds($0.lowerBound)) and \(milliseconds($0.upperBound)) ms"
        }
        let what =
            switch expectation.what {
            case .word(let name), .gesture(let name): "\"\(name)\""
            case .anomaly(let state): "anomaly \(state)"
            case .phase(let name): "phase \"\(name)\""
            case .fault(let name): "fault \"\(name)\""
            case .events(let range): "\(range.lowerBound) to \(range.upperBound) events"
            }
        return "\(count)\(what) from \"\(expectation.from)\"\(time ?? "")"
    }

    private func came(from stage: String) -> String {
        let own = records.filter { $0.stage == stage }
        if own.isEmpty { return "nothing" }
        let list = own.prefix(ExpectationMatcher.listed).map { text(of: $0.record) }.joined(separator: ", ")
        return own.count > ExpectationMatcher.listed
            ? list + " and \(own.count - ExpectationMatcher.listed) more" : list
    }

    private func text(of record: Record) -> String {
        let at = milliseconds(record.at.seconds * 1000)
        return switch record {
        case .keyword(let keyword): "\"\(keyword.word)\" at \(at) ms"
        case .gesture(let gesture): "\"\(gesture.gesture)\" at \(at) ms"
        case .anomaly(let anomaly): "anomaly \(anomaly.state.rawValue) at \(at) ms"
        case .phase(let phase): "phase \"\(phase.phase)\" at \(at) ms"
        case .sensorFault(let fault): "fault \"\(fault.fault)\" at \(at) ms"
        case .received(let record): "received \(record.kind) at \(at) ms"
        }
    }

    private func milliseconds(_ value: Double) -> String {
        JSONValue.decimal(value, decimals: 0) ?? "\(value)"
    }
}
