import ArgumentParser
import SpikeFleet
import SpikePipeline
import SpikeServices
import SpikeSignals

/// `spikeline work`.
struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work on the jobs of a fleet until told to end.",
        discussion: """
            Takes one job at a time; start one worker for each core. A job is acknowledged when its result is stored, so a \
            worker may be killed at any moment: the job is delivered to another. SIGTERM and Ctrl-C let the job at hand \
            be finished first.
            """)

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var numbers: MetricsOptions
    @Flag(help: "End when no job waits.")
    var once = false
    @Option(help: "How often a job is tried before it counts as failed.")
    var tries = 5
    @Option(help: "The largest uploaded recording that is fetched, in MiB.")
    var largestMb = 256
    @Option(help: "The folder that recordings must lie in if they are read by their path. Default: any.")
    var within: String?
    @Option(help: "After how many silent seconds a job goes to another worker, if the queue does not exist yet.")
    var answer = 30.0

    func validate() throws {
        guard (1...1_000).contains(tries) else { throw ValidationError("--tries expects 1 to 1000.") }
        guard (1...4_096).contains(largestMb) else { throw ValidationError("--largest-mb expects 1 to 4096.") }
        guard (0.5...3_600).contains(answer) else { throw ValidationError("--answer expects 0.5 to 3600.") }
    }

    func run() throws {
        let stop = Interruption.stop()
        var options = JobWorker.Options()
        (options.tries, options.largestRecording, options.within, options.isOnce) =
            (tries, largestMb << 20, within, once)
        var limits = Fleet.Limits()
        limits.answerSeconds = answer
        let worker = try JobWorker(
            try fleet.connect(as: "work"), fleet: try fleet.named(), limits: limits, options: options,
            notice: { Console.error("work: \($0)") }
        ) { (job, path) throws(SpikelineError) in try JobPipeline.run(job, over: path) }
        let server = try numbers.serve(.init(worker.monitor, name: worker.name), for: "work")
        defer { server?.stop() }
        Console.error("work: \(worker.name) is ready")
        let outcome = Result { () throws(SpikelineError) in try worker.work { stop.isRequested } }
        let counts = worker.counts
        Console.error(
            "work: \(counts.done) done, \(counts.failed) failed, \(counts.givenBack) given back, "
                + "\(counts.duplicates) done by others before")
        try outcome.get()
    }
}
