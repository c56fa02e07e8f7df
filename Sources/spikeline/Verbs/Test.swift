import ArgumentParser
import SpikePipeline
import SpikeSignals

/// Runs the tests that a pipeline carries.
struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the tests that a pipeline carries.",
        discussion: "Ends with 0 if all pass and with 2 if one fails or there is none.")

    @OptionGroup var changed: ChangedPipeline

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let pipeline = try changed.load()
        guard !pipeline.tests.isEmpty else {
            throw SpikelineError(
                "expected at least one test, found none", at: changed.pipeline, hint: "Add some under \"tests:\"")
        }
        let results = pipeline.tests.map { test in
            let result = pipeline.run(test)
            if !json { Console.print("\(result)") }
            return result
        }
        let failed = results.count { !$0.hasPassed }
        if json {
            Console.print(
                JSONValue.object([
                    ("v", .integer(1)), ("passed", .integer(results.count - failed)), ("failed", .integer(failed)),
                    ("tests", .array(results.map(\.jsonValue))),
                ]).text)
        }
        if failed > 0 { throw ExitCode(SpikelineError.Cause.input.rawValue) }
    }
}
