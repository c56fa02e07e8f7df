#if canImport(Glibc)
import Glibc
#endif

/// Threads of their own for what may take its time.
package enum Worker {
    private final class Work {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    /// Starts a thread that runs `body` and then ends. Signals go to the other threads.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(SpikelineError) {
        var every = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&every)
        unsafe pthread_sigmask(SIG_SETMASK, &every, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(body))
        let code = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, unsafe work.toOpaque())
        guard code == 0 else {
            unsafe work.release()
            throw SpikelineError("the system gives no thread (error \(code))", cause: .lost)
        }
        pthread_detach(thread)
    }
}
