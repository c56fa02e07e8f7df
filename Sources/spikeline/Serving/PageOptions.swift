import ArgumentParser
import SpikePipeline
import SpikeServices
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Where the page of a running pipeline is served.
struct PageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Serve a page, /metrics and /health there, such as 127.0.0.1:8088.", valueName: "host:port"))
    var page: String?
    @Option(
        help: ArgumentHelp(
            "A file whose first line browsers must show as /?token=...; needed where other machines can connect.",
            valueName: "file"))
    var pageToken: String?

    /// What a page shows of `pipeline`; nil if none is asked for.
    func view(of pipeline: Pipeline) -> LiveView? { page == nil ? nil : LiveView(name: pipeline.name) }

    /// A server in front of `view`, with more pages beside it, which serves already; nil if none is asked for.
    func serve(
        _ view: LiveView, at fallback: String? = nil, more: (any PageExtension)? = nil
    ) throws -> PageServer? {
        guard let address = page ?? fallback else { return nil }
        let server = try PageServer(view, at: address, token: try PageOptions.token(in: pageToken), more: more)
        try server.start()
        Console.error("page: http://\(server.name)/" + (pageToken == nil ? "" : "?token=..."))
        return server
    }

    /// The first line of the file at `path`; nil without one.
    static func token(in path: String?) throws(SpikelineError) -> String? {
        guard let path else { return nil }
        guard let text = try TextFile.read(path, atMost: 4_096).split(whereSeparator: \.isNewline).first else {
            throw SpikelineError("expected a token in the first line, found none", at: path)
        }
        return String(text)
    }
}
