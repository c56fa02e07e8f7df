import SpikeSignals

/// The filters once more, as slow and plain as they can be said, to compare with; none shares code with the stages.
///
/// They keep dictionaries and whole histories; times count from the first event of the stream.
struct NaiveFilters {
    let stream: EventStream

    private func time(_ event: SeenEvent) -> Int64 { event.time - stream.events[0].time }
    private func place(_ event: SeenEvent) -> Place { Place(x: event.x, y: event.y) }

    /// The number of the interval of `length` that a time is in, counted from 0.
    private func interval(_ time: Int64, _ length: Int64) -> Int64 {
        time >= 0 ? time / length : -((-time + length - 1) / length)
    }

    func crop(left: Int, top: Int, width: Int, height: Int, isShifted: Bool) -> [SeenEvent] {
        stream.events.filter { (left..<left + width).contains($0.x) && (top..<top + height).contains($0.y) }
            .map { event in
                var event = event
                if isShifted { (event.x, event.y) = (event.x - left, event.y - top) }
                return event
            }
    }

    func downsample(factor: Int, step: Int64?) -> [SeenEvent] {
        struct Key: Hashable {
            var place: Place
            var isOn: Bool
        }
        var last: [Key: Int64] = [:]
        return stream.events.compactMap { event in
            var event = event
            (event.x, event.y) = (event.x / factor, event.y / factor)
            guard let step else { return event }
            let now = interval(time(event), step)
            let before = last.updateValue(now, forKey: Key(place: place(event), isOn: event.isOn))
            return before == now ? nil : event
        }
    }

    func polarity(_ keep: String) -> [SeenEvent] {
        switch keep {
        case "on": stream.events.filter(\.isOn)
        case "off": stream.events.filter { !$0.isOn }
        default: stream.events.map { SeenEvent(time: $0.time, x: $0.x, y: $0.y, isOn: true) }
        }
    }

    func mirror(x: Bool, y: Bool, diagonal: Bool) -> [SeenEvent] {
        stream.events.map { event in
            var event = event
            if x { event.x = stream.size.x - 1 - event.x }
            if y { event.y = stream.size.y - 1 - event.y }
            if diagonal { (event.x, event.y) = (event.y, event.x) }
            return event
        }
    }

    func refractory(deadTime: Int64, restartsAlways: Bool) -> [SeenEvent] {
        var last: [Place: Int64] = [:]
        return stream.events.filter { event in
            var isDeaf = false
            if let before = last[place(event)] { isDeaf = event.time >= before && event.time < before + deadTime }
            if !isDeaf || restartsAlways { last[place(event)] = event.time }
            return !isDeaf
        }
    }

    func backgroundActivity(support: Int64, neighbours: Int, isSamePolarity: Bool) -> [SeenEvent] {
        var last: [Bool: [Place: Int64]] = [:]
        return stream.events.filter { event in
            let polarity = isSamePolarity ? event.isOn : true
            var supporters = 0
            for y in event.y - 1...event.y + 1 {
                for x in event.x - 1...event.x + 1 where Place(x: x, y: y) != place(event) {
                    if let other = last[polarity]?[Place(x: x, y: y)], abs(other - event.time) <= support {
                        supporters += 1
                    }
                }
            }
            last[polarity, default: [:]][place(event)] = event.time
            return supporters >= neighbours
        }
    }

    /// For times that do not step back.
    func hotPixels(learn: Int64, factor: Int, minRate: Int, relearn: Int64, listed: Set<Place>) -> [SeenEvent] {
        var (hot, counts, begin, isLearning) = (listed, [Place: Int](), Int64(0), learn > 0)
        return stream.events.filter { event in
            let now = time(event)
            if isLearning, now >= begin + learn {
                let silent = [Int](repeating: 0, count: stream.size.x * stream.size.y - counts.count)
                let sorted = (silent + counts.values).sorted()
                let limit = max(Double(factor * sorted[(sorted.count - 1) / 2]), Double(minRate) * Double(learn) / 1e6)
                hot = listed.union(counts.filter { Double($0.value) > limit }.keys)
                (isLearning, counts) = (false, [:])
            }
            if !isLearning, relearn > 0, now >= begin + relearn { (isLearning, begin) = (true, now) }
            if isLearning { counts[place(event), default: 0] += 1 }
            return !hot.contains(place(event))
        }
    }

    /// For times that do not step back; which of `expected` events are due has a closed form.
    func rateLimit(budget: Int, window: Int64, isEven: Bool) -> [SeenEvent] {
        let all = Dictionary(grouping: stream.events) { interval(time($0), window) }
        return all.keys.sorted().flatMap { key -> [SeenEvent] in
            let events = all[key] ?? []
            guard isEven else { return Array(events.prefix(budget)) }
            let expected = max(budget, all[key - 1]?.count ?? 0)
            func due(before index: Int) -> Int { (expected - budget + index * budget) / expected }
            let chosen = events.indices.filter { due(before: $0 + 1) > due(before: $0) }
            return chosen.prefix(budget).map { events[$0] }
        }
    }

    /// For times that do not step back; counts the periods anew from the whole history of edges at each event.
    func flicker(minHertz: Double, maxHertz: Double, periods: Int, tolerance: Int64) -> [SeenEvent] {
        let band = Int64(1e6 / maxHertz)...Int64((1e6 / minHertz).rounded(.up))
        var last: [Place: SeenEvent] = [:]
        var edges: [Place: [Int64]] = [:]
        return stream.events.filter { event in
            if last[place(event)]?.isOn == true, !event.isOn { edges[place(event), default: []].append(event.time) }
            last[place(event)] = event
            let times = edges[place(event)] ?? []
            guard let edge = times.last, event.time - edge <= band.upperBound else { return true }
            let lengths = zip(times.dropFirst(), times).map { $0 - $1 }.reversed().prefix { band.contains($0) }
            guard !lengths.isEmpty else { return true }
            let agreeing = zip(lengths.dropFirst(), lengths).prefix { abs($0 - $1) <= tolerance }
            return 1 + agreeing.count < periods
        }
    }
}
