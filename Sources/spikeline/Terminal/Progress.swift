import SpikeSignals

/// A progress bar with the time left, on a terminal.
enum Progress {
    /// Seconds of the monotonic clock.
    static func now() -> Double { Double(MonotonicClock.nanoseconds()) * 1e-9 }

    /// Draws `title [=====>    ] 42 %, 12 s left`.
    static func show(_ title: String, share: Double, since start: Double) {
        guard Console.isInteractive else { return }
        let width = 30
        let filled = min(width, max(0, Int(share * Double(width))))
        let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled)
        let left = share > 0.01 ? "\(Int((now() - start) / share * (1 - share))) s left" : ""
        Console.progress("\(title) [\(bar)] \(Int(share * 100)) %  \(left)")
    }
}
