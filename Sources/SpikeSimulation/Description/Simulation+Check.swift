import SpikeSignals

extension Simulation {
    /// What a machine of ordinary size can hold and finish.
    public enum Limits {
        /// Neurons of a group.
        public static let count = 1...4_000_000
        /// Steps of a run times its groups: 2^27, for each of which 8 bytes are kept.
        public static let steps = 1 << 27
        /// Steps that a spike may travel.
        public static let delay = 0...100_000
        /// Places for spikes on their way in all groups together: 2^28, 1 GiB.
        public static let waiting = 1 << 28
        /// Parts of a kind.
        public static let parts = 1000
    }

    /// What is wrong as a whole although each part is right: sizes that would not fit into memory.
    public func check() throws(SpikelineError) {
        func expect(_ isGood: Bool, _ what: @autoclosure () -> String, _ hint: String) throws(SpikelineError) {
            if !isGood { throw SpikelineError(what(), at: name, hint: hint) }
        }
        let ratio = durationMs / stepMs
        try expect(
            ratio >= 0.5 && ratio * Double(inputs.count + populations.count) <= Double(Limits.steps),
            "a run has at least one step, and at most 2^27 times its groups, found \(ratio) steps",
            "Choose another duration_ms or step_ms")
        for (index, group) in inputs.enumerated() {
            try expect(
                group.rateHz * stepMs <= 1000, "input \"\(group.name)\" fires more than once in a step of \(stepMs) ms",
                "Lower rate_hz or step_ms")
            let expected = group.rateHz / 1000 * durationMs * Double(group.count)
            try expect(
                expected <= Double(SpikeTrain.most) && Double(steps) * Double(group.count) < 0x1p62,
                "input \(index) (\(group.name)) is expected to fire \(expected) spikes, more than 2^27",
                "Shorten the run or take fewer inputs")
        }
        let sizes = groupSizes
        var waiting = 0
        for projection in projections {
            let pairs = Double(sizes[projection.source]) * Double(populations[projection.target].count)
            try expect(
                pairs * projection.probability <= Double(SynapseTable.most),
                "\(groupNames[projection.source]) -> \(populations[projection.target].name) has "
                    + "\(pairs * projection.probability) synapses, expected at most 2^28",
                "Lower the probability")
        }
        for group in sizes.indices { waiting += sizes[group] * (longestDelay(from: group) + 1) }
        try expect(
            waiting <= Limits.waiting, "spikes on their way need \(waiting) places, expected at most 2^28",
            "Shorten the longest delay_ms")
    }

    /// The longest delay of the projections from `group`, in steps.
    func longestDelay(from group: Int) -> Int {
        projections.filter { $0.source == group }.map { steps(of: $0.delayMs) }.max() ?? 0
    }
}
