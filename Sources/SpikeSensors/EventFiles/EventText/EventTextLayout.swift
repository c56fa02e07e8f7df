import SpikeSignals

/// Which column of a text means what, and in which unit its times are.
///
/// ```
/// t,x@128,y@128,on          a header in any order and wording; sizes as faery writes them
/// 1372,38,42,0
///
/// 240 180                   the size, as E2VID writes it
/// 0.003811 96 133 0         seconds, as the Robotics and Perception Group writes them
/// ```
struct EventTextLayout: Equatable {
    /// The unit of the times in the file.
    enum Unit: Int64 {
        case nanoseconds, microseconds, milliseconds, seconds
    }

    /// The places of the columns, from 0.
    var time = 0
    var x = 1
    var y = 2
    var polarity = 3
    /// How many columns a line has, at least.
    var columns = 4
    /// The unit of the times.
    var unit = Unit.microseconds
    /// The size of the sensor, if the text says it.
    var size: SensorSize?

    /// The most columns that a line may have.
    static let mostColumns = 16

    /// The layout that a header line describes, or nil if it names no four columns that are understood.
    init?(header: String) {
        let names = EventTextLayout.fields(header).map { $0.lowercased() }
        guard names.count >= 4, names.count <= EventTextLayout.mostColumns else { return nil }
        let words = names.map { name in
            String(name.split(separator: "@").first ?? "").filter { $0 != "\"" && $0 != "'" }
        }
        func place(_ known: [String]) -> Int? { words.firstIndex { known.contains($0) } }
        let times = ["t", "ts", "time", "timestamp", "timestamps", "t_us", "ts_us", "time_us", "timestamp_us"]
        let otherTimes = times.filter { !$0.hasSuffix("_us") }
            .flatMap { [($0 + "_ns", Unit.nanoseconds), ($0 + "_ms", .milliseconds), ($0 + "_s", .seconds)] }
        guard let x = place(["x", "col", "column", "x_pos"]), let y = place(["y", "row", "y_pos"]),
            let polarity = place(["p", "pol", "polarity", "on", "is_on", "sign"])
        else { return nil }
        if let time = place(times) {
            self.time = time
        } else if let (index, unit) = otherTimes.lazy.compactMap({ pair in place([pair.0]).map { ($0, pair.1) } }).first
        {
            time = index
            self.unit = unit
        } else {
            return nil
        }
        (self.x, self.y, self.polarity, columns) = (x, y, polarity, names.count)
        func extent(_ index: Int) -> String? { names[index].split(separator: "@").dropFirst().first.map(String.init) }
        size = SensorSize(width: extent(x), height: extent(y))
    }

    /// The layout that lines of numbers suggest: the polarity is the column of which all values are 0, 1 and -1, the
    /// time of the others the first that never falls and grows most; rows follow columns.
    init?(samples: [String]) {
        let fields = samples.map { EventTextLayout.fields($0) }
        let rows = fields.map { $0.map { Double($0) } }
        guard let count = rows.first?.count, count >= 4, count <= EventTextLayout.mostColumns else { return nil }
        let whole = rows.filter { $0.count == count && $0.allSatisfy { $0 != nil } }.map { $0.compactMap { $0 } }
        guard 2 * whole.count > rows.count else { return nil }
        func values(_ column: Int) -> [Double] { whole.map { $0[column] } }
        let candidates = [3, 2, 1, 0].filter { values($0).allSatisfy { $0 == 0 || $0 == 1 || $0 == -1 } }
        guard let polarity = candidates.first else { return nil }
        func growth(_ column: Int) -> Double {
            let all = values(column)
            guard zip(all, all.dropFirst()).count(where: { $0 > $1 }) * 20 <= all.count else { return -1 }
            return (all.last ?? 0) - (all.first ?? 0) + (all.last ?? 0) / 1e12
        }
        let others = (0..<4).filter { $0 != polarity }
        let hasPoint = { (column: Int) in fields.contains { EventTextLayout.holdsSeconds($0, column) } }
        let time = others.first(where: hasPoint) ?? others.max { growth($0) < growth($1) } ?? 0
        let rest = others.filter { $0 != time }
        self.time = growth(time) > growth(others[0]) || hasPoint(time) ? time : others[0]
        let places = others.filter { $0 != self.time }
        (x, y, self.polarity, columns) = (places.first ?? rest[0], places.last ?? rest[1], polarity, count)
        if hasPoint(self.time) { unit = .seconds }
    }

    /// Whether the time in a column of a line can only be in seconds: `0.003811`, `1.5`, also `3.811e-03`, but not
    /// `3.811000000e+03`, as programs write whole numbers too.
    static func holdsSeconds(_ fields: [String], _ column: Int) -> Bool {
        guard column < fields.count, fields[column].contains(".") else { return false }
        guard fields[column].contains(where: { $0 == "e" || $0 == "E" }) else { return true }
        return Double(fields[column]).map { $0.rounded() != $0 } ?? false
    }

    /// The parts of a line, between commas, semicolons or white space.
    static func fields(_ line: String) -> [String] {
        if line.utf8.allSatisfy({ $0 < 0x80 }) { return plainFields(Array(line.utf8)) }
        let isListed = line.contains(",") || line.contains(";")
        let parts =
            isListed
            ? line.split(omittingEmptySubsequences: false) { $0 == "," || $0 == ";" }
            : line.split { $0.isWhitespace }
        return parts.map { String($0).trimmed }
    }

    /// The parts of a line in ASCII, byte by byte: characters cost ten times as much, and a header is guessed from 200 lines.
    private static func plainFields(_ line: [UInt8]) -> [String] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard line.contains(0x2C) || line.contains(0x3B) else {
            return line.split(whereSeparator: isSpace).map { String(decoding: $0, as: UTF8.self) }
        }
        return line.split(omittingEmptySubsequences: false) { $0 == 0x2C || $0 == 0x3B }.map { part in
            let start = part.firstIndex { !isSpace($0) } ?? part.endIndex
            let end = part.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
            return String(decoding: part[start..<end], as: UTF8.self)
        }
    }
}
