import Foundation

@testable import SpikeEncoders

/// Values of a stream, a row for each tick, and what the codings make of them.
struct CodedStream {
    /// The spikes of each tick.
    var counts: [[UInt8]] = []
    /// The estimates of each tick.
    var estimates: [[Int64]] = []
    /// The delay of the decoder.
    var delay = 0
    /// The bound of the decoder.
    var bound: Double?

    init(_ parameters: CodingParameters, _ values: [[Int64]], from tick: Int64 = 0) throws {
        let count = values.first?.count ?? 1
        let encoder = try CodingEncoder(parameters, values: count)
        let decoder = try CodingDecoder(parameters, values: count)
        (delay, bound) = (decoder.delay, decoder.bound)
        encoder.skip(to: tick)
        decoder.skip(to: tick)
        for row in values {
            var row = row
            encoder.encode(&row)
            counts.append(encoder.counts)
            decoder.decode(encoder.counts)
            estimates.append(decoder.estimates)
        }
    }
}

/// The codings from their formulas, in floating point and one value at a time. What is nearer than `margin` to the other decision
/// counts as either, so rounding of the integers does not matter and nothing else is excused.
enum PlainCoding {
    static let margin = 1e-4

    /// Spikes of one value at each tick, nil where both decisions are right: then the twin goes on with `seen`.
    static func spikes(_ parameters: CodingParameters, _ x: [Double], seen: [[UInt8]]) -> [[UInt8]?] {
        switch parameters.method {
        case .regular: regular(parameters, x)
        case .latency: delays(parameters, x) { (1 - $0) * Double(parameters.windowTicks) }
        case .logLatency:
            delays(parameters, x) {
                $0 > 0 ? -log2($0) * Double(parameters.windowTicks) / parameters.octaves : 1e9
            }
        case .firstSpike: firstSpike(parameters, x, seen)
        // A value alone is the first, whatever it is.
        case .rankOrder: delays(parameters, x) { $0 > 0 ? 0 : 1e9 }
        case .phase: phase(parameters, x, seen)
        case .weightedPhase: digits(parameters, x)
        case .population: population(parameters, x)
        case .delta: delta(parameters, x)
        case .poisson: poisson(parameters, x, seen)
        }
    }

    private static func regular(_ parameters: CodingParameters, _ x: [Double]) -> [[UInt8]?] {
        let gain = parameters.rateHertz * Double(parameters.tickMilliseconds) / 1_000
        var (sum, fired) = (0.5, 0.0)
        return x.map { value in
            sum += value * gain
            let all = sum.rounded(.down)
            defer { fired = all }
            // Whole spikes so far; too close to the next one to tell: either.
            return abs(sum - sum.rounded()) < margin ? nil : [UInt8(all - fired)]
        }
    }

    private static func delays(
        _ parameters: CodingParameters, _ x: [Double], _ delay: (Double) -> Double
    ) -> [[UInt8]?] {
        let window = parameters.windowTicks
        return x.indices.map { tick in
            let exact = delay(x[tick / window * window])
            let isTie = abs(exact - exact.rounded(.down) - 0.5) < margin * Double(window)
            return isTie ? nil : [exact.rounded() == Double(tick % window) ? 1 : 0]
        }
    }

    private static func firstSpike(_ parameters: CodingParameters, _ x: [Double], _ seen: [[UInt8]]) -> [[UInt8]?] {
        var (potential, isDone) = (0.0, false)
        return x.indices.map { tick in
            if tick % parameters.windowTicks == 0 { (potential, isDone) = (0, false) }
            if isDone { return [0] }
            potential = x[tick] + (potential - x[tick]) * exp(-1 / parameters.tauTicks)
            isDone = seen[tick][0] > 0
            if abs(potential - parameters.threshold) < margin { return nil }
            return [potential > parameters.threshold ? 1 : 0]
        }
    }

    private static func phase(_ parameters: CodingParameters, _ x: [Double], _ seen: [[UInt8]]) -> [[UInt8]?] {
        var isDone = false
        return x.indices.map { tick in
            let place = tick % parameters.windowTicks
            if place == 0 { isDone = false }
            if isDone { return [0] }
            let rhythm = (1 - cos(2 * .pi * Double(place + 1) / Double(parameters.windowTicks))) / 2
            isDone = seen[tick][0] > 0
            if abs(x[tick] + rhythm - 1) < margin { return nil }
            return [x[tick] + rhythm > 1 ? 1 : 0]
        }
    }

    private static func digits(_ parameters: CodingParameters, _ x: [Double]) -> [[UInt8]?] {
        let window = parameters.windowTicks
        return x.indices.map { tick in
            // Sixteen bits and a power of two: nothing is rounded but what the formula rounds.
            var rest = min((x[tick / window * window] * exp2(Double(window))).rounded(), exp2(Double(window)) - 1)
            for place in 0...tick % window {
                let weight = exp2(Double(window - 1 - place))
                let isSet = rest >= weight
                if isSet { rest -= weight }
                if place == tick % window { return [isSet ? 1 : 0] }
            }
            return [0]
        }
    }

    private static func population(_ parameters: CodingParameters, _ x: [Double]) -> [[UInt8]?] {
        let (window, m) = (parameters.windowTicks, parameters.neurons)
        return x.indices.map { tick in
            var (row, isTie) = ([UInt8](repeating: 0, count: m), false)
            for i in 1...m {
                let centre = Double(2 * i - 3) / 2 / Double(m - 2)
                let sigma = 1 / 1.5 / Double(m - 2)
                let distance = x[tick / window * window] - centre
                let delay = (1 - exp(-distance * distance / 2 / sigma / sigma)) * Double(window)
                if abs(delay - delay.rounded(.down) - 0.5) < margin * Double(window) { isTie = true }
                let ticks = Int(delay.rounded())
                if 10 * ticks <= 9 * window, ticks == tick % window { row[i - 1] = 1 }
            }
            return isTie ? nil : row
        }
    }

    private static func delta(_ parameters: CodingParameters, _ x: [Double]) -> [[UInt8]?] {
        // Thresholds in the tests are multiples of 2^-16, so this is exact.
        var (reference, last) = (0.0, 0.0)
        return x.map { value in
            let sign: Double = value < reference ? -1 : 1
            let distance = abs(value - reference)
            let turn = sign * last < 0 ? parameters.hysteresis : 0
            var row: [UInt8] = [0, 0]
            if distance >= parameters.threshold + turn {
                let spikes = min((distance / parameters.threshold).rounded(.down), 255)
                row[sign > 0 ? 1 : 0] = UInt8(spikes)
                reference += sign * spikes * parameters.threshold
                last = sign
            }
            return row
        }
    }

    private static func poisson(_ parameters: CodingParameters, _ x: [Double], _ seen: [[UInt8]]) -> [[UInt8]?] {
        // The times are random; who is silent and who always fires is not.
        let chance = parameters.rateHertz * Double(parameters.tickMilliseconds) / 1_000
        return x.map { $0 == 0 ? [0] : $0 * chance == 1 ? [1] : nil }
    }
}
