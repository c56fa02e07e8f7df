import CAllocationCounter
import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

/// The hot path allocates nothing once it is warm: a tick costs no heap memory in the ear, the network and the head.
@Suite struct AllocationTests {
    /// A chain as the keyword pipeline has it, with the shipped model.
    struct Chain {
        let ear: Cochlea
        let network: SpikingNetwork
        let head: KeywordHead
        let audio = AudioBatch()
        let spikes = SpikeBatch()
        let potentials = PotentialBatch()
        let records = RecordBatch()
        var state: UInt32 = 1

        init() throws {
            let model = try ModelFile(contentsOf: SharedData.packageRoot + "/Pipelines/Models/keywords.nir")
            ear = try Cochlea(Cochlea.Parameters(options: model.encoder.options))
            network = try SpikingNetwork(model.network)
            var parameters = KeywordParameters(Options(model.head.options))
            // A record is text and may allocate; here nothing fires.
            parameters.threshold = 1
            head = try KeywordHead(parameters, context: StageContext(pipeline: "test", stage: "words", folder: ""))
            audio.samples = [Int32](repeating: 0, count: 1_600)
        }

        /// Fills the block with noise that swells and fades, so that all layers fire.
        mutating func fill(_ block: Int) {
            for index in audio.samples.indices {
                state = state &* 1_664_525 &+ 1_013_904_223
                audio.samples[index] = (Int32(bitPattern: state) >> 12) / Int32(1 + block % 7)
            }
            audio.firstSample = Int64(block) * 1_600
            audio.updateUpTo()
        }

        func run() throws {
            spikes.removeAll()
            try ear.process(audio, into: spikes)
            potentials.removeAll()
            try network.process(spikes, into: potentials)
            records.removeAll()
            try head.process(potentials, into: records)
        }
    }

    #if DEBUG
    static let isOptimized = false
    #else
    static let isOptimized = true
    #endif

    @Test(.enabled(if: isOptimized, "unoptimised closures live on the heap: swift test -c release"))
    func aTickOfTheKeywordChainAllocatesNothing() throws {
        var chain = try Chain()
        for block in 0..<20 {
            chain.fill(block)
            try chain.run()
        }
        let before = chain.network.ticks
        var allocations = 0
        for block in 20..<60 {
            chain.fill(block)
            allocation_counter_start()
            try chain.run()
            allocations += allocation_counter_stop()
        }
        #expect(chain.network.ticks - before == 200)
        #expect(chain.network.spikesFired > 1_000)
        #expect(allocations == 0)
    }

    @Test func theCounterCounts() {
        allocation_counter_start()
        let array = [Int](repeating: 1, count: 1_000)
        let text = String(repeating: "x", count: array.count)
        let count = allocation_counter_stop()
        #expect(count >= 2 && text.utf8.count == 1_000)
    }
}
