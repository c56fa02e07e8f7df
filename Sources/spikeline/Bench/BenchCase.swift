import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// One thing that is measured, as a ratio to a reference in the same run where there is one.
struct BenchCase: Sendable {
    /// What is called for on the command line.
    let name: String
    /// What is measured, in one sentence.
    let summary: String
    /// Measures.
    let measure: @Sendable () throws(SpikelineError) -> BenchResult
}

/// What a case gave.
struct BenchResult: Sendable {
    /// The measured value.
    var value: Double
    /// Its unit.
    var unit: String
    /// What it is compared with, or nil if there is nothing to compare with on this machine.
    var reference: String?
    /// The reference's value in the same unit and the same run.
    var referenceValue: Double?

    /// Value over reference.
    var ratio: Double? {
        guard let referenceValue, referenceValue != 0 else { return nil }
        return value / referenceValue
    }
}

/// Time, measured so that a busy machine disturbs little.
enum Stopwatch {
    /// CPU seconds of this thread.
    static func threadSeconds() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The least CPU time of `repetitions` runs of each of `bodies`, taken in turn so that all see the same machine.
    static func least<Failure>(
        of repetitions: Int, _ bodies: [() throws(Failure) -> Void]
    ) throws(Failure) -> [Double] {
        var least = bodies.map { _ in Double.infinity }
        for _ in 0..<max(repetitions, 1) {
            for (index, body) in bodies.enumerated() {
                let start = threadSeconds()
                try body()
                least[index] = min(least[index], threadSeconds() - start)
            }
        }
        return least
    }
}
