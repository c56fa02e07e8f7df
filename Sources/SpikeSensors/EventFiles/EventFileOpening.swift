import SpikeSignals

/// Reads the header of a recording and makes the decoder for the rest.
struct EventFileOpening {
    let format: EventFileFormat
    let decoder: any EventDecoder
    var size: SensorSize?
    var header: [(key: String, value: String)] = []
    /// What the file says should be added to its times: faery's `% t0 1234`, DSEC's `t_offset`.
    var timeOffset: Int64 = 0

    /// Reads the header at the start of `input`, which is of `known` format, or else of that which its content shows.
    init(
        _ input: EventInput, _ known: EventFileFormat?, _ options: EventFileReader.Options
    ) throws(SpikelineError) {
        if let known { format = known } else { format = try EventFileFormat.detect(input) }
        switch format {
        case .evt2, .evt21, .evt3:
            let percent = try PercentHeader(input)
            (size, header) = (percent.size, percent.lines)
            decoder = try EventFileOpening.words(format, percent, input, isWide: options.isWide)
        case .dat:
            let dat = try DATHeader(input)
            (size, header, decoder) = (dat.size, dat.lines, dat.makeDecoder(isWide: options.isWide))
        case .aedat2:
            let aedat = try AEDAT2Header(input)
            (size, header, decoder) = (aedat.size, aedat.lines, aedat.makeDecoder())
        case .aedat3:
            let aedat = try AEDAT3Header(input)
            (size, header, decoder) = (aedat.size, aedat.lines, AEDAT3Decoder(isWide: options.isWide))
        case .aedat4:
            let aedat = try AEDAT4Header(input)
            size = aedat.size
            header = [("compression", aedat.compression.rawValue)]
            for (id, stream) in aedat.streams.sorted(by: { $0.key < $1.key }) {
                header.append(("stream \(id)", "\(stream.kind) \(stream.source)".trimmed))
            }
            decoder = AEDAT4Decoder(aedat, end: input.knownEnd, threads: options.threads, isWide: options.isWide)
        case .es:
            let es = try EventStreamHeader(input)
            size = es.size
            header = [("version", es.version.map(String.init).joined(separator: "."))]
            decoder = EventStreamDecoder(flippedHeight: (es.size ?? options.size)?.height)
        case .nmnist:
            decoder = NMNISTDecoder()
        case .csv:
            let text = try EventFileOpening.text(input, options)
            (size, decoder) = (text.size, EventTextDecoder(text, isWide: options.isWide))
        case .hdf5:
            let recording = try HDF5Recording(input)
            (size, header, timeOffset) = (recording.size, recording.lines, recording.timeOffset)
            decoder = HDF5EventDecoder(recording)
            return
        }
        if let told = header.last(where: { $0.key.lowercased() == "t0" }).flatMap({ Int64($0.value.trimmed) }),
            EventBatch.sensorTimes.contains(told)
        {
            timeOffset = told
        }
    }

    private static func words(
        _ format: EventFileFormat, _ header: PercentHeader, _ input: EventInput, isWide: Bool
    ) throws(SpikelineError) -> any EventDecoder {
        switch format {
        case .evt3: return EVT3Decoder(isWide: isWide)
        case .evt2: return EVT2Decoder(isWide: isWide)
        default:
            try input.fill(EventFileFormat.detectionBytes, mayWait: false)
            let order = header.format["endianness"]?.lowercased()
            let isLegacy = order.map { $0 == "legacy" } ?? WordSense.isUpperHalfFirst(input.window)
            return EVT21Decoder(isUpperHalfFirst: isLegacy, isWide: isWide)
        }
    }

    private static func text(
        _ input: EventInput, _ options: EventFileReader.Options
    ) throws(SpikelineError) -> EventTextLayout {
        guard let columns = options.columns else { return try EventTextHeader(input).layout }
        guard let layout = EventTextLayout(header: columns) else {
            throw SpikelineError(
                "expected columns that name t, x, y and p, found \"\(columns)\"", at: input.name, hint: "As in t,x,y,p")
        }
        return layout
    }
}
