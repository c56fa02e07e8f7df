import SpikeSignals

/// The text in front of Prophesee's RAW and DAT files: lines that begin with `% `.
///
/// ```
/// % camera_integrator_name Prophesee
/// % format EVT3;height=720;width=1280
/// % geometry 1280x720
/// % end                                  newer files only
/// ```
/// Older files have no `% end`, and the first byte of their data may be a per cent sign as well. So a line counts only
/// if it begins with a per cent sign and a space and consists of printable characters (docs.prophesee.ai,
/// data/file_formats/raw).
struct PercentHeader {
    /// The lines, without the sign, in order: the first word, and the rest.
    private(set) var lines: [(key: String, value: String)] = []
    /// How many bytes the header takes.
    private(set) var bytes = 0

    /// The longest line, and the longest header.
    static let longestLine = 8_192
    static let longestHeader = 1 << 20

    /// Reads the header at the start of `input` and passes over it.
    init(_ input: EventInput) throws(SpikelineError) {
        while bytes < PercentHeader.longestHeader, let length = try PercentHeader.lineLength(input) {
            // Its bytes count, not those of the text: what is no UTF-8 becomes longer in there.
            let line = String(decoding: input.window.bytes(0..<length), as: UTF8.self)
            bytes += length + 1
            input.consume(length + 1)
            let text = line.dropFirst(2).drop { $0 == " " }
            let parts = text.split(separator: " ", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].filter { $0 != "\r" } : ""
            guard let key = parts.first.map({ $0.filter { $0 != "\r" } }) else { continue }
            if key == "end" { break }
            lines.append((String(key), String(value)))
        }
    }

    /// The length of the header line at the start of the window, without its end, or nil if there is none.
    private static func lineLength(_ input: EventInput) throws(SpikelineError) -> Int? {
        var length = 2
        guard try input.fill(2), input.window.holds("% ") else { return nil }
        while try input.fill(length + 1), length < longestLine {
            let byte = input.window.byte(length)
            if byte == 0x0A { return length }
            // Texts by users may hold any language; control characters may not occur.
            guard byte >= 0x20 || byte == 0x09 || byte == 0x0D, byte != 0x7F else { return nil }
            length += 1
        }
        return nil
    }

    /// The value of the last line with this key, whatever its case.
    func value(_ key: String) -> String? {
        lines.last { $0.key.lowercased() == key.lowercased() || $0.key.lowercased() == key.lowercased() + ":" }?.value
    }

    /// The fields of `% format EVT3;height=720;width=1280`: the name is under "".
    var format: [String: String] {
        var fields: [String: String] = [:]
        for (index, part) in (value("format") ?? "").split(separator: ";").enumerated() {
            let pair = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
            guard let name = pair.first, let value = pair.last else { continue }
            fields[pair.count == 1 && index == 0 ? "" : name.lowercased()] = value
        }
        return fields
    }

    /// The size of the sensor: from `format`, `geometry`, `width` and `height`, or the name of a known camera.
    var size: SensorSize? {
        guard !lines.isEmpty else { return nil }
        let format = format
        if let size = SensorSize(width: format["width"], height: format["height"]) { return size }
        let geometry = (value("geometry") ?? "").lowercased().split(separator: "x").map(String.init)
        if geometry.count == 2, let size = SensorSize(width: geometry[0].trimmed, height: geometry[1].trimmed) {
            return size
        }
        if let size = SensorSize(width: value("width"), height: value("height")) { return size }
        return KnownSensors.size(plugin: value("plugin_name") ?? "", system: value("system_id") ?? "")
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        // Characters are only looked at where bytes do not tell.
        if let first = utf8.first, let last = utf8.last, (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) {
            return self
        }
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}

/// The cameras whose size can be told from the names in older RAW headers.
private enum KnownSensors {
    static func size(plugin: String, system: String) -> SensorSize? {
        guard !plugin.isEmpty || !system.isEmpty else { return nil }
        let plugin = plugin.lowercased()
        if plugin.contains("genx320") { return SensorSize(width: 320, height: 320) }
        if plugin.contains("imx636") || plugin.contains("gen41") || plugin.contains("gen4_evk")
            || plugin.contains("gen4")
        {
            return SensorSize(width: 1280, height: 720)
        }
        if plugin.contains("gen31") || plugin.contains("gen3") { return SensorSize(width: 640, height: 480) }
        // System identifiers of Prophesee's evaluation kits with Gen 3.0, 3.1, 4.0 and 4.1 sensors.
        switch Int(system) {
        case 21?, 25?, 26?, 27?, 28?, 30?, 40?: return SensorSize(width: 640, height: 480)
        case 34?, 36?, 39?, 41?, 48?, 49?: return SensorSize(width: 1280, height: 720)
        default: return nil
        }
    }
}
