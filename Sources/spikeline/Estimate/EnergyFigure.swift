/// A published energy per operation, and where it stands.
///
/// Energies of different processes, years and ways of counting do not compare chips: they give the order of magnitude
/// of what the operations of a network would take at that figure. Most leave out the chip's idle power and everything
/// around it; each source says what its figure is of.
struct EnergyFigure {
    /// The chip or technology.
    let name: String
    /// Picojoules of an accumulate, and of a multiply-accumulate.
    let accumulate: Double
    let multiplyAccumulate: Double
    /// Picojoules of a neuron's update in a tick; nil where the figure says nothing of it.
    var neuron: Double?
    /// The paper and the place in it.
    let source: String

    /// The figures that are used.
    static let all = [
        EnergyFigure(
            name: "45 nm arithmetic", accumulate: 0.1, multiplyAccumulate: 0.3,
            source: "Horowitz, ISSCC 2014, figure 1.1.9: 32-bit integer add 0.1 pJ, 8-bit multiply 0.2 pJ, at 0.9 V; a "
                + "multiply-accumulate is the sum of both; no memory"),
        EnergyFigure(
            name: "Loihi", accumulate: 23.6, multiplyAccumulate: 23.6, neuron: 81,
            source: "Davies et al., IEEE Micro 38 (1) 2018, table 2, simulated before the chip was made, 0.75 V: "
                + "synaptic operation at least 23.6 pJ; neuron update 81 pJ active, 52 pJ inactive, all are counted as "
                + "active"),
        EnergyFigure(
            name: "TrueNorth", accumulate: 26, multiplyAccumulate: 26,
            source: "Merolla et al., Science 345, 2014: 26 pJ per synaptic event, the total energy of a chip at 20 Hz, "
                + "128 active synapses a neuron and 0.775 V"),
        EnergyFigure(
            name: "SpiNNaker", accumulate: 8_000, multiplyAccumulate: 8_000,
            source: "Stromatias et al., IJCNN 2013, as cited by Liu et al., Front. Neurosci. 10:496, 2016: 8 nJ per "
                + "synaptic event"),
    ]

    /// Chips for which no energy per operation is used here, and why.
    static let absent = [
        ("Loihi 2", "no energy per operation was published that could be verified"),
        ("NorthPole", "published per frame of a network (Modha et al., Science 382, 2023), not per operation"),
        ("Akida", "no energy per operation was published that could be verified"),
        (
            "Xylo",
            "published for a whole task: 291 uW of dynamic power, 6.6 uJ per inference (Bos and Muir, arXiv:2406.15112)"
        ),
    ]

    /// Picojoules per tick of so many operations.
    func picojoules(accumulates: Double, multiplyAccumulates: Double, neurons: Double) -> Double {
        accumulates * accumulate + multiplyAccumulates * multiplyAccumulate + neurons * (neuron ?? 0)
    }
}
