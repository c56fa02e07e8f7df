import ArgumentParser
import SpikeSignals

/// Measures the program against references in the same run.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure ear, engine and pipeline, as ratios to references in the same run.",
        discussion: "Cases:\n" + BenchCase.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

    @Argument(help: "The cases or groups of cases (what stands before a dot) to measure; all if none is named.")
    var names: [String] = []

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
            let result = try bench.measure()
            table.add([
                bench.name, Figures.short(result.value), result.unit, result.reference ?? "-",
                Figures.short(result.referenceValue), Figures.short(result.ratio),
            ])
            results.append(result.jsonValue(name: bench.name))
        }
        Console.progress("")
        Console.print(
            json ? JSONValue.object([("v", .integer(1)), ("cases", .array(results))]).text : table.text)
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
