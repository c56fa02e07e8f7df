import SpikeSignals

/// One thing that is wrong with a pipeline, and where.
///
/// Printed, it is what compilers print: the place, the message, the offending line and a caret.
/// ```
/// keywords.yaml:7:37: error: stage "words" reads "brian", which is not defined. Did you mean "brain"?
///   words: {type: keyword, inputs: [brian]}
///                                   ^
/// ```
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable {
        /// The pipeline cannot run.
        case error
        /// The pipeline runs, but probably not as meant.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// The file, or the argument of the command line, that is wrong.
    public var subject: String
    /// Where in the file, or nil if no single place is to blame.
    public var position: TextPosition?
    /// What is wrong and, after a full stop, what may mend it.
    public var message: String
    /// The offending line with a caret under the place; empty without a position.
    public var excerpt: String

    /// The place, the message and the excerpt, without a line break at the end.
    public var description: String {
        let place = position.map { "\(subject):\($0.line):\($0.column)" } ?? subject
        return "\(place): \(severity.rawValue): \(message)" + (excerpt.isEmpty ? "" : "\n" + excerpt)
    }
}

/// Everything that is wrong with a pipeline, from top to bottom of its file; nothing was run.
public struct PipelineErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found: at least one error, and the warnings beside it.
    public var diagnostics: [Diagnostic]
    /// Whose matter it is; decides the exit code. ``SpikelineError/Cause/input`` unless a stage says otherwise.
    public var cause: SpikelineError.Cause

    /// These complaints.
    public init(_ diagnostics: [Diagnostic], cause: SpikelineError.Cause = .input) {
        self.diagnostics = diagnostics
        self.cause = cause
    }

    /// All complaints, one after the other, without a line break at the end.
    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
