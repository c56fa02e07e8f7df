import SpikeSignals

/// What jAER's "AEUnicast" sends (jAER, `eventio/AEUnicastOutput.java`): highest byte first, unless told otherwise.
///
/// ```
/// number(32)  { address(16 or 32)  time(32) } ...        the number of the datagram and the times may be missing,
///                                                        and the time may stand before the address
/// ```
/// The address is that of the chip, as in AEDAT 2.0: ``DVS128Layout``, ``DAVISLayout``.
struct JAERLayout: DatagramLayout {
    /// The settings that jAER has in its dialog, with its defaults.
    struct Settings: Hashable, Sendable {
        /// Which chip the addresses are of.
        var chip = JAERChip.dvs128
        /// Whether a datagram begins with its number.
        var hasNumbers = true
        /// Bytes of an address: 2 or 4.
        var addressBytes = 4
        /// Whether events say their time.
        var hasTimes = true
        /// Whether the time stands before the address.
        var isTimeFirst = false
        /// Whether the lowest byte comes first ("swap bytes").
        var isLowestByteFirst = false
    }

    let counterBits: Int64? = 32
    private let settings: Settings
    private let eventBytes: Int
    private let davis: DAVISLayout?

    init(_ settings: Settings) {
        self.settings = settings
        eventBytes = settings.addressBytes + (settings.hasTimes ? 4 : 0)
        davis = settings.chip == .dvs128 ? nil : DAVISLayout(settings.chip.size)
    }

    func head(_ bytes: EventBytes) -> DatagramHead? {
        guard settings.hasNumbers else { return DatagramHead(bytes: 0, sequence: nil) }
        guard bytes.count >= 4 else { return nil }
        return DatagramHead(bytes: 4, sequence: number(bytes, at: 0))
    }

    @inline(__always)
    func event(_ bytes: EventBytes, at index: Int) -> DatagramEvent? {
        guard bytes.count - index >= eventBytes else { return nil }
        let addressAt = index + (settings.hasTimes && settings.isTimeFirst ? 4 : 0)
        let timeAt = index + (settings.isTimeFirst ? 0 : settings.addressBytes)
        let address: UInt64
        if settings.addressBytes == 4 {
            address = UInt64(number(bytes, at: addressAt))
        } else {
            let short = bytes.number(addressAt, as: UInt16.self)
            address = UInt64(settings.isLowestByteFirst ? short : short.byteSwapped)
        }
        let place = davis?.place(address) ?? DVS128Layout.place(address)
        let pixel = PixelEvent(bits: place.pixel)
        return DatagramEvent(
            bytes: eventBytes, time: settings.hasTimes ? UInt64(number(bytes, at: timeAt)) : nil, x: Int(pixel.x),
            y: Int(pixel.y), isOn: pixel.isOn, isPixel: place.isEvent == 1)
    }

    private func number(_ bytes: EventBytes, at index: Int) -> UInt32 {
        settings.isLowestByteFirst ? bytes.number(index) : bytes.bigNumber(index)
    }
}

/// The chips whose addresses are understood.
enum JAERChip: String, Hashable, Sendable, CaseIterable {
    case dvs128
    case davis208
    case davis240
    case davis346
    case davis640

    /// How many columns and rows it has.
    var size: SensorSize {
        switch self {
        case .dvs128: SensorSize(columns: 128, rows: 128)
        case .davis208: SensorSize(columns: 208, rows: 192)
        case .davis240: SensorSize(columns: 240, rows: 180)
        case .davis346: SensorSize(columns: 346, rows: 260)
        case .davis640: SensorSize(columns: 640, rows: 480)
        }
    }
}
