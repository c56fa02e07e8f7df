import SpikeSensors
import SpikeSignals

/// What `spikeline inspect` tells of a recording.
struct RecordingSummary {
    let reader: EventFileReader
    let statistics: EventStatistics

    /// The summary for programs; the names are a contract.
    var jsonValue: JSONValue {
        let tally = EventTally.Item.allCases.map { ($0.name, JSONValue.integer(reader.log.tally[$0])) }
        let hot = statistics.pixels.hotPixels
        return .object([
            ("v", .integer(1)), ("file", .string(reader.name)), ("format", .string(reader.format.rawValue)),
            ("format_title", .string(reader.format.title)),
            ("width", reader.size.map { .integer($0.width) } ?? .null),
            ("height", reader.size.map { .integer($0.height) } ?? .null),
            ("events", .integer(statistics.events)), ("on", .integer(statistics.on)),
            ("first", statistics.first?.jsonValue ?? .null), ("last", statistics.last?.jsonValue ?? .null),
            ("sum_t_us", .integer(Int(statistics.sumOfTimes))), ("sum_x", .integer(statistics.sumOfColumns)),
            ("sum_y", .integer(statistics.sumOfRows)), ("duration_us", .integer(Int(statistics.duration))),
            (
                "rate_per_s",
                .object([
                    ("mean", .fixed(statistics.meanRate, decimals: 1)),
                    ("peak", .fixed(statistics.peakRate, decimals: 1)),
                ])
            ),
            ("largest_x", .integer(statistics.largest.x)), ("largest_y", .integer(statistics.largest.y)),
            ("hot_pixels", .array(hot.prefix(100).map(\.jsonValue))), ("hot_pixel_count", .integer(hot.count)),
            (
                "gaps",
                .object([
                    ("count", .integer(statistics.pauses)),
                    ("longest_us", .integer(Int(statistics.longestPause.duration))),
                    ("longest_at_us", .integer(Int(statistics.longestPause.at))),
                ])
            ),
            (
                "steps_back",
                .object([
                    ("count", .integer(statistics.stepsBack.count)),
                    ("largest_us", .integer(Int(statistics.stepsBack.largest))),
                ])
            ),
            ("counts", .object(tally)),
            (
                "damage",
                .array(
                    reader.log.damage.map {
                        .object([("offset", .integer(Int($0.offset))), ("what", .string($0.what))])
                    })
            ),
            ("header", .array(reader.header.prefix(200).map { .array([.string($0.key), .string($0.value)]) })),
        ])
    }

    /// The summary for people.
    var text: String {
        var lines: [(String, String)] = [("format", reader.format.title)]
        lines.append(("sensor", reader.size?.description ?? unknownSize))
        let (off, on) = (statistics.events - statistics.on, statistics.on)
        lines.append(("events", "\(statistics.events.spaced), \(on.spaced) on and \(off.spaced) off"))
        if let first = statistics.first, let last = statistics.last {
            lines.append(("from", "\(first.time.spaced) µs"))
            lines.append(("to", "\(last.time.spaced) µs, \(seconds(statistics.duration)) later"))
            lines.append(
                ("rate", "\(rate(statistics.meanRate)) on average, \(rate(statistics.peakRate)) in the busiest 10 ms"))
        }
        lines += oddities
        for damage in reader.log.damage.prefix(10) { lines.append(("damage", "\(damage)")) }
        let more = reader.log.tally[.damage] - min(10, reader.log.damage.count)
        if more > 0 { lines.append(("damage", "and \(more) further places")) }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { $0.0 + String(repeating: " ", count: width + 2 - $0.0.count) + $0.1 }.joined(separator: "\n")
    }

    private var unknownSize: String {
        statistics.events > 0
            ? "size not told; events up to column \(statistics.largest.x) and row \(statistics.largest.y)"
            : "size not told"
    }

    /// What is worth a look.
    private var oddities: [(String, String)] {
        var lines: [(String, String)] = []
        let hot = statistics.pixels.hotPixels
        if !hot.isEmpty {
            let list = hot.prefix(5).map { "(\($0.x), \($0.y)) \($0.events.spaced)" }.joined(separator: ", ")
            lines.append(("hot pixels", "\(hot.count): \(list)\(hot.count > 5 ? ", ..." : "")"))
        }
        if statistics.pauses > 0 {
            let longest = statistics.longestPause
            lines.append(
                (
                    "gaps",
                    "\(statistics.pauses) of more than 100 ms, the longest \(seconds(longest.duration)) at \(longest.at.spaced) µs"
                ))
        }
        if statistics.stepsBack.count > 0 {
            lines.append(
                (
                    "time jumps",
                    "\(statistics.stepsBack.count) steps back, the largest \(statistics.stepsBack.largest.spaced) µs"
                ))
        }
        for item in EventTally.Item.allCases
        where reader.log.tally[item] > 0 && item != .damage && item != .timeStepsBack {
            lines.append((item.name.split(separator: "_").joined(separator: " "), reader.log.tally[item].spaced))
        }
        return lines
    }

    private func seconds(_ microseconds: Int64) -> String {
        "\(JSONValue.decimal(Double(microseconds) / 1e6, decimals: 3) ?? "?") s"
    }

    private func rate(_ perSecond: Double) -> String { "\(Int(min(perSecond, 1e15).rounded()).spaced) events/s" }
}

extension EventStatistics.Mark {
    fileprivate var jsonValue: JSONValue {
        .object([
            ("t_us", .integer(Int(time))), ("x", .integer(Int(event.x))), ("y", .integer(Int(event.y))),
            ("on", .bool(event.isOn)),
        ])
    }
}

extension EventPixelCounts.Pixel {
    fileprivate var jsonValue: JSONValue {
        .object([("x", .integer(x)), ("y", .integer(y)), ("events", .integer(events))])
    }
}

extension BinaryInteger {
    /// The number with a comma between groups of three digits: `12,345`.
    var spaced: String {
        let digits = String(magnitude)
        var out = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out += "," }
            out.append(digit)
        }
        return out
    }
}
