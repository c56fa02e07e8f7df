import SpikePipeline
import SpikeSignals
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Keeps a pipeline running as its file says, until the end is asked for.
///
/// ```
///  HUP ──► steward's thread: read and check the new file
///            wrong: say why; the old pipeline has noticed nothing
///            right: ask the old one to finish ──► the main thread makes and runs the new one
///  TERM, INT ──► ask the running one to finish, and no other follows
/// ```
/// Checking happens while the old pipeline runs. What both would hold (a microphone, a port, a file) is opened when the old
/// one has let go. If that fails, the old pipeline is made again.
final class Steward: Sendable {
    private struct State {
        /// Ends the graph that runs.
        var turn = StopSignal()
        /// What is to run next.
        var next: Pipeline?
    }

    private let state = Mutex(State())
    private let stop: StopSignal
    private let manager: ServiceManager?
    private let load: @Sendable () throws(PipelineErrors) -> Pipeline
    private let makeGraph: @Sendable (Pipeline) throws(PipelineErrors) -> PipelineGraph
    private let tell: @Sendable (String) -> Void

    /// Keeps running what `load` gives, as graphs that `makeGraph` makes.
    init(
        stop: StopSignal, manager: ServiceManager?, tell: @escaping @Sendable (String) -> Void,
        makeGraph: @escaping @Sendable (Pipeline) throws(PipelineErrors) -> PipelineGraph,
        load: @escaping @Sendable () throws(PipelineErrors) -> Pipeline
    ) {
        (self.stop, self.manager, self.load, self.tell) = (stop, manager, load, tell)
        self.makeGraph = makeGraph
    }

    /// Runs until the sources end or the end is asked for; `whenOver` gets the graph of the last run, also of one that fails.
    func run(_ first: Pipeline, whenOver: (PipelineGraph) throws -> Void) throws {
        try listen()
        var pipeline = first
        var previous: Pipeline?
        while let next = try runOnce(&pipeline, otherwise: previous, whenOver: whenOver) {
            (previous, pipeline) = (pipeline, next)
        }
    }

    /// Makes and runs `pipeline`, or `previous` in its place if it cannot be made.
    ///
    /// - Returns: what is to follow. Then the graph is gone and its devices are free.
    private func runOnce(
        _ pipeline: inout Pipeline, otherwise previous: Pipeline?, whenOver: (PipelineGraph) throws -> Void
    ) throws -> Pipeline? {
        let graph = try make(&pipeline, otherwise: previous)
        let turn = state.withLock { state in
            state.turn = StopSignal()
            if state.next != nil { state.turn.request() }
            return state.turn
        }
        if stop.isRequested { turn.request() }
        manager?.ready("running \(pipeline.name)")
        let outcome = Result { () throws(SpikelineError) in
            try graph.run(stop: turn, pulse: { manager?.alive() })
        }
        let next = state.withLock { state in
            defer { state.next = nil }
            return state.next
        }
        guard let next, !stop.isRequested, case .success = outcome else {
            try whenOver(graph)
            _ = try outcome.get()
            return nil
        }
        // What is not free by then is opened all the same, and complains itself.
        _ = graph.awaitSources(milliseconds: 2_000)
        return next
    }

    private func make(_ pipeline: inout Pipeline, otherwise previous: Pipeline?) throws(PipelineErrors) -> PipelineGraph
    {
        guard let previous else { return try makeGraph(pipeline) }
        do {
            let graph = try makeGraph(pipeline)
            tell("reload: \(pipeline.name) runs as its file says now")
            return graph
        } catch {
            tell("\(error)\nreload: \(previous.name) goes on as it was")
            pipeline = previous
            return try makeGraph(pipeline)
        }
    }

    /// Starts the thread that waits for signals.
    private func listen() throws(SpikelineError) {
        Interruption.listenForHangUp()
        try Worker.start { [self] in serve() }
    }

    /// The body of the thread.
    private func serve() {
        while true {
            Interruption.await()
            if stop.isRequested || Interruption.isTerminalGone {
                stop.request()
                manager?.stopping()
                return state.withLock { $0.turn.request() }
            }
            if Interruption.takeHangUp() { reload() }
        }
    }

    private func reload() {
        manager?.reloading()
        do {
            let pipeline = try load()
            for warning in pipeline.warnings { tell("\(warning)") }
            try pipeline.checkTransforms()
            state.withLock { state in
                state.next = pipeline
                state.turn.request()
            }
        } catch {
            tell("\(error)\nreload: the file is wrong; what runs goes on")
            manager?.ready("running; the last reload was refused")
        }
    }
}
