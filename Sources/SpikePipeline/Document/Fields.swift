import SpikeSignals

/// The fields of a map of which some names are known and all others are errors.
package struct Fields {
    private var values: [String: (key: MarkedText, value: MarkedNode)] = [:]
    /// Where the map begins.
    package let place: Place

    /// Reads `node`, which is `what` in the messages, or complains and is nil.
    ///
    /// - Parameter known: the names that may occur; nil admits every name.
    package init?(_ node: MarkedNode, what: String, known: [String], log: inout DiagnosticLog) {
        place = node.place
        guard case .map(let fields) = node.content else {
            log.error("\(what) is a map, found \(node.kindText)", at: node.place)
            return nil
        }
        for field in fields {
            let name = field.key.text
            guard known.contains(name) else {
                log.error(
                    "\(what) has no \"\(name)\"", unknown: name, known: known,
                    otherwise: ". It has " + known.joined(separator: ", "), at: field.key.place)
                continue
            }
            if values[name] == nil { values[name] = field }
        }
    }

    /// The value called `name`.
    package subscript(name: String) -> MarkedNode? { values[name]?.value }

    /// A word that must be there.
    package func word(_ name: String, of what: String, log: inout DiagnosticLog) -> MarkedText? {
        guard let node = self[name] else {
            log.error("\(what) needs \"\(name)\"", at: place)
            return nil
        }
        return node.word(called: name, log: &log)
    }
}

extension MarkedNode {
    /// The word that this value is, or nil and a complaint. `yes` and `16` are words here.
    package func word(called name: String, log: inout DiagnosticLog) -> MarkedText? {
        guard case .scalar(let text, _) = content, !isNull else {
            log.error("\"\(name)\" is a word, found \(kindText)", at: place)
            return nil
        }
        return MarkedText(text: text, place: place)
    }

    /// The words of this list, or the one word that stands in its place.
    func words(called name: String, log: inout DiagnosticLog) -> [MarkedText] {
        guard case .list(let items) = content else { return word(called: name, log: &log).map { [$0] } ?? [] }
        return items.compactMap { $0.word(called: name, log: &log) }
    }

    /// The truth value that this is, or nil and a complaint.
    func truth(called name: String, log: inout DiagnosticLog) -> Bool? {
        if case .bool(let value)? = optionValue { return value }
        log.error("\"\(name)\" is true or false, found \(kindText)", at: place)
        return nil
    }
}
