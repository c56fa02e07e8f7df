import ArgumentParser
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Measures the program against references in the same run.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the parts of this program, as ratios to references in the same run.",
        discussion: "Cases:\n" + BenchCase.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

    @Argument(help: "The cases or groups of cases (what stands before a dot) to measure; all if none is named.")
    var names: [String] = []

    @Option(help: "Case events: a folder of recordings that Scripts/make-event-files wrote. Default: own small ones.")
    var files: String?
    @Flag(help: "Case events: time the other packages on the same files too (Scripts/event-peers installs them).")
    var peers = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let cases = try selected()
        var table = TextTable([
            ("case", .left), ("value", .right), ("unit", .left), ("reference", .left), ("reference value", .right),
            ("ratio", .right),
        ])
        var results: [JSONValue] = []
        for bench in cases {
            Console.progress("measuring \(bench.name) ...")
            for result in try bench.measure(settings) {
                let name = result.detail.isEmpty ? bench.name : bench.name + " " + result.detail
                table.add([
                    name, Figures.short(result.value), result.unit, result.reference ?? "-",
                    Figures.short(result.referenceValue), Figures.short(result.ratio),
                ])
                results.append(result.jsonValue(name: name))
            }
        }
        Console.progress("")
        Console.print(
            json ? JSONValue.object([("v", .integer(1)), ("cases", .array(results))]).text : table.text)
    }

    private var settings: BenchSettings {
        BenchSettings(eventFiles: files, peerScript: peers ? "Scripts/time-event-peers" : nil)
    }

    func validate() throws {
        if peers, files == nil { throw ValidationError("--peers needs --files.") }
        if peers, unsafe access("Scripts/time-event-peers", X_OK) != 0 {
            throw ValidationError("--peers needs Scripts/time-event-peers; run this in the folder of the package.")
        }
    }

    private func selected() throws(SpikelineError) -> [BenchCase] {
        guard !names.isEmpty else { return BenchCase.all }
        var cases: [BenchCase] = []
        for name in names {
            let found = BenchCase.all.filter { $0.name == name || $0.name.hasPrefix(name + ".") }
            guard !found.isEmpty else {
                let known = BenchCase.all.map(\.name)
                throw SpikelineError(
                    "there is no case \"\(name)\"", at: "bench",
                    hint: "Known: " + known.joined(separator: ", ") + "." + NearMiss.hint(for: name, among: known))
            }
            cases += found
        }
        return cases
    }
}

extension BenchResult {
    /// The result as the JSON object that the manual promises.
    fileprivate func jsonValue(name: String) -> JSONValue {
        .object([
            ("name", .string(name)), ("value", .fixed(value, decimals: 6)), ("unit", .string(unit)),
            ("reference", reference.map(JSONValue.string) ?? .null),
            ("reference_value", referenceValue.map { .fixed($0, decimals: 6) } ?? .null),
            ("ratio", ratio.map { .fixed($0, decimals: 4) } ?? .null),
        ])
    }
}
