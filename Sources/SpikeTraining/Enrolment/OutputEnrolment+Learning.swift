import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

extension OutputEnrolment {
    /// How learning goes.
    public struct Settings: Hashable, Sendable {
        /// Steps over the windows.
        public var steps = 400
        /// Ticks of a window.
        public var windowTicks = 20
        /// The largest step of a weight, in whole-number units.
        public var rate: Float = 0.6
        /// What weights cost, which keeps those small that do not help.
        public var decay: Float = 2e-4
        /// The most windows of other classes that a step looks at: drawn ones at first, and those that are taken most for
        /// the new class from the steps ``choosing`` on.
        public var hardest = Int.max
        /// The steps before which the hardest windows are chosen anew.
        public var choosing = [20, 60, 100, 150]

        /// The defaults.
        public init() {}
    }

    /// Some ticks of an example, judged together.
    private struct Window {
        var example: Int
        var first: Int
        /// The evidence for all old outputs in it, in octaves.
        var old: Float
    }

    /// Learns the new output from `examples`; both kinds count alike, however many there are.
    ///
    /// A window is decided on as the head does it: by the share of the new output in all evidence in it,
    /// ```
    /// p = N / (N + O)    N = sum over ticks of 2^u[t]    O = the same, over the old outputs too
    /// ```
    /// and the loss is the cross-entropy of p, averaged over the windows of each kind. With windows of one tick this is
    /// logistic regression with the old outputs' evidence as a fixed offset. Equal examples and settings give equal
    /// weights on one machine.
    ///
    /// - Complexity: steps times windows times delays times neurons; a matrix of windows by delays times neurons is kept.
    /// - Throws: if there is no window of one of the two kinds.
    public func learn(_ examples: [Example], settings: Settings = Settings()) throws(SpikelineError) -> NewOutput {
        try MatrixProduct.prepare()
        let windows = windows(examples, ticks: settings.windowTicks)
        let news = windows.filter { examples[$0.example].isNew }
        let olds = windows.filter { !examples[$0.example].isNew }
        guard !news.isEmpty, !olds.isEmpty else {
            throw SpikelineError(
                "expected recordings of at least \(settings.windowTicks) ticks of the new class and of others, found "
                    + "\(news.count) and \(olds.count) windows")
        }
        let columns = delays.count * neurons + 1
        let parameters = FloatBuffer(columns)
        let gradients = FloatBuffer(columns)
        let adam = Adam(count: columns)
        let scale = Float(1 << scaleBits)
        // Nothing fires for the new class at first.
        unsafe parameters.start[columns - 1] = -0.5 * scale * (1 - decay)
        let kept = min(olds.count, max(settings.hardest, 1))
        var generator = SeededGenerator(0x6861_7264)
        let table = Table(rows: (news.count + kept) * settings.windowTicks, columns: columns)
        for step in 0..<settings.steps {
            let isLimited = kept < olds.count
            if step == 0 {
                let drawn = isLimited ? Array(olds.shuffled(using: &generator)[..<kept]) : olds
                fill(table, news + drawn, of: examples, ticks: settings.windowTicks)
            } else if isLimited, settings.choosing.contains(step) {
                let hard = hardest(kept, of: olds, examples, parameters, ticks: settings.windowTicks)
                fill(table, news + hard, of: examples, ticks: settings.windowTicks)
            }
            gradients.clear()
            addGradient(table, news: news.count, olds: kept, ticks: settings.windowTicks, parameters, to: gradients)
            for index in 0..<columns - 1 {
                unsafe gradients.start[index] += settings.decay * parameters.start[index] / scale
            }
            let rate = settings.rate * (1 - Float(step) / Float(settings.steps))
            adam.step(parameters, gradients: gradients, rate: rate, weightDecay: 0)
            for index in 0..<columns - 1 {
                unsafe parameters.start[index] = min(max(parameters.start[index], -127), 127)
            }
        }
        let learned = parameters.array
        return NewOutput(
            weights: learned.dropLast().map { Int8($0.rounded()) }, bias: Int32(learned[columns - 1].rounded()))
    }

    /// The potential of `new` in octaves, tick by tick, without the engine's rounding.
    public func potentials(of new: NewOutput, in example: Example) -> [Float] {
        let parameters = FloatBuffer(new.weights.count + 1)
        parameters.array = new.weights.map { Float($0) } + [Float(new.bias)]
        return potentials(parameters, in: example)
    }

    /// The evidence for all old outputs in tick `tick` of `example`, in octaves.
    func oldEvidence(_ example: Example, tick: Int) -> Float {
        let potentials = example.potentials[tick * outputs..<(tick + 1) * outputs]
        let largest = potentials.max() ?? 0
        return largest + log2(potentials.reduce(0) { $0 + exp2($1 - largest) })
    }

