import ArgumentParser
import SpikeFleet
import SpikePipeline
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// `spikeline top`.
struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a fleet is doing: waiting jobs, workers, rates.",
        discussion: "Shows it anew every two seconds, until Ctrl-C; once with --once or where no terminal reads.")

    @OptionGroup var fleet: FleetOptions
    @Flag(help: "Show it once.")
    var once = false

    func run() throws {
        let stop = Interruption.stop()
        let connection = try fleet.connect(as: "top")
        var before: (results: Int, time: Double)?
        repeat {
            let status = try FleetStatus(connection, fleet: try fleet.named())
            let now = Progress.now()
            let rate = before.map { Double(status.results - $0.results) / max(now - $0.time, 0.001) }
            before = (status.results, now)
            Console.print((Console.isReadByPeople && !once ? "\u{1b}[H\u{1b}[2J" : "") + Self.text(status, rate: rate))
            if once || !Console.isReadByPeople { break }
            for _ in 0..<20 where !stop.isRequested { usleep(100_000) }
        } while !stop.isRequested
    }

    private static func text(_ status: FleetStatus, rate: Double?) -> String {
        var lines = [
            "waiting \(status.waiting)  taken \(status.taken)  redelivered \(status.redelivered)  results "
                + "\(status.results)  dead \(status.dead)"
                + (rate.map { "  \(Figures.decimal($0, 1)) results/s" } ?? "")
        ]
        var table = TextTable([
            ("worker", .left), ("state", .left), ("done", .right), ("failed", .right), ("given back", .right),
        ])
        for worker in status.workers.sorted(by: { $0.name < $1.name }) {
            table.add([
                worker.name, worker.isBusy ? "busy" : "idle", "\(worker.done)", "\(worker.failed)",
                "\(worker.givenBack)",
            ])
        }
        lines.append(table.text)
        return lines.joined(separator: "\n")
    }
}
