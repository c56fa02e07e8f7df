import SpikeSignals

/// The header of AEDAT 3.1: lines as in ``HashHeader``, from `#!AER-DAT3.1` to `#!END-HEADER`.
struct AEDAT3Header {
    /// The size of the sensor, if the line `#Source 1: DVS128` names one that is known.
    let size: SensorSize?
    /// The lines.
    let lines: [(key: String, value: String)]

    /// Reads the header at the start of `input`.
    init(_ input: EventInput) throws(SpikelineError) {
        let header = try HashHeader(input)
        guard header.hasEnd else {
            throw SpikelineError(
                "expected the line #!END-HEADER before byte \(input.offset.grouped), found none", at: input.name,
                hint: "The file is cut or is no AEDAT 3.1")
        }
        if let format = header.value("Format"), format != "RAW" {
            throw SpikelineError("expected the format RAW, found \"\(format)\"", at: input.name)
        }
        lines = header.lines
        let source = header.lines.first { $0.key.hasPrefix("Source") }?.value.lowercased() ?? ""
        let sizes = [
            ("dvs128", 128, 128), ("208", 208, 192), ("240", 240, 180), ("346", 346, 260), ("640", 640, 480),
        ]
        let known = sizes.first { source.contains($0.0) }
        // The recordings of DVS128 Gesture name no chip that has a size; the set was made with one that has.
        size = known.flatMap { SensorSize(width: $0.1, height: $0.2) }
    }
}
