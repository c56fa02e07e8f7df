import Glibc
import SpikeEncoders
import SpikeTestSupport

/// Test signals as 24-bit samples, and what is measured on them.
enum Signal {
    static func tone(_ hertz: Double, amplitude: Double, count: Int, rate: Double = 16_000) -> [Int32] {
        (0..<count).map { quantise(amplitude * sin(2 * .pi * hertz * Double($0) / rate)) }
    }

    static func square(_ hertz: Double, amplitude: Double, count: Int, rate: Double = 16_000) -> [Int32] {
        (0..<count).map { quantise(sin(2 * .pi * hertz * (Double($0) + 0.5) / rate) < 0 ? -amplitude : amplitude) }
    }

    /// A logarithmic sweep from 50 to 7900 Hz.
    static func sweep(amplitude: Double, count: Int, rate: Double = 16_000) -> [Int32] {
        var phase = 0.0
        return (0..<count).map { index in
            phase += 2 * .pi * 50 * pow(158, Double(index) / Double(count)) / rate
            return quantise(amplitude * sin(phase))
        }
    }

    static func noise(amplitude: Double, count: Int, seed: UInt64) -> [Int32] {
        var random = Random(seed: seed)
        return (0..<count).map { _ in quantise(amplitude * (2 * random.unit() - 1)) }
    }

    static func quantise(_ x: Double) -> Int32 { Int32((x * Double(1 << 23)).rounded()) }

    static func real(_ samples: [Int32]) -> [Double] { samples.map { Double($0) / Double(1 << 23) } }

    /// The samples of a 16-bit mono WAV file of the goldens, on the 24-bit scale.
    static func golden(_ name: String) throws -> [Int32] {
        let bytes = try file("golden/cochlea/" + name)
        return stride(from: 44, to: bytes.count - 1, by: 2).map {
            Int32(Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)) << 8
        }
    }

    /// Rows of little-endian float32 values of the goldens.
    static func goldenRows(_ name: String, channels: Int) throws -> [[Double]] {
        let bytes = try file("golden/cochlea/" + name)
        let values = stride(from: 0, to: bytes.count - 3, by: 4).map { index in
            Double(Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }))
        }
        let count = values.count / channels
        return (0..<channels).map { Array(values[$0 * count..<($0 + 1) * count]) }
    }

    static func text(_ name: String) throws -> String { String(decoding: try file(name), as: UTF8.self) }

    struct Missing: Error { var name: String }

    private static func file(_ name: String) throws -> [UInt8] {
        guard let path = SharedData.path(name), let stream = unsafe fopen(path, "rb") else { throw Missing(name: name) }
        defer { unsafe fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = unsafe fread(&chunk, 1, chunk.count, stream)
            if got == 0 { return bytes }
            bytes += chunk[0..<got]
        }
    }
}

/// A small generator with a seed (SplitMix64).
struct Random: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}

/// Runs the integer filterbank and keeps every band signal.
enum IntegerBank {
    static func bands(_ parameters: Gammatone.Parameters, _ samples: [Int32]) -> [[Double]] {
        bands(Gammatone.Coefficients(parameters), samples)
    }

    static func bands(_ coefficients: Gammatone.Coefficients, _ samples: [Int32]) -> [[Double]] {
        var state = Gammatone.State(coefficients)
        var input = Gammatone.Input(longestRun: 1)
        var bands = [[Double]](repeating: [], count: coefficients.centreFrequencies.count)
        for sample in samples {
            input.set(0, to: sample)
            state.run(coefficients, over: &input, count: 1)
            for channel in bands.indices {
                bands[channel].append(Double(state.output(of: channel)) * coefficients.unit[channel])
            }
        }
        return bands
    }
}

/// Distances between band signals.
enum Measure {
    static func rms(_ x: [Double]) -> Double { sqrt(x.reduce(0) { $0 + $1 * $1 } / Double(max(x.count, 1))) }

    /// The rms of `a - g b` relative to the rms of `a` in dB, with g fitted or 1.
    static func error(_ a: [Double], _ b: [Double], fitGain: Bool) -> Double {
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        let power = b.reduce(0) { $0 + $1 * $1 }
        let g = fitGain && power > 0 ? product / power : 1
        return 20 * log10(rms(zip(a, b).map { $0 - g * $1 }) / max(rms(a), 1e-30))
    }
}
