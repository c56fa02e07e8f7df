import SpikeSignals

/// The start of a text of events: comments (`#`, `%`, `//`), a size, a header, or none of these.
struct EventTextHeader {
    /// What the columns mean.
    let layout: EventTextLayout

    /// Reads what stands before the first event and passes over it.
    init(_ input: EventInput) throws(SpikelineError) {
        var size: SensorSize?
        var layout: EventTextLayout?
        var isFirst = true
        while layout == nil, let (text, length) = try EventTextHeader.line(input, at: 0) {
            let line = text.trimmed
            let numbers = line.split { $0.isWhitespace || $0 == "," }.compactMap { Int($0) }
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("%") || line.hasPrefix("//") {
                // A comment may name the columns, as numpy.savetxt writes headers.
                let bare = String(line.drop { "#%/ ".contains($0) })
                layout = EventTextLayout(header: bare).flatMap { $0 }
                input.consume(length)
            } else if isFirst, numbers.count == 2,
                line.split(whereSeparator: { $0.isWhitespace || $0 == "," }).count == 2
            {
                size = SensorSize(width: numbers[0], height: numbers[1])
                input.consume(length)
                isFirst = false
            } else if let named = EventTextLayout(header: line) {
                layout = named
                input.consume(length)
            } else {
                break
            }
        }
        let samples = try EventTextHeader.samples(input)
        var found = layout ?? EventTextLayout(samples: samples)
        if found == nil, samples.isEmpty { found = EventTextLayout(header: "t,x,y,p") }
        guard var found else {
            throw SpikelineError(
                "expected lines of four numbers or a header that names t, x, y and p, found \"\(samples.first?.prefix(60) ?? "")\"",
                at: input.name, hint: "Say which column is which, as in --columns t,x,y,p")
        }
        if let layout, layout.unit == .microseconds,
            samples.contains(where: { EventTextLayout.holdsSeconds(EventTextLayout.fields($0), layout.time) })
        {
            found.unit = .seconds
        }
        if let size { found.size = size }
        self.layout = found
    }

    /// Up to 200 lines of the window, at most 64 KiB of it. One line is waited for, others are not, and a last one that has
    /// no end is left out.
    private static func samples(_ input: EventInput) throws(SpikelineError) -> [String] {
        try input.fill(1 << 16, mayWait: false)
        var lines: [String] = []
        var start = 0
        var isWhole = true
        while lines.count < 200, lines.isEmpty || input.hasEnded || hasLine(input, at: start),
            let (text, length) = try line(input, at: start)
        {
            isWhole = length > text.utf8.count
            if !text.trimmed.isEmpty { lines.append(text.trimmed) }
            start += length
        }
        // It may be cut inside a number, and would mislead; alone it must do.
        if !isWhole, lines.count > 1 { lines.removeLast() }
        return lines
    }

    /// Whether a line that begins at byte `start` ends within the window.
    private static func hasLine(_ input: EventInput, at start: Int) -> Bool {
        let window = input.window
        return (start..<max(start, window.count)).contains { window.byte($0) == 0x0A }
    }

    /// The line at byte `start` of the window, and its length with its end.
    private static func line(_ input: EventInput, at start: Int) throws(SpikelineError) -> (String, Int)? {
        var length = 0
        while length < EventTextDecoder.longestLine {
            if start + length >= input.count {
                guard try input.fill(start + length + 1) else { break }
            }
            if input.window.byte(start + length) == 0x0A {
                return (String(decoding: input.window.bytes(start..<(start + length)), as: UTF8.self), length + 1)
            }
            length += 1
        }
        guard length > 0, length < EventTextDecoder.longestLine else { return nil }
        return (String(decoding: input.window.bytes(start..<(start + length)), as: UTF8.self), length)
    }
}
