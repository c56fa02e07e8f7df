import SpikeSignals

/// Collects complaints about one pipeline.
///
/// A hostile file could earn a complaint per byte, each with a search for near misses; after ``limit`` complaints
/// messages are no longer even made.
package struct DiagnosticLog: Sendable {
    /// How many complaints are kept.
    static let limit = 100

    /// The file that the complaints quote.
    let text: SourceText
    private(set) var entries: [(place: Place, diagnostic: Diagnostic)] = []
    /// Whether there is an error among the complaints.
    package private(set) var hasErrors = false

    /// Complaints about `text`, none yet.
    package init(text: SourceText) { self.text = text }

    /// Notes an error; `message` is only made if there is room for it.
    package mutating func error(_ message: @autoclosure () -> String, at place: Place) {
        hasErrors = true
        note(.error, message, at: place)
    }

    /// Notes that `word` is not known; what is known is only looked through if there is room for the message.
    ///
    /// - Parameter otherwise: what to add if no known word is close.
    package mutating func error(
        _ message: @autoclosure () -> String, unknown word: String, known: @autoclosure () -> [String],
        otherwise: @autoclosure () -> String = "", at place: Place
    ) {
        hasErrors = true
        let whole = {
            let hint = NearMiss.hint(for: word, among: known())
            return message() + (hint.isEmpty ? otherwise() : "." + hint)
        }
        note(.error, whole, at: place)
    }

    /// Notes a warning.
    mutating func warning(_ message: @autoclosure () -> String, at place: Place) {
        note(.warning, message, at: place)
    }

    private mutating func note(_ severity: Diagnostic.Severity, _ message: () -> String, at place: Place) {
        guard entries.count < DiagnosticLog.limit else { return }
        var diagnostic = Diagnostic(severity: severity, subject: text.name, message: shown(message()), excerpt: "")
        switch place {
        case .file: break
        case .argument(let argument): diagnostic.subject = shown(argument)
        case .text(let position):
            diagnostic.position = position
            diagnostic.excerpt = text.excerpt(at: position)
        }
        entries.append((place, diagnostic))
    }

    /// `message` without what might command a terminal, and no longer than a few lines: it may quote anything.
    private func shown(_ message: String) -> String {
        let longest = 600
        var shown = String.UnicodeScalarView()
        for scalar in message.unicodeScalars.prefix(longest) {
            shown.append(SourceText.isControl(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(shown) + (message.unicodeScalars.count > longest ? "..." : "")
    }

    /// The complaints from top to bottom of the file; those about one place in the order they were found.
    var diagnostics: [Diagnostic] {
        let sorted = entries.enumerated().sorted {
            ($0.element.place.position, $0.offset) < ($1.element.place.position, $1.offset)
        }
        var list = sorted.map(\.element.diagnostic)
        if entries.count == DiagnosticLog.limit {
            let message = "too many complaints; only the first \(DiagnosticLog.limit) are shown"
            list.append(Diagnostic(severity: .error, subject: text.name, message: message, excerpt: ""))
        }
        return list
    }

    /// Throws everything collected if there is an error among it.
    package func throwIfFailed() throws(PipelineErrors) {
        if hasErrors { throw PipelineErrors(diagnostics) }
    }
}
