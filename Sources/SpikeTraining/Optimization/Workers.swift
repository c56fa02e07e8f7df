import Dispatch

/// Runs a body on several threads at once and waits for all of them.
public enum Workers {
    // The body is called concurrently by design: each call gets its own index and touches only that worker's data.
    private struct Body: @unchecked Sendable {
        let run: (Int) -> Void
    }

    /// Calls `body` with 0 to `count - 1`, each once, concurrently.
    public static func run(_ count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let shared = Body(run: body)
            DispatchQueue.concurrentPerform(iterations: count) { shared.run($0) }
        }
    }

    /// What `body` returns for 0 to `count - 1`, computed concurrently.
    public static func map<Value>(_ count: Int, _ body: (Int) -> Value) -> [Value] {
        var values = [Value?](repeating: nil, count: count)
        unsafe values.withUnsafeMutableBufferPointer { values in
            run(count) { index in unsafe values[index] = body(index) }
        }
        return values.compactMap { $0 }
    }
}
