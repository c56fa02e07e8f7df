import ArgumentParser
import SpikePipeline
import SpikeSignals

/// `spikeline doctor`.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check this machine, and a pipeline on it: libraries, microphones, files, peers, clock, memory.",
        discussion: """
            Nothing is run or changed; to brokers and web servers a connection is opened and closed. Each line is ok, warning \
            or problem, and says what to do. The exit code is 2 if there is a problem, and otherwise 0.
            """)

    @Argument(help: "A pipeline file (.yaml) to check too.", completion: .file(extensions: ["yaml"]))
    var pipeline: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let checked = pipeline.map(PipelineCheck.findings) ?? ([], [])
        var findings = LibraryCheck.all.map { $0.finding(needs: checked.1) }
        findings += SoundCheck.findings(isNeeded: checked.1.contains("alsa"))
        findings += [SystemCheck.clock(), SystemCheck.memory(try? TextInput.read("/proc/meminfo", limit: 1 << 16))]
        findings += checked.0
        let problems = findings.count { $0.status == .problem }
        if json {
            Console.print(
                JSONValue.object([
                    ("v", .integer(1)), ("problems", .integer(problems)),
                    ("findings", .array(findings.map(\.jsonValue))),
                ]).text)
        } else {
            var table = TextTable([("status", .left), ("what", .left), ("found", .left)])
            for finding in findings {
                let hint = finding.hint.isEmpty ? "" : ". " + finding.hint
                table.add([finding.status.rawValue, finding.subject, finding.what + hint])
            }
            Console.print(table.text)
        }
        if problems > 0 { throw ExitCode(SpikelineError.Cause.input.rawValue) }
    }
}
