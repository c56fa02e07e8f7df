import SpikeSignals
import Testing

@testable import SpikeTraining

/// The scan's eight neurons at a time say what the engine's rule, written plainly, says of each.
@Suite("Scan of leaky integrate-and-fire neurons") struct LIFScanTests {
    struct Neuron {
        var v: Int64 = 0

        mutating func step(
            _ current: Int64, threshold: Int64, decay: Int64, maximum: Int64
        ) -> (spikes: Float, potential: Float) {
            v = (v * decay + 16_384) >> 15 + current
            let potential = Float(v) * (1 / Float(threshold))
            let spikes = v < threshold ? 0 : min(v / threshold, maximum)
            v -= spikes * threshold
            return (Float(spikes), potential)
        }
    }

    @Test(
        "every spike and potential", arguments: [16_384, 29_491, 32_768] as [Int32],
        [(1, 40), (300, 900), (90_000, 700_000), (3, 12_000_000)] as [(Int32, Int)])
    func agreesWithTheRule(decay: Int32, sizes: (threshold: Int32, current: Int)) {
        let (clips, width, ticks) = (3, 19, 40)
        var generator = SeededGenerator(UInt64(decay), UInt64(sizes.current))
        let thresholds = (0..<width).map { _ in sizes.threshold + Int32(generator.index(below: Int(sizes.threshold))) }
        let biases = (0..<width).map { _ in Int32(generator.index(below: 9)) - 4 }
        let rows = ticks * clips
        let (currents, spikes, potentials) = (
            FloatBuffer(rows * width), FloatBuffer(rows * width), FloatBuffer(rows * width)
        )
        // Whole multiples of the threshold, where rounding shows, and all between.
        currents.array = (0..<rows * width).map { index in
            let threshold = Int(thresholds[index % width])
            let value = generator.index(below: 2 * sizes.current) - sizes.current / 2
            return Float(generator.chance(0.3) ? value / threshold * threshold - Int(biases[index % width]) : value)
        }
        let membranes = UnsafeMutablePointer<Int32>.allocate(capacity: clips * width)
        defer { unsafe membranes.deallocate() }
        unsafe LIFScan(clips: clips, width: width, decayQ15: decay, maximumSpikes: 7).forward(
            currents.start, ticks: ticks, thresholds: thresholds, biases: biases, membranes: membranes,
            spikes: spikes.start, potentials: potentials.start)
        let (given, fired, seen) = (currents.array, spikes.array, potentials.array)
        var total: Float = 0
        for clip in 0..<clips {
            for neuron in 0..<width {
                var twin = Neuron()
                for tick in 0..<ticks {
                    let place = (tick * clips + clip) * width + neuron
                    let wanted = twin.step(
                        Int64(given[place]) + Int64(biases[neuron]), threshold: Int64(thresholds[neuron]),
                        decay: Int64(decay), maximum: 7)
                    guard fired[place] == wanted.spikes && seen[place] == wanted.potential else {
                        Issue.record("neuron \(neuron), tick \(tick): \(fired[place]), expected \(wanted)")
                        return
                    }
                    total += fired[place]
                }
            }
        }
        #expect(total > 100)
    }
}
