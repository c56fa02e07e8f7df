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
        #expect(BenchCase.all.map(\.name) == ["filters", "ear", "engine", "pipeline"])
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
