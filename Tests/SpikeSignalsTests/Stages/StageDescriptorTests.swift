import SpikeSignals
import Testing

@Suite struct StageDescriptorTests {
    @Test func pathsStartFromTheFolderOfThePipeline() {
        let context = StageContext(pipeline: "p", stage: "s", folder: "Pipelines")
        #expect(context.resolve(path: "Models/a.nir") == "Pipelines/Models/a.nir")
        #expect(context.resolve(path: "/a.nir") == "/a.nir")
        #expect(context.resolve(path: "-") == "-")
        #expect(StageContext(pipeline: "p", stage: "s", folder: "").resolve(path: "a.nir") == "a.nir")
    }

    @Test func theLastOfTwoKindsWithOneNameCounts() throws {
        func kind(_ summary: String) -> StageDescriptor {
            StageDescriptor(
                type: "t", role: .sink, input: .records, summary: summary, options: [],
                make: { (_, _) throws(SpikelineError) in throw SpikelineError("none") })
        }
        let kinds = Catalogue([kind("first"), kind("second")]).descriptors
        #expect(kinds["t"]?.summary == "second")
        let context = StageContext(pipeline: "", stage: "", folder: "")
        #expect(try kinds["t"]?.neighbourDefaults(Options(), context).isEmpty == true)
    }
}
