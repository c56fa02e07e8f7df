import SpikePictures
import SpikeSignals
import SpikeSimulation

/// A simulation that has been run in floating point and in whole numbers, with the same synapses and the same inputs.
struct SimulationRun {
    let simulation: Simulation
    let wiring: Wiring
    let inputs: [SpikeTrain]
    let float: SimulationResult
    let integer: SimulationResult
    /// How long each part took.
    let times: Times

    /// Seconds of the clock that a run took.
    struct Times {
        /// Drawing synapses and input spikes.
        var drawing: Double
        /// All steps, in floating point.
        var float: Double
        /// All steps, in whole numbers.
        var integer: Double
    }

    init(_ simulation: Simulation) throws(SpikelineError) {
        self.simulation = simulation
        var last = MonotonicClock.nanoseconds()
        func lap() -> Double {
            let now = MonotonicClock.nanoseconds()
            defer { last = now }
            return Double(now - last) / 1e9
        }
        wiring = Wiring(simulation)
        inputs = simulation.inputTrains()
        let drawing = lap()
        float = try SimulationEngine.float(simulation, wiring: wiring).run(inputs)
        let first = lap()
        integer = try SimulationEngine.integer(simulation, wiring: wiring).run(inputs)
        times = Times(drawing: drawing, float: first, integer: lap())
    }

    /// How many spikes are in the very same step in both.
    var exact: SpikeAgreement { SpikeAgreement(float, integer, tolerance: 0) }
    /// How many are within one millisecond.
    var near: SpikeAgreement {
        SpikeAgreement(float, integer, tolerance: max(1, Int((1 / simulation.stepMs).rounded())))
    }

    /// What `--json` prints; with the times it took if `isTimed`, which are not the same in another run.
    func jsonValue(isTimed: Bool) -> JSONValue {
        let (rates, twins) = (simulation.rates(float), simulation.rates(integer))
        let seconds = Double(simulation.steps) * simulation.stepMs / 1000
        let inputs = zip(simulation.inputs, inputs).map { group, train in
            JSONValue.object([
                ("name", .string(group.name)), ("count", .integer(group.count)),
                ("spikes", .integer(train.neurons.count)),
                ("rate_hz", .fixed(Double(train.neurons.count) / Double(group.count) / seconds, decimals: 4)),
            ])
        }
        let populations = simulation.populations.enumerated().map { index, population in
            JSONValue.object([
                ("name", .string(population.name)), ("count", .integer(population.count)),
                ("spikes", .integer(float.trains[index].neurons.count)), ("rate_hz", .fixed(rates[index], decimals: 4)),
                ("integer_spikes", .integer(integer.trains[index].neurons.count)),
                ("integer_rate_hz", .fixed(twins[index], decimals: 4)),
            ])
        }
        var fields: [(String, JSONValue)] = [
            ("v", .integer(1)), ("name", .string(simulation.name)), ("seed", .string(String(simulation.seed))),
            ("steps", .integer(simulation.steps)), ("step_ms", .fixed(simulation.stepMs, decimals: 6)),
            ("synapses", .integer(wiring.synapses)), ("synaptic_operations", .integer(float.synapticOperations)),
            ("inputs", .array(inputs)), ("populations", .array(populations)),
            (
                "agreement",
                .object([
                    ("same_step", .fixed(exact.share, decimals: 6)), ("within_1_ms", .fixed(near.share, decimals: 6)),
                ])
            ),
        ]
        if isTimed {
            fields.append(
                (
                    "seconds",
                    .object([
                        ("drawing", .fixed(times.drawing, decimals: 6)), ("float", .fixed(times.float, decimals: 6)),
                        ("integer", .fixed(times.integer, decimals: 6)),
                    ])
                ))
        }
        return .object(fields)
    }

    /// A line about how long it took.
    var timesText: String {
        let seconds = Double(simulation.steps) * simulation.stepMs / 1000
        return "drawing \(Figures.decimal(times.drawing, 3)) s, floating point \(Figures.decimal(times.float, 3)) s ("
            + "\(Figures.decimal(seconds / times.float, 2)) x real time), whole numbers "
            + "\(Figures.decimal(times.integer, 3)) s (\(Figures.decimal(seconds / times.integer, 2)) x)"
    }

