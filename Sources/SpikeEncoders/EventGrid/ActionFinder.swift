import SpikeSignals

/// Finds the part of a large sensor that a grid should look at: the window that is read out, or where something moves.
///
/// ```
/// counts   events in blocks of 8 x 8 pixels
/// window   what holds every event, if it is smaller than the sensor by a tenth of a side and had events along all four
///          borders: in three quarters of the blocks of the second row and column from each side. The pixels outside are
///          switched off. The region is the largest square in its middle.
/// moving   blocks with more than q + 6 sqrt(q + 1) events, q = first quartile of all counts (a block at rest), and at
///          least two such neighbours of the eight
/// box      what holds the moving blocks but for 1/200 of their events on each of the four sides
/// side     1.15 times the longer side of the box
/// region   side < 0.6 sensor sides:      a square of it around the box, of at least four pixels a cell
///          1/20 outside the middle:      the largest square, its middle as near to that of the box as it can be
///          else:                         the largest square in the middle
/// ```
/// A scene of 128 x 128 pixels somewhere in a sensor of 640 x 480 is found so, and somebody far from the camera; a person who
/// fills half of the image or more stays where training has people. Sensors of fewer than 160 columns or rows, or of fewer
/// than five a cell, are looked at whole. Cost: an addition for each event; ``region`` sorts the counts of the blocks.
public struct ActionFinder: Sendable {
    /// The side of a block in pixels, as a power of two.
    private static let blockBits = 3
    /// Sensors with fewer columns or rows are looked at whole.
    private static let smallestSensor = 160
    /// With fewer events nothing is said.
    private static let fewestEvents = 500

    /// Columns and rows of the sensor.
    private let width: Int, height: Int
    /// The least side of a region.
    private let leastSide: Int
    private let columns: Int, rows: Int
    private var counts: [UInt32]
    private var total = 0
    /// The first and last column and row that had an event.
    private var left: Int, right = -1, top: Int, bottom = -1

    /// A finder that has seen nothing, for a grid of `parameters` before a sensor of that size.
    public init(_ parameters: EventGridParameters, sensor: SensorGrid) {
        (width, height) = (sensor.width, sensor.height)
        leastSide = 4 * max(parameters.width, parameters.height)
        let block = 1 << Self.blockBits
        (columns, rows) = ((width + block - 1) / block, (height + block - 1) / block)
        counts = Array(repeating: 0, count: columns * rows)
        (left, top) = (width, height)
    }

    /// Whether the sensor is so large that there is something to find.
    public var isUseful: Bool { min(width, height) >= max(Self.smallestSensor, leastSide * 5 / 4) }

