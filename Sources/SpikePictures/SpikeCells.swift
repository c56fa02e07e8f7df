/// Spikes gathered into cells of time and row, so that a picture of an hour is no bigger than one of a second.
struct SpikeCells {
    /// A horizontal run of cells of one row with the same strength.
    struct Run: Hashable {
        var row: Int
        var column: Int
        var length: Int
        /// From 0 (weakest) to ``SpikeCells/levels`` - 1.
        var level: Int
    }

    /// How many strengths are told apart.
    static let levels = 4
    /// The most cells of a panel.
    static let mostCells = 80_000

    let columns: Int
    let rows: Int
    private var sums: [Int]

    /// Gathers `spikes` between `from` and `to` (seconds) into at most `columns` by `rows` cells, fewer if a tick is
    /// longer than a column or ``mostCells`` would be passed.
    init(
        spikes: [RasterFigure.Spike], channels: Int, from: Double, to: Double, tick: Double, columns: Int, rows: Int
    ) {
        let span = max(to - from, 1e-9)
        let ticks = tick > 0 && span / tick < 1e6 ? max(Int((span / tick).rounded(.up)), 1) : columns
        self.rows = max(min(channels, rows), 1)
        self.columns = max(min(columns, ticks, Self.mostCells / self.rows), 1)
        sums = Array(repeating: 0, count: self.columns * self.rows)
        let perSecond = Double(self.columns) / span
        for spike in spikes where spike.time >= from && spike.time < to && (0..<channels).contains(spike.channel) {
            // A spike lies in the middle of its tick, so that rounding cannot push it into the neighbouring column.
            let column = min(Int((spike.time - from + tick / 2) * perSecond), self.columns - 1)
            let row = spike.channel * self.rows / max(channels, 1)
            sums[row * self.columns + column] += min(max(spike.count, 0), 1 << 20)
        }
    }

    /// The runs of all cells with spikes, row by row. Strengths are relative to the 98th percentile of such cells.
    var runs: [Run] {
        let filled = sums.filter { $0 > 0 }.sorted()
        guard !filled.isEmpty else { return [] }
        let full = Double(filled[(filled.count - 1) * 98 / 100])
        var runs: [Run] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let sum = sums[row * columns + column]
                if sum == 0 { continue }
                let level = min(Int(Double(sum) / full * Double(Self.levels) - 1e-9), Self.levels - 1)
                if let last = runs.last, last.row == row, last.level == level, last.column + last.length == column {
                    runs[runs.count - 1].length += 1
                } else {
                    runs.append(Run(row: row, column: column, length: 1, level: level))
                }
            }
        }
        return runs
    }
}