    /// What is printed for people.
    var text: String {
        var table = TextTable([
            ("group", .left), ("neurons", .right), ("spikes", .right), ("Hz", .right), ("integer spikes", .right),
            ("integer Hz", .right),
        ])
        let seconds = Double(simulation.steps) * simulation.stepMs / 1000
        for (group, train) in zip(simulation.inputs, inputs) {
            let rate = Double(train.neurons.count) / Double(group.count) / seconds
            table.add([group.name, String(group.count), String(train.neurons.count), Figures.decimal(rate, 2)])
        }
        let (rates, twins) = (simulation.rates(float), simulation.rates(integer))
        for (index, population) in simulation.populations.enumerated() {
            table.add([
                population.name, String(population.count), String(float.trains[index].neurons.count),
                Figures.decimal(rates[index], 2), String(integer.trains[index].neurons.count),
                Figures.decimal(twins[index], 2),
            ])
        }
        return """
            \(simulation.name): \(simulation.steps) steps of \(Figures.decimal(simulation.stepMs, 3)) ms, seed \
            \(simulation.seed), \(wiring.synapses) synapses, \(float.synapticOperations) synaptic operations
            \(table.text)
            float and integer spikes agree: \(Figures.percent(exact.share)) in the same step, \
            \(Figures.percent(near.share)) within 1 ms
            """
    }

    /// The picture of the run.
    var figure: SimulationFigure {
        let step = simulation.stepMs / 1000
        let names = simulation.groupNames
        let sizes = simulation.inputs.map(\.count) + simulation.populations.map(\.count)
        let panels = zip(names.indices, inputs + float.trains).map { index, train in
            var spikes: [RasterFigure.Spike] = []
            train.forEach { spikes.append(.init(time: Double($0) * step, channel: $1)) }
            return RasterFigure.SpikePanel(name: names[index], channels: sizes[index], spikes: spikes, tick: step)
        }
        let series = { (traces: [[Double]]) in
            traces.enumerated().map { RasterFigure.Series(name: "neuron \($0)", values: $1) }
        }
        let rates = zip(simulation.populations, float.trains).map { population, train in
            RasterFigure.Series(
                name: population.name, values: simulation.binnedRates(train, count: population.count))
        }
        return SimulationFigure(
            title: simulation.name,
            subtitle: "\(wiring.synapses) synapses, seed \(simulation.seed); float and whole numbers agree in "
                + "\(Figures.percent(exact.share)) of the spikes",
            seconds: Double(simulation.steps) * step, panels: panels, traces: series(float.traces),
            twins: series(integer.traces), rates: rates)
    }

    /// Every spike as a line of CSV: `engine,group,neuron,step`; engine is input, float or integer.
    var spikesCSV: String {
        var text = "engine,group,neuron,step\n"
        func add(_ engine: String, _ names: [String], _ trains: [SpikeTrain]) {
            for (name, train) in zip(names, trains) {
                train.forEach { text += "\(engine),\(Self.quoted(name)),\($1),\($0)\n" }
            }
        }
        add("input", simulation.inputs.map(\.name), inputs)
        add("float", simulation.populations.map(\.name), float.trains)
        add("integer", simulation.populations.map(\.name), integer.trains)
        return text
    }

    /// Every synapse as a line of CSV: `projection,source,target`, projections counted from 0 in the order of the file.
    var wiringCSV: String {
        var text = "projection,source,target\n"
        for (index, table) in wiring.tables.enumerated() {
            for source in 0..<(table.rows.count - 1) {
                for target in table.targets[table.rows[source]..<table.rows[source + 1]] {
                    text += "\(index),\(source),\(target)\n"
                }
            }
        }
        return text
    }

    /// `name` as a field of CSV (RFC 4180).
    private static func quoted(_ name: String) -> String {
        guard name.contains(where: { ",\"\n\r".contains($0) }) else { return name }
        return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
