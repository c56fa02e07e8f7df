import SpikeSignals

/// The state of a network as bytes.
///
/// ```
/// ticks, spikes fired, operations | history of the input | for each population: operations, membranes,
///                                                          second states, refractory ticks left, history
/// history: for each delay, the newest first: how many fired, and for each of them channel and count
/// ```
extension SpikingNetwork: Resumable {
    static let snapshotMagic: UInt64 = 0x3154_454E_4C4B_5053  // "SPKLNET1"
    private static let place = "network"

    /// That of the ``description``.
    public var fingerprint: UInt64 {
        if let knownFingerprint { return knownFingerprint }
        let value = description.fingerprint
        knownFingerprint = value
        return value
    }

    /// That of the ``description``; batches of other ticks are refused.
    public var tickLength: Int64? { description.tickNanoseconds }

    /// The state of all neurons and all spikes under way.
    public func snapshot() -> [UInt8] {
        Snapshot.seal(SpikingNetwork.snapshotMagic, fingerprint) { writer in
            for number in [ticks, spikesFired, synapticOperations] { writer.append(Int64(number)) }
            input.history.write(to: &writer)
            for layer in layers {
                writer.append(Int64(layer.operations))
                layer.state.write(to: &writer)
                layer.output.history.write(to: &writer)
            }
        }
    }

    /// Goes on from a kept state. Membranes, currents and counts are within the bounds of ``proof`` afterwards, so that
    /// nothing can overflow that could not before.
    public func restore(_ bytes: [UInt8]) throws(SpikelineError) {
        var reader = try Snapshot.open(
            bytes, magic: SpikingNetwork.snapshotMagic, fingerprint: fingerprint, at: SpikingNetwork.place)
        guard let kept = Kept(&reader, of: self), reader.isAtEnd else {
            throw Snapshot.damaged(at: SpikingNetwork.place)
        }
        (ticks, spikesFired, synapticOperations) = (kept.counts[0], kept.counts[1], kept.counts[2])
        input.history.restore(kept.input)
        for (layer, kept) in zip(layers, kept.layers) {
            layer.operations = kept.operations
            layer.state.restore(kept.membrane, kept.second, kept.refractory)
            layer.output.history.restore(kept.history)
        }
        counters.update { ($0[0], $0[1]) = (synapticOperations, spikesFired) }
    }

    /// A state that has been read and found to be within bounds, before anything is changed.
    private struct Kept {
        struct Layer {
            var operations: Int
            var membrane: [Int32]
            var second: [Int32]
            var refractory: [Int32]
            var history: [[ChannelSpikes]]
        }

        var counts: [Int] = []
        var input: [[ChannelSpikes]]
        var layers: [Layer] = []

        init?(_ reader: inout IntegerReader, of network: SpikingNetwork) {
            // Counters that are longer under way than a thousand years are none of ours; nothing overflows before 2^62.
            func count(_ reader: inout IntegerReader) -> Int? {
                guard let number = reader.integer(Int64.self), (0...1 << 62).contains(number) else { return nil }
                return Int(number)
            }
            for _ in 0..<3 {
                guard let number = count(&reader) else { return nil }
                counts.append(number)
            }
            guard
                let spikes = SpikeHistory.read(
                    &reader, like: network.input.history, most: network.description.maximumInputSpikes)
            else { return nil }
            input = spikes
            for (index, layer) in network.layers.enumerated() {
                let (bounds, neuron) = (network.proof.bounds[index], layer.population.neuron)
                let size = layer.state.size
                let lowest = if case .adaptiveLIF = neuron { Int64(0) } else { -bounds.second }
                guard let operations = count(&reader),
                    let membrane = reader.list(limit: size, of: Int32.self),
                    let second = reader.list(limit: size, of: Int32.self),
                    let refractory = reader.list(limit: size, of: Int32.self),
                    membrane.count == size, second.count == size, refractory.count == size,
                    membrane.allSatisfy({ abs(Int64($0)) <= bounds.membrane }),
                    second.allSatisfy({ (lowest...bounds.second).contains(Int64($0)) }),
                    refractory.allSatisfy({ (0...(neuron.spiking?.refractoryTicks ?? 0)).contains($0) }),
                    let history = SpikeHistory.read(
                        &reader, like: layer.output.history, most: Int(neuron.spiking?.maximumSpikes ?? 0))
                else { return nil }
                layers.append(
                    Layer(
                        operations: operations, membrane: membrane, second: second, refractory: refractory,
                        history: history))
            }
        }
    }
}

extension PopulationState {
    fileprivate func write(to writer: inout IntegerWriter) {
        writer.append((0..<size).map { unsafe membrane[$0] })
        writer.append((0..<size).map { unsafe second[$0] })
        writer.append((0..<size).map { unsafe refractory[$0] })
    }

    /// Takes arrays that have been checked, each of ``size`` elements.
    fileprivate func restore(_ membranes: [Int32], _ seconds: [Int32], _ ticks: [Int32]) {
        for index in 0..<size {
            unsafe membrane[index] = membranes[index]
            unsafe second[index] = seconds[index]
            unsafe refractory[index] = ticks[index]
        }
    }
}

extension SpikeHistory {
    fileprivate func write(to writer: inout IntegerWriter) {
        for delay in 0..<depth {
            let spikes = unsafe spikes(delay: delay)
            writer.append(Int32(spikes.count))
            for index in 0..<spikes.count {
                writer.append(unsafe spikes[index].channel)
                writer.append(unsafe spikes[index].count)
            }
        }
    }

    /// Reads lists that a history like `model` can hold: channels ascend, each with 1 to `most` spikes; newest first.
    fileprivate static func read(
        _ reader: inout IntegerReader, like model: borrowing SpikeHistory, most: Int
    ) -> [[ChannelSpikes]]? {
        let (size, depth) = (model.size, model.depth)
        var lists: [[ChannelSpikes]] = []
        for _ in 0..<depth {
            guard let count = reader.integer(Int32.self), (0...Int32(clamping: size)).contains(count) else {
                return nil
            }
            var list: [ChannelSpikes] = []
            var next = 0
            for _ in 0..<count {
                guard let channel = reader.integer(UInt16.self), let spikes = reader.integer(UInt16.self),
                    (next..<size).contains(Int(channel)), (1...max(most, 1)).contains(Int(spikes)), most > 0
                else { return nil }
                next = Int(channel) + 1
                list.append(ChannelSpikes(channel: channel, count: spikes))
            }
            lists.append(list)
        }
        return lists
    }

    /// Takes lists that have been checked, newest first.
    fileprivate mutating func restore(_ lists: [[ChannelSpikes]]) {
        reset()
        for list in lists.reversed() {
            advance()
            for spikes in list { append(spikes) }
        }
    }
}