    private func windows(_ examples: [Example], ticks: Int) -> [Window] {
        examples.indices.flatMap { index -> [Window] in
            let judged = examples[index].judged
            let starts = stride(from: judged.lowerBound, through: judged.upperBound - ticks, by: ticks)
            return starts.map { start in
                let evidence = (start..<start + ticks).map { oldEvidence(examples[index], tick: $0) }
                let largest = evidence.max() ?? 0
                return Window(
                    example: index, first: start, old: largest + log2(evidence.reduce(0) { $0 + exp2($1 - largest) }))
            }
        }
    }

    /// The `count` windows with the largest share of the new output, largest first; of equals those that come first.
    private func hardest(
        _ count: Int, of windows: [Window], _ examples: [Example], _ parameters: FloatBuffer, ticks: Int
    ) -> [Window] {
        var potentials: [Float] = []
        var current = -1
        let shares = windows.map { window -> Float in
            if window.example != current {
                current = window.example
                potentials = self.potentials(parameters, in: examples[current])
            }
            let own = potentials[window.first..<window.first + ticks]
            let largest = own.max() ?? 0
            return largest + log2(own.reduce(0) { $0 + exp2($1 - largest) }) - window.old
        }
        let order = windows.indices.sorted { (shares[$0], $1) > (shares[$1], $0) }
        return order[..<count].map { windows[$0] }
    }

    private func potentials(_ parameters: FloatBuffer, in example: Example) -> [Float] {
        let sums = FloatBuffer(example.ticks)
        unsafe example.traces.withUnsafeBufferPointer { traces in
            guard let traces = traces.baseAddress else { return }
            for (tap, delay) in delays.enumerated() where delay < example.ticks {
                unsafe MatrixProduct.add(
                    traces, times: parameters.start + tap * neurons, to: sums.start + delay,
                    rows: example.ticks - delay, inner: neurons, columns: 1)
            }
        }
        let bias = unsafe parameters.start[delays.count * neurons]
        let unit = 1 / Float(1 << scaleBits)
        return (0..<example.ticks).map { unsafe (sums.start[$0] + bias * example.biasTrace[$0]) * unit }
    }

    /// The windows of a step as a matrix: a row for each tick, a column for each weight and one for the bias.
    private final class Table {
        let columns: Int
        let cells: FloatBuffer
        let potentials: FloatBuffer
        var olds: [Float] = []

        init(rows: Int, columns: Int) {
            self.columns = columns
            cells = FloatBuffer(rows * columns)
            potentials = FloatBuffer(rows)
        }
    }

    private func fill(_ table: Table, _ windows: [Window], of examples: [Example], ticks: Int) {
        table.cells.clear()
        table.olds = windows.map(\.old)
        for (index, window) in windows.enumerated() {
            let example = examples[window.example]
            for tick in 0..<ticks {
                let row = unsafe table.cells.start + (index * ticks + tick) * table.columns
                for (tap, delay) in delays.enumerated() {
                    let seen = window.first + tick - delay
                    guard seen >= 0 else { continue }
                    unsafe example.traces.withUnsafeBufferPointer { traces in
                        guard let traces = traces.baseAddress else { return }
                        unsafe (row + tap * neurons).update(from: traces + seen * neurons, count: neurons)
                    }
                }
                unsafe row[table.columns - 1] = example.biasTrace[window.first + tick]
            }
        }
    }

    private func addGradient(
        _ table: Table, news: Int, olds: Int, ticks: Int, _ parameters: FloatBuffer, to gradients: FloatBuffer
    ) {
        let rows = (news + olds) * ticks
        let unit = 1 / Float(1 << scaleBits)
        let p = unsafe table.potentials.start
        table.potentials.clear()
        unsafe MatrixProduct.add(
            table.cells.start, times: parameters.start, to: p, rows: rows, inner: table.columns, columns: 1)
        for window in 0..<news + olds {
            let isNew = window < news
            let weight = 0.5 / Float(isNew ? news : olds)
            var largest = table.olds[window]
            for row in window * ticks..<(window + 1) * ticks {
                unsafe p[row] *= unit
                largest = unsafe max(largest, p[row])
            }
            let old = exp2(table.olds[window] - largest)
            var new: Float = 0
            for row in window * ticks..<(window + 1) * ticks {
                unsafe p[row] = exp2(p[row] - largest)
                new += unsafe p[row]
            }
            let slope = weight * (new / (new + old) - (isNew ? 1 : 0)) * 0.693_147_18 * unit
            // A share is at most 1, also where all of them are so small that their reciprocal is not finite.
            for row in window * ticks..<(window + 1) * ticks { unsafe p[row] = new > 0 ? p[row] / new * slope : 0 }
        }
        unsafe MatrixProduct.add(
            transposed: table.cells.start, times: p, to: gradients.start, rows: rows, inner: table.columns, columns: 1)
    }
}
