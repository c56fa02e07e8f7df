import Glibc

@testable import SpikeSensors

import SpikeSignals

/// A fixed sequence of numbers that look random (SplitMix64, G. L. Steele et al., OOPSLA 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// 16-bit noise that is the same every time.
func noise16(_ count: Int, seed: UInt64 = 1) -> [Int16] {
    var generator = SplitMix64(state: seed)
    return (0..<count).map { _ in Int16.random(in: .min ... .max, using: &generator) }
}

/// A sine of `frequency` Hz.
func sine(_ frequency: Double, amplitude: Double = 0.5, rate: Int, count: Int) -> [Double] {
    (0..<count).map { amplitude * sin(2 * .pi * frequency * Double($0) / Double(rate)) }
}

/// Everything that a source delivers, and the blocks' sizes.
func drain(_ source: AudioFileSource) throws -> (samples: [Int32], blocks: [Int]) {
    let block = AudioBatch()
    var samples: [Int32] = []
    var blocks: [Int] = []
    while try source.read(into: block) {
        samples += block.samples
        blocks.append(block.count)
        block.removeAll()
    }
    return (samples, blocks)
}

/// The message of the error that `body` throws.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch let error as SpikelineError {
        return error.description
    } catch { return "another error: \(error)" }
}
