import SpikeHeads
import SpikeNetwork
import SpikeSignals

extension KeywordTrainer {
    /// The share of ``dev`` whose label gets the most evidence from the network as it would be exported, run by the
    /// engine and read by the head's evidence window.
    func devAccuracy() throws(SpikelineError) -> Double {
        let description = network.description()
        let workers = configuration.shards
        let networks = try (0..<workers).map { (_) throws(SpikelineError) in try SpikingNetwork(description) }
        let most = (dev.map(\.counts.count).max() ?? 0) / description.inputs
        let window = try EvidenceWindow(
            labels: network.architecture.outputs, ticks: max(most, 1),
            scaleBits: network.architecture.potentialScaleBits)
        var correct = [Int](repeating: 0, count: workers)
        unsafe correct.withUnsafeMutableBufferPointer { correct in
            Workers.run(workers) { worker in
                var window = window
                for index in stride(from: worker, to: dev.count, by: workers)
                where Self.label(of: dev[index], networks[worker], &window) == dev[index].label {
                    unsafe correct[worker] += 1
                }
            }
        }
        return Double(correct.reduce(0, +)) / Double(max(dev.count, 1))
    }

    /// The label with the most evidence over all ticks of a clip.
    private static func label(
        of clip: EncodedClip, _ network: SpikingNetwork, _ window: inout EvidenceWindow
    ) -> Int {
        network.reset()
        window.reset()
        var potentials = [Int32](repeating: 0, count: network.outputs)
        forEachTick(of: clip, channels: network.description.inputs) { spikes in
            try? network.step(spikes)
            for output in potentials.indices { potentials[output] = network.potential(ofOutput: output) }
            window.add(potentials)
        }
        return window.best
    }

    /// Calls `body` with the spikes of each tick of a clip.
    public static func forEachTick(of clip: EncodedClip, channels: Int, _ body: ([ChannelSpikes]) -> Void) {
        var spikes: [ChannelSpikes] = []
        for start in stride(from: 0, to: clip.counts.count, by: channels) {
            spikes.removeAll(keepingCapacity: true)
            for channel in 0..<channels where clip.counts[start + channel] > 0 {
                spikes.append(
                    ChannelSpikes(channel: UInt16(channel), count: UInt16(clip.counts[start + channel])))
            }
            body(spikes)
        }
    }
}
