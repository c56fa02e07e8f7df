import SpikeSignals
import Testing

@testable import spikeline

@Suite("Benchmarks")
struct BenchTests {
    @Test("the C loop of the engine gives the engine's potentials and operations")
    func reference() throws {
        // The case itself throws if they differ.
        let result = try #require(try BenchCase.engine.measure(BenchSettings()).first)
        #expect(result.value > 0)
        #expect((result.reference == nil) == (result.ratio == nil))
    }

    @Test("a case is found by its name, and every name is there once")
    func names() {
        #expect(Set(BenchCase.all.map(\.name)).count == BenchCase.all.count)
        let (groups, alone) = (
            BenchCase.all.filter { $0.name.contains(".") }, BenchCase.all.filter { !$0.name.contains(".") }
        )
        #expect(
            alone.map(\.name) == [
                "filters", "ear", "engine", "pipeline", "events", "event_grid", "synthesis", "anomaly", "gesture",
                "population",
            ])
        #expect(groups.count == 9 && groups.allSatisfy { $0.name.hasPrefix("event_filters.") })
    }

    @Test("each filter of events passes the same events as its C loop", arguments: BenchCase.eventFilters.indices)
    func eventFilters(index: Int) throws {
        // The case itself throws if they differ.
        let results = try BenchCase.eventFilters[index].measure(BenchSettings())
        #expect(results.count == 1 && results.allSatisfy { $0.value > 0 })
    }

    @Test("a group is measured by its name, and only a whole one")
    func group() throws {
        let outcome = try Program.run(["bench", "event_filter"], in: TemporaryFolder())
        #expect(outcome.code == 2)
        let lines = try Program.run(["bench", "event_filters"], in: TemporaryFolder()).output.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("event_filters.") }.count == 9)
    }

    @Test("each format that can be written is read by the case that needs no files")
    func ownRecordings() throws {
        let results = try BenchCase.events.measure(BenchSettings())
        #expect(results.map(\.detail) == ["aedat4", "evt2", "evt3", "dat", "es", "csv"])
        #expect(results.allSatisfy { $0.value > 0 })
    }

    @Test("a folder without recordings, and peers without files, are told")
    func noRecordings() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(["bench", "events", "--files", folder.path], in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("expected recordings with their truth, found none"))
        #expect(try Program.run(["bench", "events", "--peers"], in: folder).code == 2)
    }

    @Test("people are synthesised at a rate, and their events too")
    func synthesis() throws {
        let results = try BenchCase.synthesis.measure(BenchSettings())
        #expect(results.map(\.detail) == ["recordings", "events"])
        #expect(results.allSatisfy { $0.value > 0 })
    }

    @Test("C that does not compile is no reference, and no failure")
    func compiler() {
        #expect(CCompiler.function("run", in: "this is not C") == nil)
        #expect(CCompiler.function("stop", in: "void run(void) {}") == nil)
    }

    @Test("a ratio needs a reference")
    func ratio() {
        #expect(BenchResult(value: 3, unit: "s").ratio == nil)
        #expect(BenchResult(value: 3, unit: "s", reference: "C", referenceValue: 0).ratio == nil)
        #expect(BenchResult(value: 3, unit: "s", reference: "C", referenceValue: 2).ratio == 1.5)
    }
}
