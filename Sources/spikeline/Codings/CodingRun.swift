import SpikeEncoders
import SpikePictures
import SpikeSignals

/// Values that went through a coding and back.
struct CodingRun {
    /// `count` spikes of a channel in a tick.
    struct Spike: Hashable {
        var tick: Int
        var channel: Int
        var count: Int
    }

    let parameters: CodingParameters
    /// The values of each tick, from 0 to 1: `[value][tick]`.
    let signal: [[Double]]
    /// What the decoder said in each tick.
    let decoded: [[Double]]
    let spikes: [Spike]
    /// How many ticks the decoder is late.
    let delay: Int
    /// The largest error for a value that rests, if it has a bound.
    let bound: Double?

    /// Codes and decodes `values`: `[tick][value]`, Q16.
    init(_ parameters: CodingParameters, values: [[Int64]]) throws(SpikelineError) {
        let count = values.first?.count ?? 1
        let encoder = try CodingEncoder(parameters, values: count)
        let decoder = try CodingDecoder(parameters, values: count)
        var signal = Array(repeating: [Double](), count: count)
        for index in signal.indices { signal[index].reserveCapacity(values.count) }
        var (decoded, spikes, row) = (signal, [Spike](), [Int64]())
        let unit = 1 / Double(CodingParameters.one)
        for (tick, input) in values.enumerated() {
            row = input
            encoder.encode(&row)
            decoder.decode(encoder.counts)
            for index in signal.indices {
                signal[index].append(Double(row[index]) * unit)
                decoded[index].append(Double(decoder.estimates[index]) * unit)
            }
            for (channel, count) in encoder.counts.enumerated() where count > 0 {
                spikes.append(Spike(tick: tick, channel: channel, count: Int(count)))
            }
        }
        self.parameters = parameters
        (self.signal, self.decoded, self.spikes) = (signal, decoded, spikes)
        (delay, bound) = (decoder.delay, decoder.bound)
    }

    var ticks: Int { signal.first?.count ?? 0 }
    var seconds: Double { Double(ticks * parameters.tickMilliseconds) / 1_000 }
    var spikeCount: Int { spikes.reduce(0) { $0 + $1.count } }
    var spikesPerSecond: Double { seconds > 0 ? Double(spikeCount) / seconds : 0 }

    /// Where the decoder has something to say about the signal, `delay` ticks late: when a whole window has passed since.
    private var judged: Range<Int> {
        min(delay + (parameters.method == .delta ? 0 : parameters.windowTicks), ticks)..<ticks
    }

    /// Root of the mean square, and the largest, of the errors of all values; nil if nothing can be judged.
    var error: (rms: Double, largest: Double)? {
        var (squares, largest, count) = (0.0, 0.0, 0)
        for (signal, decoded) in zip(signal, decoded) {
            for tick in judged {
                let error = abs(decoded[tick] - signal[tick - delay])
                squares += error * error
                largest = max(largest, error)
                count += 1
            }
        }
        return count == 0 ? nil : ((squares / Double(count)).squareRoot(), largest)
    }

    /// The signal's variance over the mean square error, in dB, over all values, each about its own mean; nil if the signal rests or there is
    /// no error.
    var signalToNoise: Double? {
        var (variance, noise) = (0.0, 0.0)
        for (signal, decoded) in zip(signal, decoded) {
            guard !judged.isEmpty else { return nil }
            let known = signal[judged.lowerBound - delay..<judged.upperBound - delay]
            let mean = known.reduce(0, +) / Double(known.count)
            for tick in judged {
                let (value, error) = (signal[tick - delay] - mean, decoded[tick] - signal[tick - delay])
                variance += value * value
                noise += error * error
            }
        }
        return variance > 0 && noise > 0 ? CodingRun.decibels(variance / noise) : nil
    }

    /// Bits a second that are kept, summed over the values; nil for too short a signal.
    func information(bandwidthHertz: Double) -> Double? {
        let rate = InformationRate(
            bandwidthHertz: bandwidthHertz, tickSeconds: Double(parameters.tickMilliseconds) / 1_000)
        var sum = 0.0
        for (signal, decoded) in zip(signal, decoded) {
            guard judged.count > 0,
                let bits = rate.bitsPerSecond(
                    Array(signal[judged.lowerBound - delay..<judged.upperBound - delay]), Array(decoded[judged]))
            else { return nil }
            sum += bits
        }
        return sum
    }

    private static func decibels(_ ratio: Double) -> Double { 10 * SetUpMath.log(ratio) / SetUpMath.log(10) }
}

extension CodingParameters {
    /// The settings that the coding uses, in words.
    var text: String {
        let tick = "ticks of \(tickMilliseconds) ms"
        switch method {
        case .poisson, .regular: return "\(Figures.short(rateHertz)) Hz at 1, counted over \(windowTicks) \(tick)"
        case .latency: return "window \(windowTicks) \(tick)"
        case .logLatency: return "window \(windowTicks) \(tick), \(Figures.short(octaves)) octaves"
        case .firstSpike:
            return
                "window \(windowTicks) \(tick), threshold \(Figures.short(threshold)), tau \(Figures.short(tauTicks))"
        case .rankOrder: return "window \(windowTicks) \(tick), sensitivity \(Figures.short(sensitivity))"
        case .phase: return "period \(windowTicks) \(tick)"
        case .weightedPhase: return "\(windowTicks) digits, \(tick)"
        case .population: return "\(neurons) neurons, window \(windowTicks) \(tick)"
        case .delta:
            return "step \(Figures.short(threshold))"
                + (hysteresis > 0 ? ", hysteresis \(Figures.short(hysteresis))" : "") + ", \(tick)"
        }
    }
}
