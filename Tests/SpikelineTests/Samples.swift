import SpikeInterchange
import SpikeNetwork
import SpikeSignals

/// Small inputs, right and wrong.
enum Samples {
    /// A RIFF file with one channel at 16 kHz; `format` 1 is 16-bit PCM, 3 is 32-bit float.
    static func wav(format: UInt16, data: [UInt8]) -> [UInt8] {
        func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
            (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
        }
        let width: UInt32 = format == 1 ? 2 : 4
        let header = Array("WAVEfmt ".utf8) + little(UInt32(16)) + little(format) + little(UInt16(1))
        let rates = little(UInt32(16_000)) + little(16_000 * width) + little(UInt16(width)) + little(UInt16(width * 8))
        let body = header + rates + Array("data".utf8) + little(UInt32(data.count)) + data
        return Array("RIFF".utf8) + little(UInt32(body.count)) + body
    }

    /// `seconds` of silence.
    static func silence(seconds: Int) -> [UInt8] {
        wav(format: 1, data: [UInt8](repeating: 0, count: 32_000 * seconds))
    }

    /// One second of floats, zero but for `value` at sample 8,000.
    static func floats(with value: Float) -> [UInt8] {
        let samples = (0..<16_000).map { $0 == 8_000 ? value.bitPattern : 0 }
        return wav(
            format: 3, data: samples.flatMap { bits in (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) } })
    }

    /// A model that reports nothing: one readout for "yes" and one for "silence", all weights zero.
    static func model(
        inputs: Int = 80, labels: [String] = ["yes", "silence"], encoder: ModelFile.Stage = .init(type: "cochlea")
    ) throws -> [UInt8] {
        let readout = Population(
            name: "readout", neuron: .leakyIntegrator(membraneDecay: 16_384),
            thresholds: Array(repeating: 1, count: 2), biases: [0, 256])
        let network = NetworkDescription(
            tickNanoseconds: 20_000_000, inputs: inputs, maximumInputSpikes: 15, populations: [readout],
            connections: [Connection(source: .input, target: 0, weights: Array(repeating: 0, count: inputs * 2))])
        return try ModelFile(
            network: network, encoder: encoder,
            head: .init(type: "keyword", options: ["labels": .list(labels.map { .string($0) })])
        ).bytes()
    }

    /// A pipeline from a sound file to a file of records.
    static let pipeline = """
        sources:
          recording: {type: audio_file, path: sound.wav}
        transforms:
          ear:   {type: cochlea, inputs: [recording]}
          brain: {type: network, inputs: [ear], model: model.nir}
          words: {type: keyword, inputs: [brain]}
        sinks:
          console: {type: jsonl, inputs: [words], path: "-"}

        """
}
