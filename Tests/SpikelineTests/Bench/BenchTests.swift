import SpikeSignals
import Testing

@testable import spikeline

@Suite("Benchmarks")
struct BenchTests {
    @Test("the C loop of the engine gives the engine's potentials and operations")
    func reference() throws {
        // The case itself throws if they differ.
        let result = try BenchCase.engine.measure()
        #expect(result.value > 0)
        #expect((result.reference == nil) == (result.ratio == nil))
    }

    @Test("a case is found by its name, and every name is there once")
    func names() {
        #expect(Set(BenchCase.all.map(\.name)).count == BenchCase.all.count)
        let (groups, alone) = (
            BenchCase.all.filter { $0.name.contains(".") }, BenchCase.all.filter { !$0.name.contains(".") }
        )
        #expect(alone.map(\.name) == ["filters", "ear", "engine", "pipeline"])
        #expect(groups.count == 9 && groups.allSatisfy { $0.name.hasPrefix("event_filters.") })
    }

    @Test("each filter of events passes the same events as its C loop", arguments: BenchCase.eventFilters.indices)
    func eventFilters(index: Int) throws {
        // The case itself throws if they differ.
        #expect(try BenchCase.eventFilters[index].measure().value > 0)
    }

    @Test("a group is measured by its name, and only a whole one")
    func group() throws {
        let outcome = try Program.run(["bench", "event_filter"], in: TemporaryFolder())
        #expect(outcome.code == 2)
        let lines = try Program.run(["bench", "event_filters"], in: TemporaryFolder()).output.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("event_filters.") }.count == 9)
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
