#if canImport(Glibc)
import Glibc
#endif

/// Runs `body` in a thread of its own.
///
/// For the far end of a pipe: tasks share as many threads as the machine has cores, and one that blocks there may keep
/// the test that waits for it from ever going on.
public func inThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    unsafe pthread_create(
        &thread, nil,
        { raw in
            if let raw = unsafe raw { unsafe Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    pthread_detach(thread)
}
