import SpikeSignals
import SpikeSynthesis

extension BenchCase {
    /// The people who never were: rendering and pixels, all gestures alike.
    static let synthesis = BenchCase(
        name: "synthesis", summary: "synthesised gesture recordings of 5 s, 128 x 128, per CPU second of one core"
    ) { (_) throws(SpikelineError) in
        let synthesizer = GestureSynthesizer()
        var made = 0
        var events = 0
        let start = Stopwatch.threadSeconds()
        // Recordings differ by ten in what they cost, so several of each gesture are made.
        for seed in 0..<3 {
            for gesture in Gesture.allCases {
                events += synthesizer.recording(of: gesture, seed: UInt64(seed), seconds: 5).events.count
                made += 1
            }
        }
        let seconds = Stopwatch.threadSeconds() - start
        return [
            BenchResult(detail: "recordings", value: Double(made) / seconds, unit: "recordings/s"),
            BenchResult(detail: "events", value: Double(events) / seconds / 1e6, unit: "M events/s"),
        ]
    }
}
