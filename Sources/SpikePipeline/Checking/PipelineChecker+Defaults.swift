import SpikeSignals

extension PipelineChecker {
    /// A value that a stage offers to another.
    private struct Offer {
        var value: OptionValue
        var giver: Int
    }

    /// Gives stages the options that stages before and after them in the same chain know.
    ///
    /// A stage offers to every stage that it reads, directly or through others, and to every stage that reads it so;
    /// what is written in the file wins. Offers are computed from what the file says about the giver.
    mutating func adoptDefaults(in order: [Int]) {
        let written = options
        var offers: [[String: Offer]] = Array(repeating: [:], count: order.count)
        for giver in order {
            guard let kind = kinds[giver], isComplete(kind, written[giver]) else { continue }
            let context = StageContext(
                pipeline: document.name, stage: document.stages[giver].name.text, folder: document.folder)
            do {
                let defaults = try kind.neighbourDefaults(Options(written[giver]), context)
                if defaults.isEmpty { continue }
                for taker in chain(of: giver, in: order) {
                    guard let type = kinds[taker]?.type, let given = defaults[type] else {
                        otherGivers[taker] = (context.stage, defaults)
                        continue
                    }
                    take(given, from: giver, to: taker, written: written[taker], offers: &offers[taker])
                }
            } catch {
                log.error(error.description, at: document.place(of: error, inStage: context.stage))
                for taker in chain(of: giver, in: order) { silentGivers[taker] = context.stage }
            }
        }
        for (taker, offers) in offers.enumerated() {
            options[taker].merge(offers.mapValues(\.value)) { written, _ in written }
        }
    }

    private func isComplete(_ kind: StageDescriptor, _ values: [String: OptionValue]) -> Bool {
        kind.options.allSatisfy { !$0.isRequired || values[$0.name] != nil }
    }

    /// The stages before and after `index`, in the order of the pipeline; not the other branches.
    private func chain(of index: Int, in order: [Int]) -> [Int] {
        var before: Set<Int> = [index]
        for stage in order.reversed() where before.contains(stage) { before.formUnion(inputs[stage]) }
        var after: Set<Int> = [index]
        for stage in order where inputs[stage].contains(where: after.contains) { after.insert(stage) }
        let chain = before.union(after)
        return order.filter { $0 != index && chain.contains($0) }
    }

    private mutating func take(
        _ given: [String: OptionValue], from giver: Int, to taker: Int, written: [String: OptionValue],
        offers: inout [String: Offer]
    ) {
        guard let kind = kinds[taker] else { return }
        let (from, to) = (document.stages[giver].name, document.stages[taker].name)
        for (name, value) in given.sorted(by: { $0.key < $1.key }) where written[name] == nil {
            guard let spec = kind.options.first(where: { $0.name == name }) else {
                log.error(
                    "\"\(from.text)\" gives \"\(to.text)\" the option \"\(name)\", which \(kind.type) does not have",
                    at: from.place)
                continue
            }
            if let complaint = spec.complaint(about: value) {
                let what = "\"\(from.text)\" gives \"\(to.text)\" an option that does not fit"
                log.error("\(what): \(complaint)", at: from.place)
                continue
            }
            if let other = offers[name], other.value != value {
                let first = document.stages[other.giver].name.text
                let both = "\(other.value.text) by \"\(first)\" and \(value.text) by \"\(from.text)\""
                log.error(
                    "\"\(name)\" of \"\(to.text)\" would be \(both). Write it in \"\(to.text)\" to settle it",
                    at: to.place)
                continue
            }
            offers[name] = Offer(value: value, giver: giver)
        }
    }
}
