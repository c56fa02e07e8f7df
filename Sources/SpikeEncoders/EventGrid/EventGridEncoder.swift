import SpikeSignals

/// Counts events in the cells of a grid and makes spikes of the counts, tick by tick, in integers.
///
/// ```
/// column(x) = floor((x - x0) width / crop width)       row(y) likewise      channel = (row width + column) 2 + on
/// gain      = clamp(round(2^12 width height / (crop width crop height)), 1, 2^16)                        Q8
/// charge   += gain                              for every event
/// n         = floor(charge / 2^8)               at the end of a tick: whole units; the rest stays for the next tick
/// spikes    = min(n, maximum)                   linear
///           = min(bits of n, maximum)           logarithmic: n = 0, 1, 2-3, 4-7 ... gives 0, 1, 2, 3 ...
/// ```
/// A unit is one event for every sixteen pixels of a cell: for a sensor of 128 x 128 on a grid of 32 x 32 the gain is
/// exactly one, and a sensor of any other size gives about as many spikes for the same scene. The logarithm makes the
/// contrast of a scene matter less than its shape.
/// ```
/// var encoder = try EventGridEncoder(EventGridParameters(), sensorWidth: 128, sensorHeight: 128)
/// for event in tick { encoder.add(x: Int(event.x), y: Int(event.y), isOn: event.isOn) }
/// encoder.endTick { spikes.append(channel: Int($0.channel), count: Int($0.count)) }
/// ```
/// Cost: an addition for each event, and for each tick the cells that had events; a tick without events costs nothing.
/// Nothing is allocated after the start.
public struct EventGridEncoder: Sendable {
    /// What was chosen.
    public let parameters: EventGridParameters
    /// The pixels that are looked at.
    public let region: EventGridParameters.Region
    /// What an event adds to its cell, Q8.
    public let gain: UInt64
    /// Events in the region in the tick that is being filled.
    public private(set) var events = 0
    /// Events outside the sensor so far; they are ignored.
    public internal(set) var eventsOutside = 0

    /// The first channel of each column and row of the sensor; ``trash`` outside the region.
    private let columns: [Int32]
    private let rows: [Int32]
    /// What tells darker and brighter apart: 1, or 0 if merged.
    private let polarityMask: Int32
    /// Where events outside the region go: a cell behind all others, so that they need no branch.
    private let trash: Int32
    /// Charge of each channel, Q8, and of the trash. At most 2^16 an event, so 2^48 events of one tick fit.
    private var charges: [UInt64]
    /// The channels that had events in this tick, a bit for each.
    private var touched: [UInt64]

    /// An empty grid before a sensor of that size.
    ///
    /// - Throws: if a parameter is out of its range, the size is not known (0) or beyond ``SensorGrid``, or the crop
    ///   reaches beyond the sensor.
    public init(
        _ parameters: EventGridParameters = EventGridParameters(), sensorWidth: Int, sensorHeight: Int
    ) throws(SpikelineError) {
        try parameters.check()
        guard sensorWidth > 0, sensorHeight > 0 else {
            throw SpikelineError(
                "the size of the sensor is not known",
                hint: "Give its columns and rows: \"width\" and \"height\" of the source, or --size 128x128")
        }
        let sensor = try SensorGrid(width: sensorWidth, height: sensorHeight)
        let region = try parameters.region(sensorWidth: sensor.width, sensorHeight: sensor.height)
        self.parameters = parameters
        self.region = region
        let pixels = region.width * region.height
        let cells = parameters.width * parameters.height
        let usual = UInt64(min(max((4_096 * cells * 2 + pixels) / (2 * pixels), 1), 1 << 16))
        gain = parameters.gain.map { UInt64(max(SetUpMath.fixed($0, bits: 8), 1)) } ?? usual
        let trash = Int32(parameters.channels)
        let step = parameters.channelsPerCell
        columns = (0..<sensor.width).map { x in
            guard (region.x..<region.x + region.width).contains(x) else { return trash }
            return Int32((x - region.x) * parameters.width / region.width * step)
        }
        rows = (0..<sensor.height).map { y in
            guard (region.y..<region.y + region.height).contains(y) else { return trash }
            return Int32((y - region.y) * parameters.height / region.height * parameters.width * step)
        }
        polarityMask = Int32(step - 1)
        self.trash = trash
        charges = Array(repeating: 0, count: parameters.channels + 1)
        touched = Array(repeating: 0, count: parameters.channels / 64 + 1)
    }

