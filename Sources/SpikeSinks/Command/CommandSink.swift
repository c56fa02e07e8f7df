import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Runs a program for each record; see `CommandPeer` for what it gets.
public enum CommandSink {
    /// The stage `command` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "command", role: .sink, input: .records,
        summary: "Runs a program for each record, with the record as JSON at its standard input.",
        options: [
            OptionSpec(
                "command", .list(.string), required: true,
                help:
                    "The program and its arguments, each an element of the list; no shell reads them. A program with a "
                    + "slash is looked for from the folder of the pipeline, another on the PATH."),
            OptionSpec(
                "timeout_s", .number(0.1...86_400),
                help: "How long the program may run before it is ended. Default: 10."),
            OptionSpec(
                "concurrency", .integer(1...64),
                help: "How many may run at once; with more than 1 records may overtake each other. Default: 1."),
        ] + DeliveryOptions.specs,
        make: { (options, context) throws(SpikelineError) in
            var words: [String] = []
            for case .string(let word) in options.list("command") ?? [] { words.append(word) }
            let place = "stage \"\(context.stage)\""
            guard let program = words.first, !program.isEmpty else {
                throw SpikelineError("\"command\" expects a program, found an empty list", at: place)
            }
            guard !words.contains(where: { $0.utf8.contains(0) }) else {
                throw SpikelineError("\"command\" expects texts without the character NUL, found one", at: place)
            }
            words[0] = try found(program, context: context)
            let peer = CommandPeer(
                words, timeoutSeconds: options.number("timeout_s") ?? 10, window: options.integer("concurrency") ?? 1)
            return try .sink(AnySink(DeliverySink(peer, options, context)))
        })

    /// The path of `program`, which can be run.
    private static func found(_ program: String, context: StageContext) throws(SpikelineError) -> String {
        let places: [String]
        if program.contains("/") {
            places = [context.resolve(path: program)]
        } else {
            let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
            places = path.split(separator: ":").map { "\($0)/\(program)" }
        }
        for place in places {
            var status = stat()
            guard unsafe stat(place, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if unsafe access(place, X_OK) == 0 { return place }
        }
        throw SpikelineError(
            "there is no program \"\(program)\" that may be run", at: "stage \"\(context.stage)\"",
            hint: program.contains("/")
                ? "Check the path and the permissions (chmod +x)" : "Install it, or write its path")
    }
}
