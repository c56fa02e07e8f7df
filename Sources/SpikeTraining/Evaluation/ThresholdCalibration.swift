/// Chooses a threshold for each word so that together they find the most words within a limit of false alarms.
///
/// From a curve whose points hold each word's hits and false alarms at a common threshold, each word takes the
/// threshold that maximises `hits - price * false alarms`; the price is the lowest at which the sum keeps the limit
/// (a Lagrangian relaxation: the words share one budget). Where several thresholds are equally good, the middle of the
/// highest run of them is taken, because that is the least tuned to the recordings at hand.
///
/// It chooses from the recordings it is given: use recordings of other speakers to say what the choice is worth.
public struct ThresholdCalibration: Sendable {
    /// The chosen thresholds.
    public let thresholds: [String: Double]
    /// Words found with them, as far as words do not disturb each other.
    public let hits: Int
    /// False alarms per hour with them, over all streams.
    public let falseAlarmsPerHour: Double

    /// Chooses thresholds within `limit` false alarms per hour over all streams of `curve`; nil if even the highest
    /// thresholds have more, or if the curve is empty.
    public init?(curve: DETCurve, falseAlarmsPerHour limit: Double) {
        guard let first = curve.points.first else { return nil }
        let hours = first.hours + first.otherHours
        guard hours > 0 else { return nil }
        let words = first.words.keys.sorted()
        for price in Self.prices {
            var thresholds: [String: Double] = [:]
            var hits = 0
            var falseAlarms = 0
            for word in words {
                let counts = curve.points.map { $0.words[word] ?? StreamReport.Word() }
                let chosen = Self.choose(counts, price: price)
                thresholds[word] = curve.points[chosen].threshold
                hits += counts[chosen].hits
                falseAlarms += counts[chosen].falseAlarms
            }
            guard Double(falseAlarms) <= limit * hours else { continue }
            self.thresholds = thresholds
            self.hits = hits
            falseAlarmsPerHour = Double(falseAlarms) / hours
            return
        }
        return nil
    }

    /// False alarms cost so many hits, lowest first.
    private static let prices: [Double] = (0..<64).map { index in
        let octave = Double(1 << (index / 4))
        let step = Double(index % 4) / 4
        return 0.02 * octave * (1 + step)
    }

    private static func choose(_ counts: [StreamReport.Word], price: Double) -> Int {
        let values = counts.map { Double($0.hits) - price * Double($0.falseAlarms) }
        let best = values.max() ?? 0
        guard let last = values.lastIndex(where: { $0 >= best - 1e-9 }) else { return 0 }
        var start = last
        while start > 0, values[start - 1] >= best - 1e-9 { start -= 1 }
        return (start + last) / 2
    }
}
