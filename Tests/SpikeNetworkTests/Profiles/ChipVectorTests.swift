import Testing

@testable import SpikeNetwork

/// The small vectors of `Scripts/make-chip-vectors`, bit for bit.
@Suite struct ChipVectorTests {
    @Test func loihiGivesEverySpikeCurrentAndVoltage() throws {
        let p = LoihiVectors.parameters
        let neuron = try LoihiNeuron(
            currentDecay: p[1], voltageDecay: p[2], threshold: p[3], biasMantissa: p[4], biasExponent: p[5])
        let input = try LoihiWeights(
            transposed(LoihiVectors.weights, rows: 4), sources: 6, targets: 4, exponent: Int(p[0]))
        let recurrent = try LoihiWeights(
            transposed(LoihiVectors.recurrent, rows: 4), sources: 4, targets: 4, exponent: Int(p[0]))
        var layer = try LoihiLayer(neuron: neuron, input: input, recurrent: recurrent)
        for step in 0..<40 {
            try layer.step(firing: (0..<6).filter { LoihiVectors.arriving[step * 6 + $0] == 1 })
            let cells = step * 4..<step * 4 + 4
            #expect(layer.fired == (0..<4).filter { LoihiVectors.fired[step * 4 + $0] == 1 }, "step \(step)")
            #expect(layer.states.map(\.current)[...] == LoihiVectors.current[cells], "step \(step)")
            #expect(layer.states.map(\.voltage)[...] == LoihiVectors.voltage[cells], "step \(step)")
        }
        // The vectors would be poor without a wrap, a saturation and spikes.
        #expect(LoihiVectors.fired.contains(1))
        #expect(LoihiVectors.voltage.contains(-8_388_607))
    }

    @Test(arguments: [XyloNeuron.Version.v1, .v2]) func xyloGivesEverySignal(version: XyloNeuron.Version) throws {
        var network = try XyloNetwork(ChipVectorTests.xylo(version))
        let trace = version == .v1 ? XyloVectors.trace1 : XyloVectors.trace2
        for step in 0..<30 {
            try network.step(Array(XyloVectors.spk[step * 3..<step * 3 + 3]))
            let state = network.state
            let found =
                network.hiddenSpikes + network.readoutSpikes + state.hidden + state.readout + state.first
                + state.second + state.readoutCurrent
            #expect(found[...] == trace[step * 22..<step * 22 + 22], "step \(step)")
        }
    }

    @Test func spiNNakerGivesEveryPotential() throws {
        let p = SpiNNakerVectors.parameters
        let neuron = try SpiNNakerNeuron(
            resistance: Accum(bits: p[0]), decay: Accum(bits: p[1]), rest: Accum(bits: p[2]), reset: Accum(bits: p[3]),
            threshold: Accum(bits: p[4]), refractorySteps: p[5])
        var state = SpiNNakerNeuron.State(potential: neuron.rest)
        for (step, current) in SpiNNakerVectors.currents.enumerated() {
            let fired = neuron.step(&state, current: Accum(bits: current))
            let found = [fired ? 1 : 0, state.potential.bits, state.countdown]
            #expect(found[...] == SpiNNakerVectors.trace[step * 3..<step * 3 + 3], "step \(step)")
        }
    }

    static func xylo(_ version: XyloNeuron.Version) -> XyloNetwork.Parameters {
        let bias = version == .v1 ? [Int32](repeating: 0, count: 6) : XyloVectors.bias
        let hidden = (0..<4).map {
            XyloNetwork.Neuron(
                threshold: XyloVectors.thr[$0], membraneDash: XyloVectors.dm[$0],
                synapseDashes: (XyloVectors.ds[2 * $0], XyloVectors.ds[2 * $0 + 1]), bias: bias[$0])
        }
        let readout = (0..<2).map {
            XyloNetwork.Neuron(
                threshold: XyloVectors.thro[$0], membraneDash: XyloVectors.dmo[$0],
                synapseDashes: (XyloVectors.dso[$0], 0), bias: bias[4 + $0])
        }
        let shifts = XyloVectors.shifts
        return XyloNetwork.Parameters(
            version: version, input: XyloVectors.win.map { Int8($0) }, recurrent: XyloVectors.wrec.map { Int8($0) },
            output: XyloVectors.wout.map { Int8($0) }, shifts: (shifts[0], shifts[1], shifts[2]), hidden: hidden,
            readout: readout)
    }
}

/// `values[row][column]` as `[column][row]`.
func transposed(_ values: [Int32], rows: Int) -> [Int32] {
    let columns = values.count / rows
    return (0..<values.count).map { values[$0 % rows * columns + $0 / rows] }
}
