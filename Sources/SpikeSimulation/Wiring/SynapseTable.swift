import SpikeSignals

/// The synapses of a projection, row by row: for each source neuron, its targets in ascending order.
///
/// ```
/// rows     0     2  3        source 0 -> targets 4, 7;  source 1 -> target 2
/// targets  4  7  2
/// ```
public struct SynapseTable: Hashable, Sendable {
    /// Where the row of each source begins, and the end of the last.
    public let rows: [Int]
    /// The targets, row after row; each is below the size of the target population.
    public let targets: [UInt32]

    /// The most synapses of a projection: 2^28, 1 GiB.
    public static let most = 1 << 28

    /// Wires each pair with `probability`.
    init(sources: Int, targets count: Int, probability: Double, random: SeededGenerator) {
        var draw = SparseDraw(probability: probability, from: random)
        var rows = [0]
        var targets: [UInt32] = []
        rows.reserveCapacity(sources + 1)
        targets.reserveCapacity(Int(Double(sources * count) * probability * 1.02) + 64)
        let pairs = sources * count
        var pair = draw.gap(limit: pairs)
        for source in 0..<sources {
            let end = (source + 1) * count
            while pair < end {
                targets.append(UInt32(pair - source * count))
                pair += 1
                pair += draw.gap(limit: pairs - pair)
            }
            rows.append(targets.count)
        }
        self.rows = rows
        self.targets = targets
    }

    /// The greatest number of synapses that end on one of `count` neurons.
    func mostIncoming(_ count: Int) -> Int {
        var incoming = [Int](repeating: 0, count: count)
        for target in targets { incoming[Int(target)] += 1 }
        return incoming.max() ?? 0
    }
}

/// All synapses of a simulation, drawn from its seed; the float and the integer network share them.
public struct Wiring: Hashable, Sendable {
    /// A table for each projection.
    public let tables: [SynapseTable]

    /// Draws the synapses of `simulation`, which has passed ``Simulation/check()``.
    public init(_ simulation: Simulation) {
        let sizes = simulation.groupSizes
        tables = simulation.projections.enumerated().map { index, projection in
            SynapseTable(
                sources: sizes[projection.source], targets: simulation.populations[projection.target].count,
                probability: projection.probability, random: SeededGenerator(simulation.seed, 1, UInt64(index)))
        }
    }

    /// How many synapses there are.
    public var synapses: Int { tables.reduce(0) { $0 + $1.targets.count } }
}

extension Simulation {
    /// The size of each group: inputs, then populations.
    var groupSizes: [Int] { inputs.map(\.count) + populations.map(\.count) }
    /// The name of each group: inputs, then populations.
    public var groupNames: [String] { inputs.map(\.name) + populations.map(\.name) }
}
