import SpikeHeads
import SpikeNetwork
import SpikeSignals
import SpikeSynthesis
import SpikeTraining

extension BenchCase {
    /// The shipped gesture model on people who wave: how often real time, how long the worst ticks take, and how the cost
    /// follows the activity of the scene.
    static let gesture = BenchCase(
        name: "gesture", summary: "the shipped gesture model: grid, network and head, 128 x 128, ticks of 20 ms"
    ) { (_) throws(SpikelineError) in
        let model = try GestureModel(ShippedFile.model("gestures.nir"))
        let synthesizer = GestureSynthesizer()
        let gestures: [Gesture] = [.handClapping, .rightHandWave, .leftArmClockwise, .airDrums]
        var recordings: [[UInt64]] = []
        for (seed, gesture) in gestures.enumerated() {
            recordings.append(synthesizer.recording(of: gesture, seed: UInt64(seed), seconds: 4).events.map(\.bits))
        }
        var results: [BenchResult] = []
        for share in [1.0, 0.5, 0.2, 0.05] {
            let cost = try GestureCost(model, recordings, share: share)
            let part = share == 1 ? "" : ", \(Figures.percent(share)) of the events"
            results.append(
                BenchResult(
                    detail: "real time" + part, value: cost.realTime, unit: "x",
                    reference: share == 1 ? "the bar" : nil,
                    referenceValue: share == 1 ? 100 : nil))
            if share == 1 {
                results.append(
                    BenchResult(
                        detail: "99 % of ticks within", value: cost.slowTick * 1e3, unit: "ms", reference: "the bar",
                        referenceValue: 1))
            }
            results.append(
                BenchResult(
                    detail: "synaptic operations" + part, value: cost.operationsPerEvent, unit: "per event"))
        }
        return results
    }
}

/// What a gesture model costs on recordings of which a share of the events is shown.
private struct GestureCost {
    /// Seconds of recording per CPU second.
    private(set) var realTime = 0.0
    /// The CPU seconds that 99 % of all ticks with events stay within.
    private(set) var slowTick = 0.0
    /// Synaptic operations per event.
    private(set) var operationsPerEvent = 0.0

    init(_ model: GestureModel, _ recordings: [[UInt64]], share: Double) throws(SpikelineError) {
        var random = SeededGenerator(9)
        var (seconds, ticks, events, operations) = (0.0, 0, 0, 0)
        var times: [Double] = []
        let batch = EventBatch()
        (batch.width, batch.height) = (128, 128)
        for recording in recordings {
            try model.begin()
            let shown = recording.filter { _ in random.chance(Float(share)) }
            events += shown.count
            var next = 0
            let length = Int64(model.tickSeconds * 1e6)
            var end = length
            while next < shown.count {
                // A batch for each tick, so that each can be timed.
                batch.removeAll()
                while next < shown.count, batch.count < EventBatch.capacity {
                    let event = PixelEvent(bits: shown[next])
                    guard Int64(event.offset) < end else { break }
                    _ = batch.append(time: Int64(event.offset), x: event.x, y: event.y, isOn: event.isOn)
                    next += 1
                }
                batch.upTo = StreamTime(nanoseconds: end * 1_000)
                let start = Stopwatch.threadSeconds()
                try model.watch(batch) { _ in ticks += 1 }
                let spent = Stopwatch.threadSeconds() - start
                times.append(spent)
                seconds += spent
                end += length
            }
            operations += model.network.synapticOperations
        }
        realTime = Double(ticks) * model.tickSeconds / max(seconds, 1e-9)
        slowTick = Percentile.value(0.99, of: times) ?? 0
        operationsPerEvent = Double(operations) / Double(max(events, 1))
    }
}
