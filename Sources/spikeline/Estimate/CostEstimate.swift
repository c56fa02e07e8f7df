import SpikeNetwork
import SpikeSignals

/// What a network costs, in NeuroBench's metrics and in energy at published figures.
struct CostEstimate {
    /// The model file.
    let model: String
    /// What was counted while data ran through.
    let meter: ActivityMeter
    /// How much data that was, in seconds of stream time.
    var seconds: Double { Double(meter.ticks) * Double(network.tickNanoseconds) / 1e9 }

    private let synapses: (all: Int, nonzero: Int)

    /// An estimate of what `meter` saw.
    init(model: String, meter: ActivityMeter) {
        self.model = model
        self.meter = meter
        synapses = meter.network.synapseCounts
    }

    private var network: NetworkDescription { meter.network }
    private var ticksPerSecond: Double { 1e9 / Double(network.tickNanoseconds) }

    /// Bytes of what is stored: weights of one byte, threshold and bias of four bytes for each neuron; and of the
    /// state, membrane, second state, current and refractory period of four bytes each.
    private var parameterBytes: Int { network.weightCount + 8 * network.neuronCount }
    private var stateBytes: Int { 16 * network.neuronCount }

    private var connectionSparsity: Double {
        network.weightCount == 0 ? 0 : Double(network.zeroWeights) / Double(network.weightCount)
    }

    private func perTick(_ count: Int) -> Double? { meter.ticks == 0 ? nil : Double(count) / Double(meter.ticks) }

    /// Picojoules per tick at `figure`: of what was done, and of all synapses as multiply-accumulates.
    private func energy(_ figure: EnergyFigure) -> (effective: Double?, dense: Double) {
        let neurons = Double(network.neuronCount)
        var effective: Double?
        if let accumulates = perTick(meter.accumulates), let others = perTick(meter.multiplyAccumulates) {
            effective = figure.picojoules(accumulates: accumulates, multiplyAccumulates: others, neurons: neurons)
        }
        return (
            effective,
            figure.picojoules(accumulates: 0, multiplyAccumulates: Double(synapses.all), neurons: neurons)
        )
    }

    /// The estimate for people.
    var text: String {
        let rate = ticksPerSecond
        func both(_ count: Int) -> String {
            guard let perTick = perTick(count) else { return "- (give --data)" }
            return "\(Figures.short(perTick)) per tick, \(Figures.short(perTick * rate)) per second"
        }
        var lines = [
            "model                 \(model)",
            "data                  \(meter.ticks) ticks of \(Figures.short(1e3 / rate)) ms, "
                + "\(Figures.decimal(seconds, 1)) s",
            "footprint             \(parameterBytes) bytes of parameters, \(stateBytes) bytes of state",
            "neurons               \(network.neuronCount), \(network.inputs) inputs",
            "synapses              \(synapses.all), at most \(network.largestFanIn) at a neuron; "
                + "\(network.weightCount) weights of \(network.weightBits) bits",
            "connection sparsity   \(Figures.percent(connectionSparsity))",
            "activation sparsity   \(Figures.percent(meter.activationSparsity))",
            "dense operations      \(Figures.short(Double(synapses.all))) per tick, "
                + "\(Figures.short(Double(synapses.all) * rate)) per second",
            "synaptic operations   \(both(meter.synapticOperations)), zero weights included",
            "effective ACs         \(both(meter.accumulates))",
            "effective MACs        \(both(meter.multiplyAccumulates))", "",
        ]
        var table = TextTable([
            ("energy at the figure of", .left), ("nJ per inference", .right), ("uJ per second", .right),
            ("dense, uJ per second", .right), ("source", .left),
        ])
        for figure in EnergyFigure.all {
            let (effective, dense) = energy(figure)
            table.add([
                figure.name, Figures.short(effective.map { $0 / 1e3 }),
                Figures.short(effective.map { $0 * rate / 1e6 }), Figures.short(dense * rate / 1e6), figure.source,
            ])
        }
        for (name, reason) in EnergyFigure.absent { table.add([name, "-", "-", "-", reason]) }
        lines += [table.text, "An inference is one tick: every tick gives a result.", ""]
        var fits = TextTable([("chip", .left), ("what does not fit", .left), ("limits from", .left)])
        for chip in ChipLimits.all {
            let misfits = chip.misfits(of: network, synapses: synapses.all)
            fits.add([chip.name, misfits.isEmpty ? "nothing" : misfits.joined(separator: ", "), chip.source])
        }
        return (lines + [fits.text]).joined(separator: "\n")
    }

    /// The estimate for programs.
    var jsonValue: JSONValue {
        func measure(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 6) } ?? .null }
        let energies = EnergyFigure.all.map { figure in
            let (effective, dense) = energy(figure)
            return JSONValue.object([
                ("name", .string(figure.name)), ("nj_per_inference", measure(effective.map { $0 / 1e3 })),
                ("uj_per_s", measure(effective.map { $0 * ticksPerSecond / 1e6 })),
                ("dense_uj_per_s", measure(dense * ticksPerSecond / 1e6)), ("source", .string(figure.source)),
            ])
        }
        let chips = ChipLimits.all.map { chip in
            JSONValue.object([
                ("name", .string(chip.name)),
                (
                    "does_not_fit",
                    .array(chip.misfits(of: network, synapses: synapses.all).map(JSONValue.string))
                ), ("source", .string(chip.source)),
            ])
        }
        return .object([
            ("v", .integer(1)), ("model", .string(model)), ("ticks", .integer(meter.ticks)),
            ("tick_ns", .integer(Int(network.tickNanoseconds))), ("parameter_bytes", .integer(parameterBytes)),
            ("state_bytes", .integer(stateBytes)), ("neurons", .integer(network.neuronCount)),
            ("synapses", .integer(synapses.all)), ("weights", .integer(network.weightCount)),
            ("weight_bits", .integer(network.weightBits)), ("connection_sparsity", measure(connectionSparsity)),
            ("activation_sparsity", measure(meter.activationSparsity)),
            ("dense_ops_per_tick", .integer(synapses.all)),
            ("synaptic_ops_per_tick", measure(perTick(meter.synapticOperations))),
            ("effective_acs_per_tick", measure(perTick(meter.accumulates))),
            ("effective_macs_per_tick", measure(perTick(meter.multiplyAccumulates))), ("energy", .array(energies)),
            ("chips", .array(chips)),
        ])
    }
}
