/// Finds regions of an event camera that fell silent: sixteen tiles and the four quadrants.
///
/// ```
///  +--+--+--+--+      each tenth of a second: had the region an event?
///  |  |  |  |  |      longest[region] = the longest silence while the sensor was active
///  +--Q--+--Q--+      dead            = silence > max(0.8 s, 1.5 longest) while the rest has
///  |  |  |  |  |                        at least a quarter of its usual events
/// ```
/// A region that was silent for more than half of the time when its silences were learned is not judged: nothing
/// can be said of it. Longest silences go on to be learned.
struct RegionSilence: Sendable {
    /// Tiles a side.
    static let side = 4
    /// Tiles, then quadrants.
    static let count = side * side + 4
    /// The length of a slot in microseconds.
    static let slot: Int64 = 100_000
    /// No shorter silence is a fault, in slots.
    static let leastSlots: Int64 = 8

    private let width: Int
    private let height: Int
    private let learnSlots: Int64
    private var columns: [UInt8]
    private var rows: [UInt8]
    /// Events of each tile in the slot that is being filled.
    private var tiles = [Int32](repeating: 0, count: side * side)
    private var slots: Int64 = 0
    private var silence = [Int64](repeating: 0, count: count)
    private var longest = [Int64](repeating: 0, count: count)
    /// Slots with an event.
    private var active = [Int64](repeating: 0, count: count)
    /// The usual number of events outside each region in a slot, Q8.
    private var usual = [Int64](repeating: 0, count: count)
    /// How many events came outside since the region fell silent.
    private var outside = [Int64](repeating: 0, count: count)
    private var isDead = [Bool](repeating: false, count: count)
    /// When the slot that is being filled ends, in microseconds.
    private(set) var due: Int64 = .min

    init(width: Int, height: Int, learnSeconds: Double) {
        (self.width, self.height) = (width, height)
        learnSlots = Int64(learnSeconds * 10)
        columns = (0..<width).map { UInt8($0 * Self.side / width) }
        rows = (0..<height).map { UInt8($0 * Self.side / height) }
    }

    /// An event at that pixel; outside the sensor it is ignored.
    mutating func add(x: Int, y: Int) {
        guard x < columns.count, y < rows.count, x >= 0, y >= 0 else { return }
        tiles[Int(rows[y]) * Self.side + Int(columns[x])] += 1
    }

    /// Forgets the slot that is being filled and begins a new one.
    mutating func restart(at time: Int64) {
        for index in tiles.indices { tiles[index] = 0 }
        for region in silence.indices { (silence[region], outside[region]) = (0, 0) }
        due = time + Self.slot
    }

    /// Ends the slots that are over at `time`, and calls `report` with time and place of each region that died.
    mutating func advance(to time: Int64, _ report: (Int64, String) -> Void) {
        if due == .min { due = time + Self.slot }
        var steps = 0
        while time >= due, steps < 600 {
            endSlot(report)
            due += Self.slot
            steps += 1
        }
        if time >= due { restart(at: time) }
    }

    private mutating func endSlot(_ report: (Int64, String) -> Void) {
        let total = Int64(tiles.reduce(0, +))
        // A slot without any event says nothing about a region; that is a stall.
        guard total > 0 else { return }
        slots += 1
        for region in 0..<Self.count {
            let own = events(of: region)
            let others = total - own
            if own > 0 {
                if slots > 1 { longest[region] = max(longest[region], silence[region]) }
                (silence[region], outside[region], isDead[region]) = (0, 0, false)
                active[region] += 1
            } else {
                silence[region] += 1
                outside[region] += others
            }
            usual[region] += (others << 8 - usual[region]) / min(slots, 128)
        }
        // Quadrants first: one that died speaks for its tiles.
        for region in (0..<Self.count).reversed() where judge(region) { report(due, place(of: region)) }
        for index in tiles.indices { tiles[index] = 0 }
    }

    /// Whether the region has just died, and not as a part of a quadrant.
    private mutating func judge(_ region: Int) -> Bool {
        let isQuadrant = region >= Self.side * Self.side
        let whole = Self.side * Self.side + region / Self.side / 2 * 2 + region % Self.side / 2
        guard slots > learnSlots, !isDead[region], active[region] * 2 > slots - silence[region] else { return false }
        // A tile fell silent a little earlier than its quadrant by chance: wait for what becomes of the quadrant.
        guard isQuadrant || silence[whole] == 0 else { return false }
        let limit = max(Self.leastSlots, longest[region] + longest[region] / 2 + 1)
        guard silence[region] >= limit, outside[region] << 10 >= usual[region] * silence[region] else { return false }
        isDead[region] = true
        return true
    }

    private func events(of region: Int) -> Int64 {
        guard region >= Self.side * Self.side else { return Int64(tiles[region]) }
        let first = Self.firstTile(ofQuadrant: region - Self.side * Self.side)
        return [0, 1, Self.side, Self.side + 1].reduce(Int64(0)) { $0 + Int64(tiles[first + $1]) }
    }

    private static func firstTile(ofQuadrant quadrant: Int) -> Int { quadrant / 2 * 2 * side + quadrant % 2 * 2 }

    private func place(of region: Int) -> String {
        let isQuadrant = region >= Self.side * Self.side
        let tile = isQuadrant ? Self.firstTile(ofQuadrant: region - Self.side * Self.side) : region
        let span = isQuadrant ? 2 : 1
        func edge(_ index: Int, _ size: Int) -> Int { (index * size + Self.side - 1) / Self.side }
        let (row, column) = (tile / Self.side, tile % Self.side)
        return "pixels \(edge(column, width)) to \(edge(column + span, width) - 1), "
            + "\(edge(row, height)) to \(edge(row + span, height) - 1)"
    }
}
