import SpikeSignals

extension PipelineChecker {
    /// Finds the stages that a stage reads.
    mutating func readInputs(of index: Int) {
        let stage = document.stages[index]
        let name = stage.name.text
        if stage.role == .source {
            guard let place = stage.inputsPlace else { return }
            log.error("\"\(name)\" is a source and reads no other stage", at: place)
            return
        }
        guard let place = stage.inputsPlace else {
            log.error("\"\(name)\" needs \"inputs\": the stages it reads", at: stage.name.place)
            return
        }
        if stage.inputs.isEmpty { log.error("\"\(name)\" reads nothing; name a stage in \"inputs\"", at: place) }
        var seen: Set<String> = []
        for input in stage.inputs {
            guard seen.insert(input.text).inserted else {
                log.error("\"\(name)\" reads \"\(input.text)\" twice", at: input.place)
                continue
            }
            if let source = source(input, of: name) { inputs[index].append(source) }
        }
    }

    /// The stage called `input`, if the stage `name` can read it.
    private mutating func source(_ input: MarkedText, of name: String) -> Int? {
        guard let source = indices[input.text] else {
            let stages = document.stages
            log.error(
                "stage \"\(name)\" reads \"\(input.text)\", which is not defined", unknown: input.text,
                known: stages.filter { $0.role != .sink && $0.name.text != name }.map(\.name.text), at: input.place)
            return nil
        }
        if document.stages[source].role == .sink {
            log.error("\"\(name)\" reads \"\(input.text)\", which is a sink and gives nothing", at: input.place)
            return nil
        }
        return source
    }

    /// Compares what a stage takes with what its inputs give.
    mutating func checkEdges(into index: Int) {
        let stage = document.stages[index]
        guard let taken = kinds[index]?.input else { return }
        for source in inputs[index] {
            guard let given = kinds[source]?.output, given != taken else { continue }
            let input = stage.inputs.first { $0.text == document.stages[source].name.text }
            let giver = document.stages[source].name.text
            log.error(
                "\"\(giver)\" gives \(given.rawValue), but \"\(stage.name.text)\" takes \(taken.rawValue)",
                at: input?.place ?? stage.name.place)
        }
        if inputs[index].count > 1, taken != .records, let place = stage.inputsPlace {
            let found = "\"\(stage.name.text)\" takes \(taken.rawValue) and reads \(inputs[index].count) stages"
            log.error("\(found), but only records of several stages can be merged", at: place)
        }
    }

    /// The stages, each after those it reads and otherwise as in the file; nil if some read each other in a circle.
    mutating func stageOrder() -> [Int]? {
        var readers: [[Int]] = Array(repeating: [], count: inputs.count)
        var missing = inputs.map(\.count)
        for (index, sources) in inputs.enumerated() {
            for source in sources { readers[source].append(index) }
        }
        var order = inputs.indices.filter { missing[$0] == 0 }
        var next = 0
        while next < order.count {
            for reader in readers[order[next]] {
                missing[reader] -= 1
                if missing[reader] == 0 { order.append(reader) }
            }
            next += 1
        }
        if order.count == inputs.count { return order }
        complainAboutCircles(among: Set(inputs.indices.filter { missing[$0] > 0 }))
        return nil
    }

    /// Follows inputs from each stage that could not be placed until one comes round again.
    private mutating func complainAboutCircles(among stuck: Set<Int>) {
        var unvisited = stuck
        for start in stuck.sorted() {
            var path: [Int] = []
            var index = start
            while unvisited.remove(index) != nil {
                path.append(index)
                guard let source = inputs[index].first(where: stuck.contains) else { break }
                index = source
            }
            guard let begin = path.firstIndex(of: index) else { continue }
            let circle = (path[begin...] + [index]).map { document.stages[$0].name.text }
            let stage = document.stages[index]
            log.error(
                "stages read each other in a circle: \(circle.joined(separator: " <- "))",
                at: stage.inputsPlace ?? stage.name.place)
        }
    }

    /// Warns of stages whose output goes nowhere.
    mutating func warnUnread() {
        let read = Set(inputs.joined())
        for (index, stage) in document.stages.enumerated() where stage.role != .sink && !read.contains(index) {
            log.warning("nothing reads \"\(stage.name.text)\"", at: stage.name.place)
        }
    }
}
