import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

@Suite struct ModelFileTests {
    @Test func whatWasWrittenIsReadBack() throws {
        let model = Samples.small()
        #expect(try ModelFile(bytes: try model.bytes(), name: "m") == model)
    }

    @Test func randomNetworksReadBackEqual() throws {
        for seed in 0..<40 {
            var dice = Dice(state: UInt64(seed))
            var model = Samples.small()
            model.network = Samples.random(&dice)
            #expect(try ModelFile(bytes: try model.bytes(), name: "m") == model, "seed \(seed)")
        }
    }

    @Test func convolutionsReadBackEqual() throws {
        for seed in 0..<40 {
            var dice = Dice(state: UInt64(seed))
            var model = Samples.small()
            model.network = Samples.convolutional(&dice)
            #expect(try ModelFile(bytes: try model.bytes(), name: "m") == model, "seed \(seed)")
        }
    }

    @Test func equalModelsGiveEqualBytes() throws {
        #expect(try Samples.small().bytes() == Samples.small().bytes())
        #expect(try Samples.large20.bytes() == Samples.large20.bytes())
    }

    @Test(arguments: [15.0, 32.0]) func aKeywordModelStaysBelow300kB(deviation: Double) throws {
        let model = Samples.large(deviation: deviation)
        #expect(model.network.weightCount > 289_000)
        let bytes = try model.bytes()
        #expect(bytes.count <= 300_000)
        #expect(try ModelFile(bytes: bytes, name: "m") == model)
    }
}
