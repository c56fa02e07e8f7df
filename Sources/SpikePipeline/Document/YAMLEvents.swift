import CYAML

/// What a YAML text consists of, one after the other, as libyaml finds it (YAML 1.1, section 3.1: the event tree).
struct YAMLEvent {
    /// What was found.
    enum Kind: Equatable {
        /// A word, and whether it stands without quotes.
        case scalar(String, isPlain: Bool)
        /// A list begins.
        case listStart
        /// A map begins.
        case mapStart
        /// The innermost list or map ends.
        case end
        /// `*name`: a value that was named elsewhere.
        case alias
        /// A document begins.
        case documentStart
        /// The text ends.
        case streamEnd
    }

    let kind: Kind
    let position: TextPosition
    /// Whether the value was given a name (`&name`) to be repeated elsewhere.
    let hasAnchor: Bool
    /// The type that the value claims to have (`!!set`), if it does.
    let tag: String?
}

/// Why a text is not YAML, in the parser's words.
struct YAMLFailure: Error {
    let problem: String
    /// Where, or nil if the parser does not say.
    let position: TextPosition?
}

/// Reads events from a text.
///
/// The parser of libyaml is driven event by event, so whoever reads decides how deep to follow and when to stop;
/// nothing is expanded and nothing is kept.
@safe
final class YAMLEvents {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// The parser reads from here, so it must not move.
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) {
        unsafe bytes = .allocate(capacity: max(1, text.utf8.count))
        _ = unsafe bytes.initialize(from: text.utf8)
        unsafe parser.initialize(to: yaml_parser_t())
        unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, text.utf8.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe bytes.deallocate()
    }

    /// The next event; do not ask again after ``YAMLEvent/Kind/streamEnd`` or a failure.
    func next() throws(YAMLFailure) -> YAMLEvent {
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure }
            defer { unsafe yaml_event_delete(&event) }
            if let found = unsafe YAMLEvents.event(event) { return found }
        }
    }

    private var failure: YAMLFailure {
        let parser = unsafe parser.pointee
        let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "it cannot be read"
        let context = unsafe parser.context.map { unsafe String(cString: $0) }
        let around = context.map { " (\($0), line \(unsafe parser.context_mark.line + 1))" } ?? ""
        return YAMLFailure(problem: problem + around, position: YAMLEvents.position(unsafe parser.problem_mark))
    }

    private static func position(_ mark: yaml_mark_t) -> TextPosition {
        TextPosition(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    /// The event, or nil for those that say nothing.
    private static func event(_ event: yaml_event_t) -> YAMLEvent? {
        let data = unsafe event.data
        func made(_ kind: YAMLEvent.Kind, anchor: UnsafePointer<UInt8>? = nil, tag: String? = nil) -> YAMLEvent {
            YAMLEvent(
                kind: kind, position: position(unsafe event.start_mark), hasAnchor: unsafe anchor != nil, tag: tag)
        }
        switch unsafe event.type {
        case YAML_SCALAR_EVENT:
            let bytes = unsafe UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length)
            let isPlain = unsafe data.scalar.style == YAML_PLAIN_SCALAR_STYLE
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            return unsafe made(
                .scalar(text, isPlain: isPlain), anchor: data.scalar.anchor, tag: self.text(data.scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe data.sequence_start
            return unsafe made(.listStart, anchor: start.anchor, tag: text(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = unsafe data.mapping_start
            return unsafe made(.mapStart, anchor: start.anchor, tag: text(start.tag))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return made(.end)
        case YAML_ALIAS_EVENT: return made(.alias)
        case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return made(.streamEnd)
        default: return nil
        }
    }

    private static func text(_ pointer: UnsafePointer<UInt8>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }
}