    /// Forgets everything: charges, the tick that is being filled, and the count of events outside.
    public mutating func reset() {
        for index in charges.indices { charges[index] = 0 }
        for index in touched.indices { touched[index] = 0 }
        (events, eventsOutside) = (0, 0)
    }

    /// Adds one event to the tick that is being filled; one outside the sensor is ignored and counted.
    @inline(__always)
    public mutating func add(x: Int, y: Int, isOn: Bool) {
        guard UInt(bitPattern: x) < UInt(bitPattern: columns.count), UInt(bitPattern: y) < UInt(bitPattern: rows.count)
        else {
            eventsOutside &+= 1
            return
        }
        let channel = Int(min(columns[x] &+ rows[y] &+ ((isOn ? 1 : 0) & polarityMask), trash))
        charges[channel] &+= gain
        touched[channel &>> 6] |= 1 &<< UInt64(channel & 63)
        events &+= channel == Int(trash) ? 0 : 1
    }

    /// Adds the events of a run of words (``PixelEvent``) to the tick that is being filled.
    mutating func add(_ words: Span<UInt64>) {
        let tables = (columns: columns, rows: rows)
        let (trash, gain, mask) = (trash, gain, polarityMask)
        let (inside, outside) = Self.add(
            words, columns: tables.columns.span, rows: tables.rows.span, trash: trash, gain: gain, polarityMask: mask,
            charges: &charges, touched: &touched)
        events &+= inside
        eventsOutside &+= outside
    }

    /// The loop over events; how many were inside the region, and how many outside the sensor.
    private static func add(
        _ words: Span<UInt64>, columns: Span<Int32>, rows: Span<Int32>, trash: Int32, gain: UInt64, polarityMask: Int32,
        charges: inout [UInt64], touched: inout [UInt64]
    ) -> (inside: Int, outside: Int) {
        var (inside, outside) = (0, 0)
        var charges = charges.mutableSpan
        var touched = touched.mutableSpan
        for index in 0..<words.count {
            let event = PixelEvent(bits: words[index])
            let (x, y) = (Int(event.x), Int(event.y))
            guard x < columns.count, y < rows.count else {
                outside &+= 1
                continue
            }
            let polarity = Int32(truncatingIfNeeded: event.bits &>> 31) & polarityMask
            let channel = Int(min(columns[x] &+ rows[y] &+ polarity, trash))
            charges[channel] &+= gain
            touched[channel &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: channel & 63)
            inside &+= channel < Int(trash) ? 1 : 0
        }
        return (inside, outside)
    }

    /// Ends the tick: calls `body` for each channel that fires, in ascending order, and begins the next one.
    public mutating func endTick(_ body: (ChannelSpikes) -> Void) {
        guard events > 0 else { return }
        events = 0
        charges[Int(trash)] = 0
        touched[Int(trash) &>> 6] &= ~(1 &<< UInt64(trash & 63))
        let most = UInt64(parameters.maximumSpikes)
        let isLinear = parameters.compression == .linear
        for word in touched.indices where touched[word] != 0 {
            var bits = touched[word]
            touched[word] = 0
            while bits != 0 {
                let channel = word &<< 6 &+ bits.trailingZeroBitCount
                bits &= bits &- 1
                let units = charges[channel] &>> 8
                charges[channel] &= 0xFF
                let spikes = min(isLinear ? units : UInt64(64 - units.leadingZeroBitCount), most)
                guard spikes > 0 else { continue }
                body(
                    ChannelSpikes(
                        channel: UInt16(truncatingIfNeeded: channel), count: UInt16(truncatingIfNeeded: spikes)))
            }
        }
    }
}
