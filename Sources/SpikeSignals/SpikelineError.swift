/// What went wrong, told to the person who can mend it.
///
/// The message has the shape `WHERE: WHAT. HINT` and names what was expected and what was found:
/// `recording.flac: the file ends inside frame 12 (byte 4,096). Copy it again, or use --lenient.`
public struct SpikelineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whose matter it is; decides the exit code.
    public enum Cause: Int32, Sendable {
        /// The end was asked for while something was waited for. Exit code 0.
        case ended = 0
        /// The user's input (file, YAML, option) was wrong; nothing was run. Exit code 2.
        case input = 2
        /// A device or peer was lost for good. Exit code 3.
        case lost = 3
        /// A defect of this program. Exit code 70.
        case defect = 70
    }

    /// Whose matter it is.
    public var cause: Cause
    /// The file, stage or device concerned, with line, column or byte offset where there is one; may be empty.
    public var place: String
    /// What is wrong: what was expected and what was found. No full stop at the end.
    public var what: String
    /// What to do about it; may be empty.
    public var hint: String

    /// An error of the user's input, by default.
    public init(_ what: String, at place: String = "", hint: String = "", cause: Cause = .input) {
        self.cause = cause
        self.place = place
        self.what = what
        self.hint = hint
    }

    /// The whole message on one line.
    public var description: String {
        (place.isEmpty ? "" : place + ": ") + what + (hint.isEmpty ? "" : ". " + hint)
    }
}
