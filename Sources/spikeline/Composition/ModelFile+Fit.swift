import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeSignals

extension ModelFile {
    /// Checks that the parts of the model fit each other, before anything runs: the encoder's channels, ticks and spikes
    /// the network's, the network's outputs the labels, and the options of the head within their ranges. Parts of a type that is not known here are left alone.
    ///
    /// - Throws: what does not fit, at `path`.
    func checkFit(path: String) throws(SpikelineError) {
        if encoder.type == "cochlea" {
            let ear = try Cochlea.Parameters(options: encoder.options, place: path)
            try expect(network.inputs, "inputs", is: ear.channels, "the channels of its cochlea", path)
            try expect(
                Int(network.tickNanoseconds), "nanoseconds a tick", is: Int(ear.tickNanoseconds),
                "the tick of its cochlea", path)
            if network.maximumInputSpikes < ear.maxSpikesPerPhase {
                throw SpikelineError(
                    "the network takes at most \(network.maximumInputSpikes) spikes of a channel in a tick, but its "
                        + "cochlea makes up to \(ear.maxSpikesPerPhase)", at: path)
            }
        }
        if encoder.type == "event_grid" {
            let grid = try EventGridParameters(options: encoder.options, place: path)
            try expect(network.inputs, "inputs", is: grid.channels, "the channels of its event_grid", path)
            try expect(
                Int(network.tickNanoseconds), "nanoseconds a tick", is: Int(grid.tickNanoseconds),
                "the tick of its event_grid", path)
            if network.maximumInputSpikes < grid.maximumSpikes {
                throw SpikelineError(
                    "the network takes at most \(network.maximumInputSpikes) spikes of a channel in a tick, but its "
                        + "event_grid makes up to \(grid.maximumSpikes)", at: path)
            }
        }
        if encoder.type == "coding" {
            let coding = try CodingStage.Settings(Options(encoder.options), place: path)
            try expect(network.inputs, "inputs", is: coding.channels, "the channels of its coding", path)
            try expect(
                Int(network.tickNanoseconds), "nanoseconds a tick", is: coding.coding.tickMilliseconds * 1_000_000,
                "the tick of its coding", path)
            if network.maximumInputSpikes < coding.coding.mostSpikes {
                throw SpikelineError(
                    "the network takes at most \(network.maximumInputSpikes) spikes of a channel in a tick, but its "
                        + "coding makes up to \(coding.coding.mostSpikes)", at: path)
            }
        }
        for descriptor in [KeywordHead.descriptor, GestureHead.descriptor] where descriptor.type == head.type {
            for spec in descriptor.options {
                guard let complaint = head.options[spec.name].flatMap(spec.complaint) else { continue }
                throw SpikelineError("the \(head.type) head of the model: \(complaint)", at: path)
            }
        }
        if head.type == "keyword" || head.type == "gesture" {
            let options = Options(head.options)
            let labels =
                (head.type == "keyword" ? KeywordParameters(options).labels : GestureParameters(options).labels).count
            try expect(network.populations.last?.size ?? 0, "outputs", is: labels, "the number of its labels", path)
        }
    }

    private func expect(
        _ found: Int, _ what: String, is expected: Int, _ whose: String, _ path: String
    ) throws(SpikelineError) {
        guard found != expected else { return }
        throw SpikelineError("the network has \(found) \(what), expected \(expected), \(whose)", at: path)
    }
}
