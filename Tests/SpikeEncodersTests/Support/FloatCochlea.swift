import Glibc
import SpikeEncoders

/// The filterbank in 64-bit floating point, written from Slaney's equations and sharing nothing with the integer one.
struct FloatGammatone {
    /// The four numerators (two taps each), then the denominator, per channel; the gain at the centre is divided out.
    private struct Channel {
        var zeros: [Double] = []
        var b1 = 0.0
        var b2 = 0.0
        var gain = 0.0
    }
    private var channels: [Channel] = []
    let frequencies: [Double]

    init(_ parameters: Gammatone.Parameters) {
        let q = 9.26449 * 24.7
        let n = parameters.channels
        let (low, high) = (parameters.lowHertz, parameters.highHertz)
        let span = log((low + q) / (high + q))
        self.init(
            (0..<n).map { -q + exp(Double(n - $0) / Double(n) * span) * (high + q) }, sampleRate: parameters.sampleRate)
    }

    init(_ frequencies: [Double], sampleRate: Int) {
        self.frequencies = frequencies
        for f in frequencies {
            let t = 1 / Double(sampleRate)
            let b = 1.019 * 2 * Double.pi * (f / 9.26449 + 24.7)
            let (c, s, e) = (cos(2 * f * .pi * t), sin(2 * f * .pi * t), exp(-b * t))
            let roots = [sqrt(3 + pow(2, 1.5)), -sqrt(3 + pow(2, 1.5)), sqrt(3 - pow(2, 1.5)), -sqrt(3 - pow(2, 1.5))]
            var channel = Channel(zeros: roots.map { -e * (c + $0 * s) }, b1: -2 * c * e, b2: e * e)
            channel.gain = 1 / Self.magnitude(channel, at: 2 * f * .pi * t)
            channels.append(channel)
        }
    }

    private static func magnitude(_ channel: Channel, at w: Double) -> Double {
        var product = 1.0
        for a in channel.zeros {
            let numerator = hypot(1 + a * cos(w), a * sin(w))
            let denominator = hypot(
                1 + channel.b1 * cos(w) + channel.b2 * cos(2 * w), channel.b1 * sin(w) + channel.b2 * sin(2 * w))
            product *= numerator / denominator
        }
        return product
    }

    /// The band signals, channel after channel, of samples where full scale is 1.
    func bands(_ samples: [Double]) -> [[Double]] {
        channels.map { channel in
            var signal = samples.map { $0 * channel.gain }
            for zero in channel.zeros {
                var (x1, y1, y2) = (0.0, 0.0, 0.0)
                for index in signal.indices {
                    let x = signal[index]
                    let y = x + zero * x1 - channel.b1 * y1 - channel.b2 * y2
                    (x1, y2, y1) = (x, y1, y)
                    signal[index] = y
                }
            }
            return signal
        }
    }
}

/// The whole ear in floating point: mean rectified output per frame, gain control, integrate and fire.
enum FloatEar {
    static func counts(_ parameters: Cochlea.Parameters, _ samples: [Double]) -> [[Int]] {
        let bands = FloatGammatone(parameters.filters).bands(samples)
        let length = parameters.samplesPerFrame
        let frames = samples.count / length
        let energies = (0..<frames).map { t in
            bands.map { band in band[t * length..<(t + 1) * length].reduce(0) { $0 + max($1, 0) } / Double(length) }
        }
        let drives: [[Double]]
        switch parameters.gain {
        case .channel(let gain): drives = channelDrives(energies, gain, Double(parameters.frameMilliseconds))
        case .level(let gain): drives = levelDrives(energies, gain, Double(parameters.frameMilliseconds))
        }
        return fire(drives, parameters)
    }

    private static func channelDrives(
        _ energies: [[Double]], _ gain: GainControl.Channel, _ frame: Double
    ) -> [[Double]] {
        let floor = pow(10, gain.quietDecibels / 20)
        var means = [Double](repeating: 0, count: energies.first?.count ?? 0)
        return energies.enumerated().map { t, row in
            let k = max(1 / Double(t + 1), frame / gain.timeMilliseconds)
            return row.indices.map { c in
                means[c] += k * (row[c] - means[c])
                let normal = row[c] / pow(floor + means[c], gain.exponent)
                return pow(normal + gain.offset, gain.root) - pow(gain.offset, gain.root)
            }
        }
    }

    private static func levelDrives(_ energies: [[Double]], _ gain: GainControl.Level, _ frame: Double) -> [[Double]] {
        let floor = pow(10, gain.quietDecibels / 20)
        var reference = 0.0
        return energies.enumerated().map { t, row in
            let level = log2(row.reduce(0, +) / Double(row.count) + floor)
            let rising = t == 0 || level > reference
            let k = rising ? max(1 / Double(t + 1), frame / gain.attackMilliseconds) : frame / gain.releaseMilliseconds
            reference += k * (level - reference)
            return row.map { max(0, log2($0 + floor) - reference + gain.rangeDecibels / 20 * log2(10)) }
        }
    }

    private static func fire(_ drives: [[Double]], _ parameters: Cochlea.Parameters) -> [[Int]] {
        var potentials = [Double](repeating: 0.5, count: parameters.filters.channels)
        let gain = parameters.spikeRateHertz * Double(parameters.frameMilliseconds) / 1_000
        var counts: [[Int]] = []
        for (t, row) in drives.enumerated() {
            for c in row.indices { potentials[c] += row[c] * gain }
            guard (t + 1) % parameters.framesPerPhase == 0 else { continue }
            counts.append(
                row.indices.map { c in
                    let n = min(potentials[c].rounded(.down), Double(parameters.maxSpikesPerPhase))
                    potentials[c] = min(potentials[c] - n, 1)
                    return Int(n)
                })
        }
        return counts
    }
}
