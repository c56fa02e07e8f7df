import Dispatch

/// Runs a body on several threads at once and waits for all of them.
enum Workers {
    // The body is called concurrently by design: each call gets its own index and touches only that worker's data.
    private struct Body: @unchecked Sendable {
        let run: (Int) -> Void
    }

    /// Calls `body` with 0 to `count - 1`, each once, concurrently.
    static func run(_ count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let shared = Body(run: body)
            DispatchQueue.concurrentPerform(iterations: count) { shared.run($0) }
        }
    }
}
