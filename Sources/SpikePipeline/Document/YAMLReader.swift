import Yams

/// Reads YAML into marked nodes, and complains about what is not YAML.
///
/// The parser stops at the first repeated key. So that the other errors of the file are found in the same run, the
/// repeated key's first letter is replaced by a letter that nobody types and the text is parsed again; the original
/// name is put back afterwards, and the second occurrence is complained about where it stands.
struct YAMLReader {
    /// How many repeated keys are mended before the reader gives up.
    private static let mostRepairs = 20

    private var scalars: [Unicode.Scalar]
    private var lineStarts: [Int]
    private var original: [TextPosition: Unicode.Scalar] = [:]

    private init(_ text: SourceText) {
        scalars = Array(text.text.unicodeScalars)
        lineStarts = [0]
        lineStarts.reserveCapacity(text.lines.count)
        var at = 0
        for line in text.lines.dropLast() {
            at += line.count
            at += scalars[at] == "\r" && at + 1 < scalars.count && scalars[at + 1] == "\n" ? 2 : 1
            lineStarts.append(at)
        }
    }

    /// The root of the document, or nil if there is none; `log` then says why.
    static func read(_ text: SourceText, log: inout DiagnosticLog) -> MarkedNode? {
        guard YAMLGuard.admits(text, log: &log) else { return nil }
        var reader = YAMLReader(text)
        for _ in 0...mostRepairs {
            do {
                guard let root = try Yams.compose(yaml: reader.text, .basic, .default, .utf8) else {
                    log.error("the file is empty", at: .file)
                    return nil
                }
                return reader.marked(root, depth: 0, log: &log)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                if reader.disguise(at: context.mark) { continue }
                log.error("\"\(keys.first ?? "")\" is given twice", at: place(context.mark))
                return nil
            } catch {
                log.yamlError(error)
                return nil
            }
        }
        log.error("more than \(mostRepairs) keys are given twice", at: .file)
        return nil
    }

    private var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Replaces the first letter of the key at `mark`; false if that is not a simple word.
    private mutating func disguise(at mark: Mark) -> Bool {
        guard lineStarts.indices.contains(mark.line - 1) else { return false }
        var index = lineStarts[mark.line - 1] + mark.column - 1
        if scalars.indices.contains(index), scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard scalars.indices.contains(index), scalars[index].properties.isAlphabetic || scalars[index] == "_",
            let stand = Unicode.Scalar(0xE000 + UInt32(original.count))
        else { return false }
        original[TextPosition(line: mark.line, column: mark.column)] = scalars[index]
        scalars[index] = stand
        return true
    }

    private static func place(_ mark: Mark?) -> Place {
        mark.map { .text(TextPosition(line: $0.line, column: $0.column)) } ?? .file
    }

    /// The node as a marked node; what is too deep or tagged becomes nothing and is complained about.
    private func marked(_ node: Node, depth: Int, log: inout DiagnosticLog) -> MarkedNode {
        let place = YAMLReader.place(node.mark)
        let nothing = MarkedNode(content: .scalar("", isPlain: true), place: place)
        guard depth <= YAMLGuard.deepestNesting else {
            log.error("lists and maps nest deeper than \(YAMLGuard.deepestNesting) levels", at: place)
            return nothing
        }
        switch node {
        case .scalar(let scalar):
            return MarkedNode(content: content(of: scalar, place: place, log: &log), place: place)
        case .sequence(let items):
            let nodes = items.map { marked($0, depth: depth + 1, log: &log) }
            return MarkedNode(content: .list(nodes), place: place)
        case .mapping(let mapping):
            return MarkedNode(content: .map(fields(of: mapping, depth: depth, log: &log)), place: place)
        case .alias:
            log.error("aliases (*name) are not supported", at: place)
            return nothing
        }
    }

    private func content(of scalar: Node.Scalar, place: Place, log: inout DiagnosticLog) -> MarkedNode.Content {
        let tag = scalar.tag.rawValue
        if !["", "!", Tag.Name.str.rawValue].contains(tag) {
            log.error("tags (\(tag)) are not supported", at: place)
        }
        return .scalar(scalar.string, isPlain: scalar.style == .plain && tag.isEmpty)
    }

    private func fields(
        of mapping: Node.Mapping, depth: Int, log: inout DiagnosticLog
    ) -> [(key: MarkedText, value: MarkedNode)] {
        var fields: [(key: MarkedText, value: MarkedNode)] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                log.error("a key must be a word", at: YAMLReader.place(key.mark))
                continue
            }
            let name = MarkedText(text: undisguised(scalar), place: YAMLReader.place(scalar.mark))
            if !seen.insert(name.text).inserted { log.error("\"\(name.text)\" is given twice", at: name.place) }
            fields.append((name, marked(value, depth: depth + 1, log: &log)))
        }
        return fields
    }

    /// The key with its own first letter.
    private func undisguised(_ key: Node.Scalar) -> String {
        guard let mark = key.mark, let first = original[TextPosition(line: mark.line, column: mark.column)] else {
            return key.string
        }
        return String(first) + String(key.string.unicodeScalars.dropFirst())
    }
}

extension DiagnosticLog {
    /// Notes why the text is not YAML, in the parser's words.
    fileprivate mutating func yamlError(_ failure: any Error) {
        switch failure as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if problem.hasPrefix("Maximum nesting level") { return error("lists and maps nest too deeply", at: .file) }
            let around = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
            let place = Place.text(TextPosition(line: mark.line, column: mark.column))
            error("this is not YAML: \(problem)\(around)", at: place)
        case .memory: error("lists and maps nest too deeply", at: .file)
        case .reader(let problem, _, _, _): error("this is not YAML: \(problem)", at: .file)
        default: error("this is not YAML: \(failure)", at: .file)
        }
    }
}
