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
    /// Measures; a row for each thing that was measured.
    let measure: @Sendable (BenchSettings) throws(SpikelineError) -> [BenchResult]

    /// A case that measures one thing and needs no settings.
    init(
        name: String, summary: String, measure: @escaping @Sendable () throws(SpikelineError) -> BenchResult
    ) {
        self.init(name: name, summary: summary) { (_) throws(SpikelineError) in [try measure()] }
    }

    /// A case that measures several things.
    init(
        name: String, summary: String,
        measureAll: @escaping @Sendable (BenchSettings) throws(SpikelineError) -> [BenchResult]
    ) {
        self.name = name
        self.summary = summary
        measure = measureAll
    }
}

/// What the command line gives the cases to work with.
struct BenchSettings: Sendable {
    /// A folder of event recordings and their truth, as `Scripts/make-event-files` writes them.
    var eventFiles: String?
    /// The script that times other readers on a file, if that is wanted.
    var peerScript: String?
}

/// What a case gave.
struct BenchResult: Sendable {
    /// What was measured, where a case measures several things.
    var detail = ""
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

    /// The least CPU time of `repetitions` runs of each of two bodies, taken in turn so that both see the same
    /// machine.
    static func least(
        of repetitions: Int, _ first: () throws(SpikelineError) -> Void, _ second: () throws(SpikelineError) -> Void
    ) throws(SpikelineError) -> (first: Double, second: Double) {
        var least = (first: Double.infinity, second: Double.infinity)
        for _ in 0..<max(repetitions, 1) {
            var start = threadSeconds()
            try first()
            least.first = min(least.first, threadSeconds() - start)
            start = threadSeconds()
            try second()
            least.second = min(least.second, threadSeconds() - start)
        }
        return least
    }
}
