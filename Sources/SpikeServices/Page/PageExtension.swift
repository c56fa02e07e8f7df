/// Adds paths to a ``PageServer``: what a program shows beside a pipeline, such as a page of its own.
///
/// It is asked on the threads of clients, several at once, and only about requests that have passed the guard: a foreign
/// origin, a foreign name or a wrong token never get here. What it does for a request must be bounded.
public protocol PageExtension: Sendable {
    /// The pages that others link to.
    var links: [PageLink] { get }
    /// The answer to a request for `path` (as sent, not decoded); nil if the path is not one of its own.
    func answer(to path: String, _ parameters: [PageParameter]) -> PageAnswer?
}

/// A page of the same server.
public struct PageLink: Hashable, Sendable {
    /// Where it is: `/playground`.
    public var path: String
    /// What it is called. Both are written into HTML as they are.
    public var name: String

    /// A page at `path`.
    public init(path: String, name: String) { (self.path, self.name) = (path, name) }
}

/// A part of what stands behind the question mark of an address: `name=value`, both decoded. Any text.
public struct PageParameter: Hashable, Sendable {
    /// What stands before the sign.
    public var name: String
    /// What stands after it; empty if there is none.
    public var value: String

    /// A parameter with a value.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// What a ``PageExtension`` answers.
public struct PageAnswer: Hashable, Sendable {
    /// What is sent.
    public enum Content: Hashable, Sendable {
        /// A page that stands for itself: it may run scripts of its own and ask this server, and nobody else.
        case html
        /// An object of JSON.
        case json
        /// 400 with an object of JSON that says why: the request was wrong.
        case refusal
        /// 503 with an object of JSON that says why: ask again later.
        case busy
    }

    /// What is sent.
    public var content: Content
    /// The text.
    public var body: String
    /// How many milliseconds of the processor it took to compute, sent as `Server-Timing`; nil if that is not known.
    public var milliseconds: Double?

    /// An answer with a text.
    public init(_ content: Content, _ body: String, milliseconds: Double? = nil) {
        (self.content, self.body, self.milliseconds) = (content, body, milliseconds)
    }
}
