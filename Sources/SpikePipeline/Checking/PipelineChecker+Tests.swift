import SpikeSignals

extension PipelineChecker {
    /// Checks that the tests of the pipeline name stages that exist and fit.
    mutating func checkTests() {
        var names: Set<String> = []
        for test in document.tests {
            if !names.insert(test.name).inserted {
                log.error("two tests are called \"\(test.name)\"", at: test.places.name)
            }
            checkInsert(of: test)
            for expectation in test.expectations { checkExpectation(expectation, of: test) }
        }
    }

    private mutating func checkInsert(of test: PipelineTest) {
        guard let index = stage(test.at, at: test.places.at) else { return }
        let stage = document.stages[index]
        guard stage.role != .source else {
            log.error("\"\(test.at)\" is a source; \"at\" names the stage that is given the file", at: test.places.at)
            return
        }
        guard let taken = kinds[index]?.input else { return }
        guard let type = PipelineOverrides.fileSources[taken] else {
            log.error(
                "a file gives audio or events, but \"\(test.at)\" takes \(taken.rawValue)", at: test.places.at)
            return
        }
        if catalogue.descriptors[type] == nil {
            log.error("this program cannot insert files: it has no \"\(type)\"", at: test.places.at)
        }
    }

    private mutating func checkExpectation(_ expectation: PipelineTest.Expectation, of test: PipelineTest) {
        guard let index = stage(expectation.from, at: expectation.fromPlace), let kind = kinds[index] else { return }
        let wanted: PortKind = if case .events = expectation.what { .events } else { .records }
        guard kind.output == wanted else {
            let found = kind.output.map(\.rawValue) ?? "nothing"
            log.error(
                "\"\(expectation.from)\" gives \(found); \(expectation.what.wordOrEvents) can be expected of "
                    + "\(wanted.rawValue) only", at: expectation.fromPlace)
            return
        }
        guard let at = indices[test.at], !isReached(index, from: at) else { return }
        log.error(
            "nothing flows from \"\(test.at)\", where the file is inserted, to \"\(expectation.from)\"",
            at: expectation.fromPlace)
    }

    private mutating func stage(_ name: String, at place: Place) -> Int? {
        if let index = indices[name] { return index }
        let stages = document.stages
        log.error(
            "the test names \"\(name)\", which is not defined", unknown: name, known: stages.map(\.name.text), at: place
        )
        return nil
    }

    /// Whether what `start` is given comes, through other stages, to `index`.
    private func isReached(_ index: Int, from start: Int) -> Bool {
        var seen: Set<Int> = [index]
        var open = [index]
        while let next = open.popLast() {
            if next == start { return true }
            for source in inputs[next] where seen.insert(source).inserted { open.append(source) }
        }
        return false
    }
}
