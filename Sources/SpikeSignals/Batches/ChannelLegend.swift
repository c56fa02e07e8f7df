/// What the channels of a stream of spikes stand for, so that a head can say where something happened.
public final class ChannelLegend: Sendable, Hashable {
    /// The kinds of channel there are.
    public enum Kind: Hashable, Sendable {
        /// Bands of one or more channels of a sensor: channel `axis * count + band`, centre frequencies in hertz, ascending.
        case bands(centres: [Double], axes: Int)
        /// Cells of an event camera in rows: channel `(row * columns + column) * polarities + (on ? 1 : 0)`.
        case cells(columns: Int, rows: Int, polarities: Int, region: Region)
    }

    /// A rectangle of pixels.
    public struct Region: Hashable, Sendable {
        /// The first column and row, and how many there are.
        public var x: Int, y: Int, width: Int, height: Int

        /// The rectangle whose top left pixel is (`x`, `y`).
        public init(x: Int, y: Int, width: Int, height: Int) {
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
        }
    }

    /// Where one channel lies.
    public enum Place: Hashable, Sendable {
        /// A band in hertz of one channel of the sensor; the edges lie half-way to the neighbours.
        case band(low: Double, centre: Double, high: Double, axis: Int)
        /// A rectangle of pixels, and brighter, darker or both (nil).
        case cell(Region, isOn: Bool?)
        /// A channel that nothing is known of.
        case channel(Int)
    }

    /// What the channels are.
    public let kind: Kind

    /// A legend.
    public init(_ kind: Kind) { self.kind = kind }

    /// How many channels the sensor has.
    public var axes: Int {
        if case .bands(_, let axes) = kind { axes } else { 1 }
    }

    /// Where `channel` lies.
    public func place(of channel: Int) -> Place {
        switch kind {
        case .bands(let centres, _):
            guard !centres.isEmpty else { return .channel(channel) }
            let (axis, band) = channel.quotientAndRemainder(dividingBy: centres.count)
            let centre = centres[band]
            let below = band > 0 ? centres[band - 1] : 2 * centre - centres[min(1, centres.count - 1)]
            let above = band + 1 < centres.count ? centres[band + 1] : 2 * centre - centres[max(band - 1, 0)]
            return .band(low: max((below + centre) / 2, 0), centre: centre, high: (centre + above) / 2, axis: axis)
        case .cells(let columns, let rows, let polarities, let region):
            let (cell, polarity) = channel.quotientAndRemainder(dividingBy: max(polarities, 1))
            let (row, column) = cell.quotientAndRemainder(dividingBy: max(columns, 1))
            // Pixel p belongs to cell p * columns / width, so a cell begins at the ceiling of its share.
            func edge(_ index: Int, _ count: Int, _ size: Int) -> Int { (index * size + count - 1) / max(count, 1) }
            let (x, y) = (edge(column, columns, region.width), edge(row, rows, region.height))
            return .cell(
                Region(
                    x: region.x + x, y: region.y + y, width: edge(column + 1, columns, region.width) - x,
                    height: edge(row + 1, rows, region.height) - y),
                isOn: polarities > 1 ? polarity == 1 : nil)
        }
    }

    /// Whether both say the same.
    public static func == (a: ChannelLegend, b: ChannelLegend) -> Bool { a === b || a.kind == b.kind }

    /// Hashes what the channels are.
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}
