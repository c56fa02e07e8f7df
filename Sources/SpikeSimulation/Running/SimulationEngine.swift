import SpikeSignals

/// A simulation that is ready to run, in floating point or in whole numbers.
///
/// ```swift
/// let wiring = Wiring(simulation)
/// let result = try SimulationEngine.float(simulation, wiring: wiring).run(simulation.inputTrains())
/// ```
/// The two share the code and differ in the arithmetic, which is chosen here and not by the caller's type, so that the
/// loops are compiled for each where they stand.
public struct SimulationEngine {
    private let body: ([SpikeTrain]) -> SimulationResult

    /// The reference: see ``FloatCells``.
    ///
    /// - Throws: if the sum of the weights that end on a neuron is not below 1e15 mV.
    public static func float(_ simulation: Simulation, wiring: Wiring) throws(SpikelineError) -> SimulationEngine {
        let simulator = try Simulator<FloatCells>(simulation, wiring: wiring)
        return SimulationEngine(body: { simulator.run($0) })
    }

    /// Its twin: see ``IntegerCells``.
    ///
    /// - Throws: if the sum of the weights that end on a neuron is not below 8192 mV.
    public static func integer(_ simulation: Simulation, wiring: Wiring) throws(SpikelineError) -> SimulationEngine {
        let simulator = try Simulator<IntegerCells>(simulation, wiring: wiring)
        return SimulationEngine(body: { simulator.run($0) })
    }

    /// Runs from the start to the end with the input spikes `inputs`, a train for each input group.
    public func run(_ inputs: [SpikeTrain]) -> SimulationResult { body(inputs) }
}
