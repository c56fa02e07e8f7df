import ArgumentParser
import SpikeFleet
import SpikePipeline
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// `spikeline results`.
struct Results: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collect the results of a fleet and check that none is missing.",
        discussion: """
            The exit code is 0 if every submitted job has exactly one result, done or failed, and 3 otherwise. With --json \
            each result is a line with its records, and the last line is the tally.
            """)

    @OptionGroup var fleet: FleetOptions
    @Option(help: "The batch. Default: all.")
    var batch: String?
    @Flag(help: "Wait until all results are there.")
    var follow = false
    @Flag(help: "Print one JSON object for each result, and one for the tally.")
    var json = false

    func run() throws {
        let stop = Interruption.stop()
        var results = try JobResults(try fleet.connect(as: "results"), fleet: try fleet.named(), batch: batch)
        while true {
            try results.read { (result) throws(SpikelineError) in
                Console.print(json ? result.jsonValue.text : Self.line(result))
            }
            if results.tally.isComplete || !follow || stop.isRequested { break }
            usleep(200_000)
        }
        let tally = results.tally
        if json {
            Console.print(tally.jsonValue.text)
        } else {
            let open = tally.submitted - tally.done - tally.failed
            Console.print("\(tally.submitted) submitted = \(tally.done) done + \(tally.failed) failed + \(open) open")
        }
        if !tally.isComplete {
            throw SpikelineError(
                tally.submitted == 0 ? "no batch was submitted to its end" : "not every job has its one result",
                at: fleet.nats, hint: "Wait with --follow, or look at spikeline top", cause: .lost)
        }
    }

    private static func line(_ result: JobResult) -> String {
        let what = result.reason.map { "failed  \($0)" } ?? "done    \(result.records.count) records"
        return "\(result.id)  \(result.file)  \(what)"
    }
}
