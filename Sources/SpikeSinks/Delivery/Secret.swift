import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A password or key that a pipeline refers to without holding it: in a file, or in a variable of the environment.
package enum Secret {
    /// The largest file that is read, in bytes.
    private static let limit = 4_096

    /// The options `NAME_file` and `NAME_env` for a secret that is described as `what`.
    package static func specs(_ name: String, what: String) -> [OptionSpec] {
        [
            OptionSpec(
                "\(name)_file", .string, help: "A file that holds \(what); a line break at its end does not count."),
            OptionSpec("\(name)_env", .string, help: "The variable of the environment that holds \(what)."),
        ]
    }

    /// The secret called `name`, or nil if the options name none.
    package static func value(_ name: String, of options: Options, context: StageContext) throws(SpikelineError)
        -> String?
    {
        let place = "stage \"\(context.stage)\""
        switch (options.string("\(name)_file"), options.string("\(name)_env")) {
        case (nil, nil): return nil
        case (let path?, nil): return try checked(contents(of: context.resolve(path: path)), at: path)
        case (nil, let variable?):
            guard let value = unsafe getenv(variable).map({ unsafe String(cString: $0) }) else {
                throw SpikelineError(
                    "the environment has no variable \"\(variable)\", which \"\(name)_env\" names", at: place)
            }
            return try checked(value, at: variable)
        case (_?, _?):
            throw SpikelineError("expected one of \"\(name)_file\" and \"\(name)_env\", found both", at: place)
        }
    }

    private static func checked(_ secret: String, at place: String) throws(SpikelineError) -> String {
        if secret.isEmpty { throw SpikelineError("expected a secret, found nothing", at: place) }
        return secret
    }

    private static func contents(of path: String) throws(SpikelineError) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let why = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
            throw SpikelineError("the file cannot be opened: \(why)", at: path, hint: "Check the path and who may read")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let start = count
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(file, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
            }
            if more < 0, errno == EINTR { continue }
            if more <= 0 { break }
            count += more
        }
        guard count <= limit else {
            throw SpikelineError("expected a secret of at most \(limit) bytes, found more", at: path)
        }
        var text = bytes.prefix(count)
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        guard !text.contains(0), let text = String(validating: text, as: UTF8.self) else {
            throw SpikelineError("expected a text in UTF-8, found other bytes", at: path)
        }
        return text
    }
}
