/// What a run left behind.
public struct SimulationResult: Hashable, Sendable {
    /// The spikes of each population.
    public internal(set) var trains: [SpikeTrain]
    /// The membranes that were recorded, in mV, one row per neuron, one value per step, taken at the end of the step.
    public internal(set) var traces: [[Double]]
    /// How many weights were added.
    public internal(set) var synapticOperations = 0
    /// The most values of traces that are kept; later ones are not recorded.
    public static let mostTraceValues = 1 << 24

    init(_ simulation: Simulation) {
        trains = simulation.populations.map { _ in SpikeTrain() }
        traces = Array(repeating: [], count: min(simulation.recording.traces, simulation.populations.first?.count ?? 0))
    }

    mutating func appendTraces(_ values: [Double]) {
        guard (traces.first?.count ?? 0) * traces.count < Self.mostTraceValues else { return }
        for index in traces.indices { traces[index].append(values[index]) }
    }
}

extension Simulation {
    /// How often a neuron of each population fires, in Hz: spikes over neurons and seconds.
    public func rates(_ result: SimulationResult) -> [Double] {
        zip(populations, result.trains).map { population, train in
            Double(train.neurons.count) / Double(population.count) / (Double(steps) * stepMs / 1000)
        }
    }

    /// The rate of a train over time, in Hz per neuron, a value for each bin of ``Recording/binMs``; the last may be short.
    public func binnedRates(_ train: SpikeTrain, count: Int) -> [Double] {
        let width = max(1, steps(of: recording.binMs))
        return stride(from: 0, to: steps, by: width).map { start in
            let end = min(start + width, steps)
            let spikes = train.range(ofStep: end - 1).upperBound - train.range(ofStep: start).lowerBound
            return Double(spikes) / Double(count) / (Double(end - start) * stepMs / 1000)
        }
    }
}

/// How far two runs of the same network fire alike.
public struct SpikeAgreement: Hashable, Sendable {
    /// Spikes of the first run, and of the second.
    public let spikes: (Int, Int)
    /// Spikes that both have: of the same neuron, in steps at most ``tolerance`` apart, each used once.
    public let common: Int
    /// The distance in steps within which two spikes count as the same.
    public let tolerance: Int

    /// Twice the common spikes over all spikes, 0 to 1 (the F measure); 1 if there are none.
    public var share: Double { spikes.0 + spikes.1 == 0 ? 1 : 2 * Double(common) / Double(spikes.0 + spikes.1) }

    /// Compares the spikes of the same populations in two runs.
    public init(_ a: SimulationResult, _ b: SimulationResult, tolerance: Int) {
        var common = 0
        for (first, second) in zip(a.trains, b.trains) {
            let (x, y) = (Self.byNeuron(first), Self.byNeuron(second))
            for (neuron, steps) in x {
                guard let others = y[neuron] else { continue }
                var (i, j) = (0, 0)
                while i < steps.count, j < others.count {
                    let distance = steps[i] - others[j]
                    if distance.magnitude <= tolerance.magnitude {
                        (common, i, j) = (common + 1, i + 1, j + 1)
                    } else if distance < 0 {
                        i += 1
                    } else {
                        j += 1
                    }
                }
            }
        }
        let count = { (result: SimulationResult) in result.trains.reduce(0) { $0 + $1.neurons.count } }
        (spikes, self.common, self.tolerance) = ((count(a), count(b)), common, tolerance)
    }

    private static func byNeuron(_ train: SpikeTrain) -> [Int: [Int]] {
        var steps: [Int: [Int]] = [:]
        train.forEach { steps[$1, default: []].append($0) }
        return steps
    }

    /// Whether both compared alike.
    public static func == (a: Self, b: Self) -> Bool {
        a.spikes == b.spikes && a.common == b.common && a.tolerance == b.tolerance
    }
    /// Feeds all parts to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(spikes.0)
        hasher.combine(spikes.1)
        hasher.combine(common)
        hasher.combine(tolerance)
    }
}
