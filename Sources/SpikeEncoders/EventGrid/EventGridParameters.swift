import SpikeSignals

/// What one chooses about the grid that events are counted in; a model file stores it, see ``options``.
public struct EventGridParameters: Hashable, Sendable {
    /// How the events of a cell in a tick become spikes.
    public enum Compression: String, CaseIterable, Sendable {
        /// A spike for each unit of charge.
        case linear
        /// The number of bits of the charge: 0, 1, 2-3, 4-7 ... units are 0, 1, 2, 3 ... spikes.
        case logarithmic
    }

    /// What becomes of brighter and darker.
    public enum Polarities: String, CaseIterable, Sendable {
        /// Two channels a cell: darker, then brighter.
        case separate
        /// One channel a cell, which counts both.
        case merged
    }

    /// Where the grid looks as long as ``crop`` does not say it.
    public enum Framing: String, CaseIterable, Sendable {
        /// At the largest square in the middle of the sensor.
        case whole
        /// At the part of a large sensor in which something moves; see ``ActionFinder``.
        case action
    }

    /// A rectangle of pixels of the sensor.
    public struct Region: Hashable, Sendable {
        /// The first column.
        public var x: Int
        /// The first row.
        public var y: Int
        /// Columns, at least 1.
        public var width: Int
        /// Rows, at least 1.
        public var height: Int

        /// The rectangle whose top left pixel is (`x`, `y`).
        public init(x: Int, y: Int, width: Int, height: Int) {
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
        }

        /// The largest square in the middle of a sensor.
        public static func middleSquare(ofWidth width: Int, height: Int) -> Region {
            let side = min(width, height)
            return Region(x: (width - side) / 2, y: (height - side) / 2, width: side, height: side)
        }
    }

    /// Columns of cells, 1 to 128.
    public var width = 32
    /// Rows of cells, 1 to 128.
    public var height = 32
    /// The length of a tick in milliseconds, 1 to 20.
    public var tickMilliseconds = 20
    /// What an event adds to the charge of its cell; nil: what makes a grid of 32 x 32 cells of any sensor alike.
    public var gain: Double?
    /// The most spikes of a channel in a tick, 1 to 255.
    public var maximumSpikes = 5
    /// How events become spikes.
    public var compression = Compression.logarithmic
    /// The pixels that are looked at; nil: as ``framing`` says.
    public var crop: Region?
    /// Where the grid looks without ``crop``.
    public var framing = Framing.whole
    /// What becomes of brighter and darker.
    public var polarities = Polarities.separate

    /// The grid that the shipped models were trained with.
    public init() {}

    /// Channels of a cell.
    public var channelsPerCell: Int { polarities == .separate ? 2 : 1 }
    /// Channels of the spikes: `(row * width + column) * 2 + (on ? 1 : 0)`, or without the polarity if merged.
    public var channels: Int { width * height * channelsPerCell }
    /// The length of a tick in nanoseconds.
    public var tickNanoseconds: Int64 { Int64(tickMilliseconds) * 1_000_000 }

    /// The same grid with an eye on `region`, whatever it looked at before.
    func looking(at region: Region) -> EventGridParameters {
        var parameters = self
        (parameters.crop, parameters.framing) = (region, .whole)
        return parameters
    }

    /// The pixels of a sensor of that size that are looked at, at first where ``framing`` follows the action.
    ///
    /// - Throws: if ``crop`` reaches beyond the sensor.
    public func region(sensorWidth: Int, sensorHeight: Int) throws(SpikelineError) -> Region {
        guard let crop else { return .middleSquare(ofWidth: sensorWidth, height: sensorHeight) }
        guard crop.x + crop.width <= sensorWidth, crop.y + crop.height <= sensorHeight else {
            throw SpikelineError(
                "expected a \"crop\" inside the sensor of \(sensorWidth) x \(sensorHeight), found one that reaches to "
                    + "column \(crop.x + crop.width - 1) and row \(crop.y + crop.height - 1)")
        }
        return crop
    }
}