    /// Counts the events of a run of words (``PixelEvent``); those outside the sensor are ignored.
    public mutating func add(_ words: Span<UInt64>) {
        var (left, right, top, bottom) = (left, right, top, bottom)
        let (width, height, columns) = (width, height, columns)
        var added = 0
        var counts = counts.mutableSpan
        for index in 0..<words.count {
            let event = PixelEvent(bits: words[index])
            let (x, y) = (Int(event.x), Int(event.y))
            guard x < width, y < height else { continue }
            (left, right) = (min(left, x), max(right, x))
            (top, bottom) = (min(top, y), max(bottom, y))
            counts[(y &>> Self.blockBits) &* columns &+ (x &>> Self.blockBits)] &+= 1
            added &+= 1
        }
        (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
        total += added
    }

    /// Lets what has been seen count half.
    public mutating func fade() {
        total = 0
        var (first, last) = ((column: columns, row: rows), (column: -1, row: -1))
        for row in 0..<rows {
            for column in 0..<columns {
                let count = counts[row * columns + column] / 2
                counts[row * columns + column] = count
                guard count > 0 else { continue }
                total += Int(count)
                first = (min(first.column, column), min(first.row, row))
                last = (max(last.column, column), max(last.row, row))
            }
        }
        // Where nothing is left the window ends, too.
        let bits = Self.blockBits
        (left, top) = (max(left, first.column << bits), max(top, first.row << bits))
        (right, bottom) = (min(right, (last.column + 1) << bits - 1), min(bottom, (last.row + 1) << bits - 1))
    }

    /// The pixels to look at; nil: there were too few events to tell.
    public var region: EventGridParameters.Region? { region(isClose: false) }

    /// The same for a grid that may look closely already, at less than the largest square: it does so up to 0.7 sensor sides
    /// then, so that a view does not come and go.
    func region(isClose: Bool) -> EventGridParameters.Region? {
        guard total >= Self.fewestEvents else { return nil }
        guard isUseful else { return .middleSquare(ofWidth: width, height: height) }
        return window ?? action(largest: isClose ? 7 : 6)
    }

    /// The middle of the pixels that are read out, if they are not all.
    private var window: EventGridParameters.Region? {
        let (wide, high) = (right - left + 1, bottom - top + 1)
        guard wide * 10 <= width * 9 || high * 10 <= height * 9, min(wide, high) * 2 >= leastSide else { return nil }
        // Inside those that the border may cut.
        let (across, down) = (
            (left >> Self.blockBits + 1)...max(right >> Self.blockBits - 1, left >> Self.blockBits + 1),
            (top >> Self.blockBits + 1)...max(bottom >> Self.blockBits - 1, top >> Self.blockBits + 1)
        )
        func isBusy(_ blocks: [UInt32]) -> Bool { blocks.count { $0 > 0 } * 4 >= blocks.count * 3 }
        guard across.upperBound < columns, down.upperBound < rows,
            [down.lowerBound, down.upperBound].allSatisfy({ row in isBusy(across.map { counts[row * columns + $0] }) }),
            [across.lowerBound, across.upperBound].allSatisfy({ column in
                isBusy(down.map { counts[$0 * columns + column] })
            })
        else { return nil }
        let square = EventGridParameters.Region.middleSquare(ofWidth: wide, height: high)
        return .init(x: left + square.x, y: top + square.y, width: square.width, height: square.height)
    }

    /// The square around what moves, or the one in the middle where it is `largest` tenths of the sensor's side or more.
    private func action(largest: Int) -> EventGridParameters.Region {
        let rest = counts.sorted()[counts.count / 4]
        let noise = Double(rest) + 6 * (Double(rest) + 1).squareRoot()
        var (across, down) = (Array(repeating: 0, count: columns), Array(repeating: 0, count: rows))
        var moving = 0
        for row in 0..<rows {
            for column in 0..<columns {
                let count = counts[row * columns + column]
                guard Double(count) > noise, neighbours(row, column, above: noise) >= 2 else { continue }
                let weight = Int(count - rest)
                across[column] += weight
                down[row] += weight
                moving += weight
            }
        }
        let middle = EventGridParameters.Region.middleSquare(ofWidth: width, height: height)
        guard moving > 0 else { return middle }
        let horizontal = Self.extent(across, of: moving, limit: width)
        let vertical = Self.extent(down, of: moving, limit: height)
        let short = min(width, height)
        let side = max(horizontal.count, vertical.count) * 23 / 20
        if side * 10 < short * largest {
            let side = max(side, leastSide)
            return .init(
                x: Self.start(of: side, around: horizontal, limit: width),
                y: Self.start(of: side, around: vertical, limit: height), width: side, height: side)
        }
        let isWide = width > height
        let (sums, first) = isWide ? (across, middle.x) : (down, middle.y)
        let block = 1 << Self.blockBits
        let outside = sums.indices.reduce(0) { sum, index in
            let centre = index * block + block / 2
            return sum + (centre < first || centre >= first + short ? sums[index] : 0)
        }
        guard outside * 20 > moving else { return middle }
        return isWide
            ? .init(x: Self.start(of: short, around: horizontal, limit: width), y: 0, width: short, height: short)
            : .init(x: 0, y: Self.start(of: short, around: vertical, limit: height), width: short, height: short)
    }

    /// How many of the eight blocks around one have more than `noise` events.
    private func neighbours(_ row: Int, _ column: Int, above noise: Double) -> Int {
        var found = -1
        for y in max(row - 1, 0)...min(row + 1, rows - 1) {
            for x in max(column - 1, 0)...min(column + 1, columns - 1) where Double(counts[y * columns + x]) > noise {
                found += 1
            }
        }
        return found
    }

    /// The pixels that hold all of `sums` but for 1/200 of `total` on each side.
    private static func extent(_ sums: [Int], of total: Int, limit: Int) -> Range<Int> {
        var (first, last) = (0, sums.count - 1)
        var cut = sums[first]
        while cut * 200 <= total { first += 1; cut += sums[first] }
        cut = sums[last]
        while cut * 200 <= total { last -= 1; cut += sums[last] }
        return first << blockBits..<min((last + 1) << blockBits, limit)
    }

    /// Where `side` pixels around the middle of `extent` begin, inside 0 ..< `limit`.
    private static func start(of side: Int, around extent: Range<Int>, limit: Int) -> Int {
        min(max((extent.lowerBound + extent.upperBound - side) / 2, 0), limit - side)
    }
}
