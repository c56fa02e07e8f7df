import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeNetwork

/// What lava-nc 0.10.0 and xylosim 0.1.3 computed, bit for bit.
@Suite(.enabled(if: ChipGoldens.folder != nil, "no golden vectors of chips on this machine")) struct ChipGoldenTests {
    @Test(arguments: ["bias_neg", "bias_pos", "ff8", "ff_exc", "rec", "sat", "wrap"])
    func loihiGivesEverySpikeCurrentAndVoltageOfLava(name: String) throws {
        let golden = try ChipGoldens.Case("lava_" + name)
        func number(_ key: String) throws -> Int32 { Int32(try #require(golden.json["params"]?[key]?.integerValue)) }
        let (sources, targets) = (Int(try number("N")), Int(try number("M")))
        let neuron = try LoihiNeuron(
            currentDecay: number("du"), voltageDecay: number("dv"), threshold: number("vth"),
            biasMantissa: number("bias_mant"), biasExponent: number("bias_exp"))
        let input = try LoihiWeights(
            transposed(golden.numbers("weights_stored"), rows: targets), sources: sources, targets: targets,
            exponent: Int(number("wexp")))
        // Stored weights are stored as they are.
        #expect(input.stored.map(Int32.init) == transposed(golden.numbers("weights_stored"), rows: targets))
        var recurrent: LoihiWeights?
        if case .array? = golden.json["rec_weights_stored"] {
            recurrent = try LoihiWeights(
                transposed(golden.numbers("rec_weights_stored"), rows: targets), sources: targets, targets: targets,
                exponent: Int(number("wexp")))
        }
        var layer = try LoihiLayer(neuron: neuron, input: input, recurrent: recurrent)
        let (u, v) = (try golden.trace("u"), try golden.trace("v"))
        let (arriving, leaving) = (golden.numbers("spikes_in"), golden.numbers("spikes_out"))
        var (spikes, next, wrong): ([Int32], Int, Int) = ([], 0, 0)
        let steps = u.count / targets
        for step in 0..<steps {
            var firing: [Int] = []
            while next < arriving.count, arriving[next] == step {
                firing.append(Int(arriving[next + 1]))
                next += 2
            }
            try layer.step(firing: firing)
            for neuron in layer.fired { spikes += [Int32(step), Int32(neuron)] }
            for (neuron, state) in layer.states.enumerated() {
                let cell = step * targets + neuron
                if state.current != u[cell] || state.voltage != v[cell] { wrong += 1 }
            }
        }
        #expect(steps == Int(try number("T")) && next == arriving.count)
        #expect(wrong == 0 && spikes == leaving)
    }

    @Test(arguments: [1, 2], ["bias", "multi", "sat", "satneg", "shift", "small"])
    func xyloGivesEverySignalOfXylosim(version: Int, name: String) throws {
        guard version == 2 || name != "bias" else { return }
        let golden = try ChipGoldens.Case("xylo_v\(version)_\(name)")
        let parameters = try golden.xylo(version == 1 ? .v1 : .v2)
        var network = try XyloNetwork(parameters)
        let spikes = golden.numbers("spk", in: "inputs")
        let steps = spikes.count / network.channels
        let traces = try ["v", "vo", "i1", "i2", "io"].map { try golden.trace("out_" + $0) }
        let (s, so) = (golden.numbers("s", in: "expected"), golden.numbers("so", in: "expected"))
        #expect(steps >= 100 && spikes.contains { $0 > 0 })
        var wrong = 0
        func compare(_ found: [Int32], _ expected: [Int32], _ step: Int) {
            wrong += found[...] == expected[step * found.count..<(step + 1) * found.count] ? 0 : 1
        }
        for step in 0..<steps {
            try network.step(Array(spikes[step * network.channels..<(step + 1) * network.channels]))
            compare(network.hiddenSpikes, s, step)
            compare(network.readoutSpikes, so, step)
            compare(network.state.hidden, traces[0], step)
            compare(network.state.readout, traces[1], step)
            compare(network.state.first, traces[2], step)
            compare(network.state.second, traces[3], step)
            compare(network.state.readoutCurrent, traces[4], step)
        }
        #expect(wrong == 0)
    }
}

/// The files of the golden vectors.
enum ChipGoldens {
    static let folder = SharedData.path("golden/snn")

    private static func read(_ name: String) throws -> [UInt8] {
        try WholeFile.read((folder ?? "") + "/" + name, limit: 64 << 20, expecting: "a vector")
    }

    /// One case: its JSON and its traces.
    struct Case {
        let json: JSONValue
        private let index: JSONValue
        private let raw: [UInt8]

        init(_ name: String) throws {
            json = try JSONValue.read(try ChipGoldens.read(name + ".json"))
            index = try #require(JSONValue.read(try ChipGoldens.read("index.json"))["cases"]?[name])
            raw = try ChipGoldens.read(name + ".i32")
        }

        /// All whole numbers of the lists in `name`, in order.
        func numbers(_ name: String, in object: String? = nil) -> [Int32] {
            flat((object.map { json[$0] } ?? json)?[name])
        }

        private func flat(_ value: JSONValue?) -> [Int32] {
            if let number = value?.integerValue { return [Int32(number)] }
            return (value?.arrayValue ?? []).flatMap { flat($0) }
        }

        /// The values of the trace `name`.
        func trace(_ name: String) throws -> [Int32] {
            let place = try #require(index[name])
            let start = try #require(place["offset"]?.integerValue)
            let count = flat(place["shape"]).reduce(1) { $0 * Int($1) }
            return (0..<count).map { cell in
                let byte = start + 4 * cell
                return Int32(
                    bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(raw[byte + $1]) << UInt32(8 * $1) })
            }
        }

        func xylo(_ version: XyloNeuron.Version) throws -> XyloNetwork.Parameters {
            func list(_ name: String) -> [Int32] { numbers(name, in: "inputs") }
            func weights(_ name: String) -> [Int8] { list(name).map { Int8($0) } }
            let (ds, dso, shifts) = (list("ds"), list("dso"), numbers("sh", in: "params"))
            let hidden = list("thr").indices.map {
                XyloNetwork.Neuron(
                    threshold: list("thr")[$0], membraneDash: list("dm")[$0],
                    synapseDashes: (ds[2 * $0], ds[2 * $0 + 1]), bias: list("bias")[$0])
            }
            let readout = list("thro").indices.map {
                XyloNetwork.Neuron(
                    threshold: list("thro")[$0], membraneDash: list("dmo")[$0], synapseDashes: (dso[$0], 0),
                    bias: list("biaso")[$0])
            }
            return XyloNetwork.Parameters(
                version: version, input: weights("win"), recurrent: weights("wrec"), output: weights("wout"),
                shifts: (shifts[0], shifts[1], shifts[2]), hidden: hidden, readout: readout)
        }
    }
}
