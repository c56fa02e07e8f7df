import SpikeEncoders
import SpikeSignals

/// A recording of an event camera that shows one gesture all the time.
public struct LabelledRecording: Sendable {
    /// The events in order of time; offsets count microseconds from the beginning.
    public var events: [PixelEvent]
    /// Columns of the sensor.
    public var width: Int
    /// Rows of the sensor.
    public var height: Int
    /// The index of its label.
    public var label: Int

    /// A recording of these events.
    public init(events: [PixelEvent], width: Int, height: Int, label: Int) {
        self.events = events
        self.width = width
        self.height = height
        self.label = label
    }

    /// The part of the recording that a grid of `parameters` looks at where it follows the action (``ActionFinder``), as the
    /// recording of a sensor of that size; all of it where the parameters have a crop, or the middle is the place to look at.
    ///
    /// - Throws: if the sensor is larger than a ``SensorGrid`` may be.
    public func framed(for parameters: EventGridParameters) throws(SpikelineError) -> LabelledRecording {
        guard parameters.crop == nil else { return self }
        var finder = ActionFinder(parameters, sensor: try SensorGrid(width: width, height: height))
        guard finder.isUseful else { return self }
        let words = events.map(\.bits)
        finder.add(words.span)
        guard let region = finder.region, region != .middleSquare(ofWidth: width, height: height) else { return self }
        let inside = events.compactMap { event -> PixelEvent? in
            let (x, y) = (Int(event.x) - region.x, Int(event.y) - region.y)
            guard (0..<region.width).contains(x), (0..<region.height).contains(y) else { return nil }
            return PixelEvent(offset: event.offset, x: UInt16(x), y: UInt16(y), isOn: event.isOn)
        }
        return LabelledRecording(events: inside, width: region.width, height: region.height, label: label)
    }

    /// The time of the last event in microseconds; 0 without events.
    var duration: Int32 { max(events.last?.offset ?? 0, 0) }
}

/// Where recordings for training come from; each thread has one of its own.
public protocol RecordingSource: AnyObject {
    /// A recording of that label; the same `seed` gives the same one.
    func recording(ofLabel label: Int, seed: UInt64) -> LabelledRecording
}

/// The spikes of a recording, tick after tick, as the network sees them.
public struct SpikeClip: Sendable {
    /// All spikes.
    public private(set) var spikes: [ChannelSpikes] = []
    /// For each tick, the end of its part of ``spikes``.
    public private(set) var tickEnds: [Int] = []
    /// The index of its label.
    public var label: Int

    /// A clip without ticks.
    public init(label: Int) { self.label = label }

    /// Appends one tick.
    public mutating func appendTick(_ tick: some Sequence<ChannelSpikes>) {
        spikes.append(contentsOf: tick)
        tickEnds.append(spikes.count)
    }

    /// The number of ticks.
    public var ticks: Int { tickEnds.count }

    /// The spikes of tick `index`.
    public func tick(_ index: Int) -> ArraySlice<ChannelSpikes> {
        spikes[(index == 0 ? 0 : tickEnds[index - 1])..<tickEnds[index]]
    }
}
