import SpikeSignals

/// Runs a simulation step by step; ``FloatCells`` gives the reference, ``IntegerCells`` its twin in whole numbers.
///
/// Only rows of neurons that fired are touched; every neuron is advanced in every step. Nothing is allocated between
/// two spikes that are recorded.
@safe final class Simulator<Cells: CellArithmetic> {
    /// The network.
    let simulation: Simulation
    /// The synapses.
    let wiring: Wiring
    /// How many weights were added to a potential or current in the last run.
    private(set) var synapticOperations = 0

    private let populations: [PopulationState<Cells>]
    private let queues: [SpikeQueue]
    private let outlets: [Outlet<Cells>]

    /// Prepares a network that has passed ``Simulation/check()``.
    ///
    /// - Throws: if more may arrive at a neuron in a step than its potential can hold.
    init(_ simulation: Simulation, wiring: Wiring) throws(SpikelineError) {
        self.simulation = simulation
        self.wiring = wiring
        populations = simulation.populations.map { PopulationState($0, stepMs: simulation.stepMs, simulation) }
        let sizes = simulation.groupSizes
        queues = sizes.indices.map { SpikeQueue(size: sizes[$0], depth: simulation.longestDelay(from: $0) + 1) }
        var outlets: [Outlet<Cells>] = []
        var incoming = [Double](repeating: 0, count: simulation.populations.count)
        for (projection, table) in zip(simulation.projections, wiring.tables) {
            let population = simulation.populations[projection.target]
            incoming[projection.target] += Double(table.mostIncoming(population.count)) * projection.weightMv.magnitude
            outlets.append(
                Outlet(
                    source: projection.source, target: projection.target,
                    delay: simulation.steps(of: projection.delayMs),
                    weight: populations[projection.target].cells.weight(projection.weightMv)))
        }
        self.outlets = outlets
        for (population, most) in zip(simulation.populations, incoming) where !Cells.canHold(mostIncomingMv: most) {
            throw SpikelineError(
                "up to \(Int(min(most, 1e15))) mV may arrive at a neuron of \"\(population.name)\" in one step, "
                    + "expected less than 8192 mV in whole numbers",
                at: simulation.name, hint: "Lower weight_mv or probability")
        }
    }

    /// Runs from the start, whatever was run before, to the end with the input spikes `inputs`, a train for each input group.
    func run(_ inputs: [SpikeTrain]) -> SimulationResult {
        for population in populations { population.restart() }
        for queue in queues { queue.restart() }
        synapticOperations = 0
        var result = SimulationResult(simulation)
        let (steps, first) = (simulation.steps, simulation.inputs.count)
        let traced = min(simulation.recording.traces, simulation.populations.first?.count ?? 0)
        for step in 0..<steps {
            for index in 0..<first { queues[index].push(inputs[index], step: step) }
            for index in populations.indices {
                let fired = unsafe populations[index].advance(into: queues[first + index])
                unsafe result.trains[index].neurons.append(contentsOf: fired)
                result.trains[index].endStep()
            }
            deliver()
            for index in populations.indices { unsafe populations[index].reset(queues[first + index].now) }
            if traced > 0 { result.appendTraces((0..<traced).map { populations[0].millivolts($0) }) }
        }
        result.synapticOperations = synapticOperations
        return result
    }

    /// Adds the weights of the spikes that arrive in this step.
    private func deliver() {
        for (outlet, table) in zip(outlets, wiring.tables) {
            let arriving = unsafe queues[outlet.source].spikes(ago: outlet.delay)
            if arriving.isEmpty { continue }
            synapticOperations &+= unsafe populations[outlet.target].receive(
                arriving, rows: table, weight: outlet.weight)
        }
    }
}

/// Where the spikes of a group go.
private struct Outlet<Cells: CellArithmetic> {
    let source: Int
    let target: Int
    let delay: Int
    let weight: Cells.Value
}
