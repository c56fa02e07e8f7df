import SpikeEncoders
import SpikeNetwork
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeTraining

#if canImport(Glibc)
import Glibc
#endif

/// What is trained is what runs, on every clip of the dev set.
@Suite struct EngineAgreementOnSpeechTests {
    /// A debug build hears a thirtieth of the clips, since it is as much slower.
    #if DEBUG
    static let step = 30
    #else
    static let step = 1
    #endif

    static let architecture = TemporalArchitecture(
        inputs: 80, maximumInputSpikes: 15, tickNanoseconds: 20_000_000,
        layers: [
            .init(width: 128, delays: [0, 1, 2]), .init(width: 128, delays: [0, 2, 4, 6, 8]),
            .init(width: 128, delays: [0, 4, 8, 12, 16]), .init(width: 128, delays: [0, 4, 8, 12, 16]),
        ], outputs: 12)

    @Test(.enabled(if: SharedData.has("speech/dev"), "the speech data is not there"))
    func everySpikeOfTheDevSetIsEqual() throws {
        let folder = try #require(SharedData.path("speech/dev"))
        let ear = try Cochlea()
        let files = Self.files(in: folder)
        let clips = try stride(from: 0, to: files.count, by: Self.step).map { index in
            var counts: [UInt8] = []
            ear.appendCounts(of: try AudioClip(path: files[index]).samples, to: &counts)
            return EncodedClip(counts: counts, label: 0)
        }
        #expect(!clips.isEmpty)
        let network = TrainableNetwork(Self.architecture, seed: 4)
        Self.learnStatistics(of: clips, network)
        let agreement = try EngineAgreement(network, clips: clips)
        #expect(agreement.different == 0)
        #expect(agreement.compared == clips.reduce(0) { $0 + $1.counts.count / 80 } * (4 * 128 + 12))
        #expect(agreement.spikes > 100 * clips.count)
    }

    /// The comparison notices a spike that one of the two did not see.
    @Test func differencesAreFound() throws {
        let network = TrainableNetwork(Self.architecture, seed: 4)
        var generator = SeededGenerator(1)
        let counts = (0..<80 * 30).map { _ in UInt8(generator.index(below: 4)) }
        Self.learnStatistics(of: [EncodedClip(counts: counts, label: 0)], network)
        #expect(try EngineAgreement(network, clips: [EncodedClip(counts: counts, label: 0)]).different == 0)
        // The engine refuses a count that it was not proved for; the matrix product does not.
        var loud = counts
        loud[79] = 16
        #expect(try EngineAgreement(network, clips: [EncodedClip(counts: loud, label: 0)]).different > 0)
    }

    /// Gives the network statistics that make every layer fire.
    static func learnStatistics(of clips: [EncodedClip], _ network: TrainableNetwork) {
        network.quantize()
        let shard = Shard(architecture, network.layout, clips: 1, mostTicks: 60)
        guard let clip = clips.first else { return }
        for (index, count) in clip.counts.enumerated() { unsafe shard.input.start[index] = Float(count) }
        shard.forward(
            ticks: clip.counts.count / 80, weights: network.quantized, parameters: network.parameters,
            normalization: .batch)
        for index in architecture.layers.indices {
            network.statistics.blend(
                layer: index, means: shard.means[index], deviations: shard.deviations[index],
                scales: network.quantized.scales[index], momentum: 1)
        }
    }

    /// All FLAC files two levels down, sorted.
    static func files(in folder: String) -> [String] {
        func names(_ path: String) -> [String] {
            guard let stream = unsafe opendir(path) else { return [] }
            defer { unsafe closedir(stream) }
            var names: [String] = []
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if !name.hasPrefix(".") { names.append(path + "/" + name) }
            }
            return names.sorted()
        }
        return names(folder).flatMap(names).filter { $0.hasSuffix(".flac") }
    }
}
