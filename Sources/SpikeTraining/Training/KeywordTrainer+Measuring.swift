#if canImport(Glibc)
import Glibc
#endif
import SpikeNetwork
import SpikeSignals

extension KeywordTrainer {
    /// The share of `clips` whose label gets the most evidence from the integer network, run by the engine.
    public static func accuracy(
        of description: NetworkDescription, on clips: [EncodedClip], workers: Int
    ) throws(SpikelineError) -> Double {
        let answers = try classify(clips, with: description, workers: workers)
        let correct = zip(answers, clips).count { $0 == $1.label }
        return Double(correct) / Double(max(clips.count, 1))
    }

    /// The label with the most evidence for each clip.
    public static func classify(
        _ clips: [EncodedClip], with description: NetworkDescription, workers: Int
    ) throws(SpikelineError) -> [Int] {
        var answers = [Int](repeating: 0, count: clips.count)
        let networks = try (0..<workers).map { (_) throws(SpikelineError) in try SpikingNetwork(description) }
        unsafe answers.withUnsafeMutableBufferPointer { answers in
            Workers.run(workers) { worker in
                for index in stride(from: worker, to: clips.count, by: workers) {
                    unsafe answers[index] = label(of: clips[index], with: networks[worker])
                }
            }
        }
        return answers
    }

    /// The label with the largest sum of `2^potential` over the clip's ticks.
    private static func label(of clip: EncodedClip, with network: SpikingNetwork) -> Int {
        network.reset()
        let unit = 1 / Double(1 << 8)
        var evidence = [Double](repeating: 0, count: network.outputs)
        forEachTick(of: clip, channels: network.description.inputs) { spikes in
            try? network.step(spikes)
            for output in evidence.indices {
                evidence[output] += exp2(Double(network.potential(ofOutput: output)) * unit)
            }
        }
        return evidence.indices.max { evidence[$0] < evidence[$1] } ?? 0
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
