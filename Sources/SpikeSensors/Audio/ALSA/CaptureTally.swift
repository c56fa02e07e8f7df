/// What a microphone counts besides samples.
struct CaptureTally {
    /// What is counted; the names in reports are a contract.
    enum Item: Int, CaseIterable {
        /// Overruns: the device was not read in time.
        case xruns
        /// Frames of periods that an overrun cut short.
        case droppedFrames
        /// How often the device was lost.
        case disconnections
        /// Attempts to open it again that failed.
        case failedOpens
        /// How often it gave nothing for more than a second.
        case deviceStalls
        /// How often the reader was more than a second late.
        case readerStalls
        /// How often the device left samples out without a word.
        case clockJumps
        /// Milliseconds of stream time without samples.
        case lostMilliseconds
        /// Samples that were clipped at full scale.
        case clippedSamples
        /// The most that a block was late, in milliseconds.
        case mostLateMilliseconds
        /// Parts per million by which the device is faster than our clock.
        case driftPerMillion
        /// The level of the last second, in dB relative to full scale.
        case level
        /// The peak of the last second, in dB relative to full scale.
        case peak
        /// Frames per second and channels of the device.
        case deviceRate
        case deviceChannels

        /// The name in reports.
        var name: String {
            switch self {
            case .xruns: "xruns"
            case .droppedFrames: "dropped_frames"
            case .disconnections: "disconnections"
            case .failedOpens: "failed_opens"
            case .deviceStalls: "device_stalls"
            case .readerStalls: "reader_stalls"
            case .clockJumps: "clock_jumps"
            case .lostMilliseconds: "lost_ms"
            case .clippedSamples: "clipped_samples"
            case .mostLateMilliseconds: "most_late_ms"
            case .driftPerMillion: "drift_ppm"
            case .level: "level_db"
            case .peak: "peak_db"
            case .deviceRate: "device_rate_hz"
            case .deviceChannels: "device_channels"
            }
        }
    }

    /// The names, in order.
    static let names = Item.allCases.map(\.name)

    /// The numbers, in the order of the names.
    private(set) var counts = Array(repeating: 0, count: Item.allCases.count)

    /// One of the numbers.
    subscript(item: Item) -> Int {
        get { counts[item.rawValue] }
        set { counts[item.rawValue] = newValue }
    }
}
