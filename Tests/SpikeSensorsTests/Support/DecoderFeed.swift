import SpikeSignals

@testable import SpikeSensors

/// A recording whose header has been read, for feeding its decoder with what follows in pieces, as a pipe would.
struct DecoderFeed {
    /// The bytes behind the header.
    let payload: [UInt8]
    /// The place of the first of them.
    let offset: Int64
    let size: SensorSize?
    private let makeDecoder: () -> any EventDecoder

    /// The recording in `bytes`.
    init(_ bytes: [UInt8], _ format: EventFileFormat, name: String) throws(SpikelineError) {
        func input() -> EventInput { EventInput(bytes: bytes, name: name) }
        let opened = input()
        let opening = try EventFileOpening(opened, format, EventFileReader.Options())
        (size, offset) = (opening.size, opened.offset)
        payload = Array(bytes[Int(offset)...])
        // What takes long to find in a header is found once.
        switch format {
        case .aedat4:
            let header = try AEDAT4Header(input())
            makeDecoder = { AEDAT4Decoder(header, end: Int64(bytes.count)) }
        case .csv:
            let layout = try EventTextHeader(input()).layout
            makeDecoder = { EventTextDecoder(layout) }
        case .evt21:
            let header = try PercentHeader(input())
            let isLegacy = header.format["endianness"] == "legacy" || header.value("endianness") != "little"
            makeDecoder = { EVT21Decoder(isUpperHalfFirst: isLegacy) }
        case .evt2: makeDecoder = { EVT2Decoder() }
        case .evt3: makeDecoder = { EVT3Decoder() }
        case .aedat3: makeDecoder = { AEDAT3Decoder() }
        case .nmnist: makeDecoder = { NMNISTDecoder() }
        case .es: makeDecoder = { [size] in EventStreamDecoder(flippedHeight: size?.height) }
        case .dat:
            let header = try DATHeader(input())
            makeDecoder = { header.makeDecoder(isWide: WideLoops.areThere) }
        case .aedat2:
            let header = try AEDAT2Header(input())
            makeDecoder = { header.makeDecoder() }
        case .hdf5: makeDecoder = { opening.decoder }
        }
    }

    /// Feeds a new decoder with `bytes` (or the payload): `piece` says how many more are there each time it asks.
    ///
    /// - Parameter take: gets each batch that would be handed on.
    /// - Returns: what was counted, and whether the decoder used all bytes in as many calls as bytes can need.
    func run(
        _ bytes: [UInt8]? = nil, piece: () -> Int = { .max }, into batch: EventBatch, take: (EventBatch) -> Void
    ) -> (log: EventLog, isDone: Bool) {
        let bytes = bytes ?? payload
        let decoder = makeDecoder()
        let log = EventLog()
        batch.removeAll()
        func hand() {
            if batch.count > 0 { take(batch) }
            batch.removeAll()
        }
        var (start, end) = (0, 0)
        var calls = 0
        while calls < 4 * bytes.count + 100 {
            calls += 1
            let step = unsafe bytes.withUnsafeBytes { raw in
                guard let base = raw.baseAddress else { return DecodeStep(used: 0) }
                let window = unsafe EventBytes(
                    base: base + start, count: end - start, offset: offset + Int64(start), isLast: end == bytes.count)
                return decoder.decode(window, into: batch, log: log)
            }
            start += step.used
            guard start <= end else { return (log, false) }
            if step.isBatchDone {
                hand()
            } else if end < bytes.count {
                if step.used == 0 || start == end { end += min(piece(), bytes.count - end) }
            } else if step.used == 0 || start == end {
                hand()
                return (log, start == end)
            }
        }
        return (log, false)
    }
}
