import SpikeSignals

/// One line of `spikeline doctor`: what was looked at, how it is, and what to do.
struct Finding: Hashable {
    /// How it is.
    enum Status: String {
        /// Nothing to do.
        case ok
        /// Something does not work that may not be needed.
        case warning
        /// Something is needed and does not work.
        case problem
    }

    /// How it is.
    var status: Status
    /// What was looked at: `library ALSA`, `stage home`.
    var subject: String
    /// What was found.
    var what: String
    /// What to do about it; empty if nothing.
    var hint = ""

    /// The finding as a member of the list that `--json` prints.
    var jsonValue: JSONValue {
        .object([
            ("status", .string(status.rawValue)), ("subject", .string(subject)), ("what", .string(what)),
            ("hint", .string(hint)),
        ])
    }
}
