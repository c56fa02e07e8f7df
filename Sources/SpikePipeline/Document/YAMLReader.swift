/// Builds marked nodes from the events of a YAML text, and complains about what is not YAML.
///
/// Without recursion, and no deeper than a pipeline needs. Anchors and aliases are refused: with them a file of 1 kB can
/// stand for more values than memory holds ("billion laughs"), and a pipeline needs none.
package struct YAMLReader {
    /// The largest pipeline file: 1 MiB.
    package static let largestFile = 1 << 20
    /// How deep lists and maps may nest; a pipeline uses six levels.
    static let deepestNesting = 32

    /// A list or map whose end has not come.
    private struct Open {
        let place: Place
        let isMap: Bool
        var items: [MarkedNode] = []
        var fields: [(key: MarkedText, value: MarkedNode)] = []
        /// The key whose value comes next.
        var key: MarkedText?
        var seen: Set<String> = []

        var node: MarkedNode { MarkedNode(content: isMap ? .map(fields) : .list(items), place: place) }
    }

    /// What cannot be read on from.
    private struct Stop: Error {
        let message: String
        let place: Place
    }

    private var open: [Open] = []
    private var root: MarkedNode?
    private var log: DiagnosticLog

    /// The root of the document, or nil if there is none; `log` then says why.
    package static func read(_ text: SourceText, log: inout DiagnosticLog) -> MarkedNode? {
        var reader = YAMLReader(log: log)
        do {
            try reader.refuseUnreadable(text)
            try reader.readAll(YAMLEvents(text.text))
        } catch {
            reader.log.error(error.message, at: error.place)
            reader.root = nil
        }
        log = reader.log
        return reader.root
    }

    private init(log: DiagnosticLog) { self.log = log }

    private func refuseUnreadable(_ text: SourceText) throws(Stop) {
        if text.text.utf8.count > YAMLReader.largestFile {
            throw Stop(message: "the file is larger than 1 MiB, which no pipeline needs", place: .file)
        }
        for (index, line) in text.lines.enumerated() {
            guard let column = line.enumerated().first(where: { !YAMLReader.isPrintable($0.element) })?.offset else {
                continue
            }
            throw Stop(
                message: "control characters cannot stand in YAML. Is this a text file in UTF-8?",
                place: .text(TextPosition(line: index + 1, column: column + 1)))
        }
    }

    /// Whether YAML 1.1 (section 5.1) allows the character within a line.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private mutating func readAll(_ events: YAMLEvents) throws(Stop) {
        var documents = 0
        while true {
            let event: YAMLEvent
            do {
                event = try events.next()
            } catch {
                throw Stop(
                    message: "this is not YAML: \(error.problem)", place: error.position.map(Place.text) ?? .file)
            }
            let place = Place.text(event.position)
            switch event.kind {
            case .streamEnd:
                if root == nil { throw Stop(message: "the file is empty", place: .file) }
                return
            case .documentStart:
                documents += 1
                if documents > 1 {
                    throw Stop(message: "a pipeline is one document; here begins another", place: place)
                }
            default: try take(event, at: place)
            }
        }
    }

    private mutating func take(_ event: YAMLEvent, at place: Place) throws(Stop) {
        if event.hasAnchor { log.error("anchors (&name) are not supported. Write the value out", at: place) }
        if let tag = event.tag, !["!", "tag:yaml.org,2002:str"].contains(tag) {
            log.error("tags (\(tag)) are not supported", at: place)
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            try add(MarkedNode(content: .scalar(text, isPlain: isPlain && event.tag == nil), place: place))
        case .listStart: try begin(Open(place: place, isMap: false))
        case .mapStart: try begin(Open(place: place, isMap: true))
        case .end: if let done = open.popLast() { try add(done.node) }
        case .alias:
            log.error("aliases (*name) are not supported. Write the value out, or put it in quotes", at: place)
            try add(MarkedNode(content: .scalar("", isPlain: true), place: place))
        case .documentStart, .streamEnd: break
        }
    }

    private mutating func begin(_ node: Open) throws(Stop) {
        let limit = YAMLReader.deepestNesting
        if open.count > limit {
            throw Stop(message: "lists and maps nest deeper than \(limit) levels", place: node.place)
        }
        if let outer = open.last, outer.isMap, outer.key == nil {
            throw Stop(message: "a key must be a word", place: node.place)
        }
        open.append(node)
    }

    /// Puts a whole value where it belongs.
    private mutating func add(_ node: MarkedNode) throws(Stop) {
        guard let last = open.indices.last else {
            root = node
            return
        }
        if !open[last].isMap {
            open[last].items.append(node)
        } else if let key = open[last].key {
            open[last].fields.append((key, node))
            open[last].key = nil
        } else if case .scalar(let text, _) = node.content {
            if !open[last].seen.insert(text).inserted { log.error("\"\(text)\" is given twice", at: node.place) }
            open[last].key = MarkedText(text: text, place: node.place)
        }
    }
}
