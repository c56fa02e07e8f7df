/// Finds a known spike pattern in spike trains: counts how many of its spikes come when they should.
///
/// ```
/// score(t) = number of pairs (k, neuron) of the template with a spike of that neuron at t + k,   k = 0 ... 49 ticks
/// ```
/// The template holds each spike of the pattern at its tick and one tick to either side, for jitter of about a
/// millisecond. The threshold lies half-way between what chance gives (the template's size times the mean rate) and what the whole pattern
/// gives. A stretch of scores above it is one finding, at its highest score; it is a hit if that is within two ticks of the beginning
/// of a section with the pattern. Cost: for each tick 50 rows of bits, 64 neurons at once.
public struct PatternTemplate: Sendable {
    /// What was found.
    public struct Outcome: Sendable {
        /// The score of a pattern that would begin at each tick.
        public var scores: [Int]
        /// The score from which on it counts as found.
        public var threshold: Double
        /// Sections with the pattern in which it was found.
        public var hits: Int
        /// Findings elsewhere.
        public var falseAlarms: Int
        /// The mean score at the beginnings of sections with the pattern.
        public var meanInPattern: Double
        /// The mean score elsewhere, at least one section away from any beginning.
        public var meanOutside: Double
    }

    /// The spikes with their neighbours in time, a row for each tick of a section.
    private var rows: BitRaster
    /// Spikes of the pattern itself.
    private let spikes: Int

    /// The pattern that was pasted into `trains`.
    public init(of trains: PatternInNoise) {
        rows = BitRaster(ticks: PatternInNoise.sectionTicks, neurons: trains.settings.neurons)
        spikes = trains.pattern.count
        for spike in trains.pattern {
            for tick in max(0, spike.tick - 1)...min(rows.ticks - 1, spike.tick + 1) { rows[tick, spike.neuron] = true }
        }
    }

    /// Looks for the pattern at every tick.
    public func find(in trains: PatternInNoise) -> Outcome {
        let raster = trains.raster
        let last = raster.ticks - rows.ticks
        let scores = (0...max(0, last)).map { score(at: $0, raster) }
        let chance = Double(rows.count) * Double(raster.count) / Double(raster.ticks * raster.neurons)
        let threshold = (chance + Double(spikes)) / 2
        let starts = trains.patternSections.map { $0 * PatternInNoise.sectionTicks }.filter { $0 <= last }
        var (hits, alarms, found) = (0, 0, [Bool](repeating: false, count: starts.count))
        for peak in Self.peaks(scores, above: threshold) {
            if let index = starts.firstIndex(where: { abs($0 - peak) <= 2 }) {
                if !found[index] { hits += 1 }
                found[index] = true
            } else {
                alarms += 1
            }
        }
        return Outcome(
            scores: scores, threshold: threshold, hits: hits, falseAlarms: alarms,
            meanInPattern: Self.mean(starts.map { scores[$0] }),
            meanOutside: Self.mean(Self.away(from: starts, by: rows.ticks, count: scores.count).map { scores[$0] }))
    }

    private func score(at tick: Int, _ raster: BitRaster) -> Int {
        let start = tick * raster.width
        var sum = 0
        for word in rows.words.indices { sum += (rows.words[word] & raster.words[start + word]).nonzeroBitCount }
        return sum
    }

    /// The tick of the highest score of each stretch above the threshold.
    private static func peaks(_ scores: [Int], above threshold: Double) -> [Int] {
        var (peaks, best) = ([Int](), -1)
        for (tick, score) in scores.enumerated() {
            if Double(score) > threshold {
                if best < 0 || score > scores[best] { best = tick }
            } else if best >= 0 {
                peaks.append(best)
                best = -1
            }
        }
        return best < 0 ? peaks : peaks + [best]
    }

    private static func away(from starts: [Int], by distance: Int, count: Int) -> [Int] {
        var isNear = [Bool](repeating: false, count: count)
        for start in starts {
            for tick in max(0, start - distance)..<min(count, start + distance) { isNear[tick] = true }
        }
        return isNear.indices.filter { !isNear[$0] }
    }

    private static func mean(_ scores: [Int]) -> Double {
        scores.isEmpty ? 0 : Double(scores.reduce(0, +)) / Double(scores.count)
    }
}
